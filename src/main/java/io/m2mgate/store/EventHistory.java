package io.m2mgate.store;

import io.m2mgate.api.Event;
import io.vertx.core.Future;
import java.util.Optional;
import java.util.Set;

/**
 * One terminal's part of an event log, newest first, as long as the log keeps it. A page ends early where it grows too large, or
 * where too many events were looked at for the types that are wanted: it may be empty then, and its {@code next} goes on. Futures
 * may complete on any thread.
 */
public interface EventHistory {

  /** Fails with NOT_FOUND (application, cursor). */
  Future<Page<Event>> list(Query query, Optional<String> cursor, int limit);

  /** Which events. */
  enum View {
    /** What the terminal reported (6.1.13), by time. */
    REPORTS,
    /** Its comings and goings (6.1.6), by time. */
    NOTICES,
    /** Everything, in the order of the log. */
    ALL
  }

  /**
   * @param types full type names; empty = all of the view
   * @param fromMillis the earliest time, itself included; not of {@link View#ALL}
   * @param beforeMillis the latest time, itself excluded; not of {@link View#ALL}
   * @param maxBytes a page ends behind the event that takes its JSON past this size
   */
  record Query(
      String app,
      String serial,
      View view,
      Set<String> types,
      long fromMillis,
      long beforeMillis,
      int maxBytes) {
    public Query {
      types = Set.copyOf(types);
    }
  }
}
