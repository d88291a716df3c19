package io.m2mgate.store;

import io.vertx.core.Future;
import java.util.Optional;

/** The append-only record of administration, configuration, control and security. */
public interface AuditLog {

  Future<Void> append(Entry entry);

  /** Newest first. */
  Future<Page<Entry>> list(Filter filter, Optional<String> cursor, int limit);

  /** Newest first, of all. */
  default Future<Page<Entry>> list(Optional<String> cursor, int limit) {
    return list(Filter.ALL, cursor, limit);
  }

  /**
   * @param fromMillis no older ones
   * @param beforeMillis no entries of then or later
   */
  record Filter(
      Optional<String> actor,
      Optional<String> action,
      Optional<String> target,
      Optional<Long> fromMillis,
      Optional<Long> beforeMillis) {
    public static final Filter ALL = new Filter(
        Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());
  }

  /**
   * @param id ULID
   * @param actor {@code admin}, {@code app:<code>} or {@code gateway}
   * @param action dotted verb, {@code terminal.create}
   * @param target what it was done to
   * @param detailJson what changed, never a secret
   */
  record Entry(
      String id, long timeMillis, String actor, String action, String target, String detailJson) {}
}
