package io.m2mgate.store;

import io.vertx.core.Future;
import java.util.Locale;
import java.util.Optional;

/** Reading alarms, and noting that somebody has seen them; they are opened and ended through the {@link Journal}. Any thread. */
public interface AlarmStore {

  /** @param app when present, alarms of other applications' terminals do not exist */
  Future<Optional<StoredAlarm>> read(String id, Optional<String> app);

  /** By their opening, newest first. Fails with NOT_FOUND (cursor). */
  Future<Page<StoredAlarm>> list(Filter filter, Optional<String> cursor, int limit);

  /** Notes who has seen it; what was noted first stays. Empty when there is no such alarm. */
  Future<Optional<Acked>> acknowledge(String id, Optional<String> app, StoredAlarm.Ack ack);

  /**
   * An alarm that somebody has seen.
   *
   * @param first false when it had been noted before
   */
  record Acked(StoredAlarm alarm, boolean first) {}

  /** How far an alarm has come. */
  enum Stage {
    /** Not cleared, whether somebody has seen it or not. */
    OPEN,
    /** Not cleared, and nobody has said that he has seen it. */
    RAISED,
    /** Not cleared, and somebody has seen it. */
    ACKNOWLEDGED,
    CLEARED;

    public String text() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * Which alarms to list; an absent criterion does not restrict.
   *
   * @param type TLV alarm-type
   * @param fromMillis the earliest opening, itself included
   * @param beforeMillis the latest opening, itself excluded
   */
  record Filter(
      Optional<String> app,
      Optional<String> serial,
      Optional<Stage> stage,
      Optional<Integer> code,
      Optional<String> name,
      Optional<Integer> type,
      long fromMillis,
      long beforeMillis) {
    public static final Filter ALL = new Filter(
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        0,
        Long.MAX_VALUE);
  }
}
