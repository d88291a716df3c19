package io.m2mgate.store;

import io.m2mgate.api.Event;
import io.vertx.core.Future;
import java.util.List;
import java.util.Set;
import java.util.function.LongConsumer;

/**
 * Reading the applications' event logs. Offsets of one application are given by one writer in commit order: a reader never
 * sees n + 1 before n.
 */
public interface EventLog {

  /**
   * Events after an offset. A page that filters much away may be empty and still move {@code next} on. Fails with NOT_FOUND
   * (application).
   */
  Future<EventPage> read(EventQuery query);

  /** Fails with NOT_FOUND (application). */
  Future<Extent> extent(String app);

  /**
   * Calls back with the log's last offset after each commit that appended to it, on any thread; the callback must not block
   * and may be called late or once for several commits.
   */
  Subscription follow(String app, LongConsumer onAppended);

  /**
   * @param after offset to start behind; 0 = from the oldest
   * @param limit at most so many events
   * @param maxBytes stop after the event that takes the page's JSON past this size
   * @param types full type names; empty = all
   * @param serials of the terminals whose events are wanted; empty = all
   */
  record EventQuery(
      String app, long after, int limit, int maxBytes, Set<String> types, Set<String> serials) {
    public EventQuery {
      types = Set.copyOf(types);
      serials = Set.copyOf(serials);
    }
  }

  /**
   * @param next the value for the next query's {@code after}
   * @param oldest offset of the oldest event that the log holds, or last + 1 of an empty one
   * @param last offset of the newest event ever appended, 0 before the first
   */
  record EventPage(List<Event> events, long next, long oldest, long last) {}

  record Extent(long oldest, long last) {}

  /** A registration that ends when closed. */
  interface Subscription extends AutoCloseable {
    @Override
    void close();
  }
}
