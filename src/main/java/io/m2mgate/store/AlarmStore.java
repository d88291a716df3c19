package io.m2mgate.store;

import io.vertx.core.Future;
import java.util.Optional;

/** Reading alarms, and noting that somebody has seen them; they are opened and ended through the {@link Journal}. Any thread. */
public interface AlarmStore {

  /** @param app when present, alarms of other applications' terminals do not exist */
  Future<Optional<StoredAlarm>> read(String id, Optional<String> app);

  /** Newest first. Fails with NOT_FOUND (cursor). */
  Future<Page<StoredAlarm>> list(Filter filter, Optional<String> cursor, int limit);

  /** Notes who has seen it; what was noted first stays. Empty when there is no such alarm. */
  Future<Optional<Acked>> acknowledge(String id, Optional<String> app, StoredAlarm.Ack ack);

  /**
   * An alarm that somebody has seen.
   *
   * @param first false when it had been noted before
   */
  record Acked(StoredAlarm alarm, boolean first) {}

  /** Which alarms to list; an absent criterion does not restrict. */
  record Filter(
      Optional<String> app,
      Optional<String> serial,
      Optional<Boolean> open,
      Optional<Integer> code,
      Optional<String> name) {}
}
