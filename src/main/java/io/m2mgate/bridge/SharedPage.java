package io.m2mgate.bridge;

import io.m2mgate.api.Event;
import io.m2mgate.store.EventLog.EventPage;
import java.util.List;
import java.util.stream.Stream;

/**
 * A page of a log for several readers. Immutable but for what its events make once.
 *
 * @param next the value for the next query's {@code after}
 * @param oldest offset of the oldest event that the log holds, or last + 1 of an empty one
 * @param last offset of the newest event ever appended, 0 before the first
 * @param sinceNanos when it was asked for, by {@link System#nanoTime}: what was committed before is in it or in {@code last}
 */
public record SharedPage(
    List<SharedEvent> events, long next, long oldest, long last, long sinceNanos) {

  static final SharedPage EMPTY = new SharedPage(List.of(), 0, 0, 0, 0);

  static SharedPage of(EventPage read, long sinceNanos) {
    return new SharedPage(
        read.events().stream().map(SharedEvent::new).toList(),
        read.next(),
        read.oldest(),
        read.last(),
        sinceNanos);
  }

  /** The same with an event of one reader's before those of all. */
  public SharedPage behind(Event own) {
    var all = Stream.concat(Stream.of(new SharedEvent(own)), events.stream()).toList();
    return new SharedPage(all, next, oldest, last, sinceNanos);
  }

  /** What of it is not behind this offset. */
  SharedPage until(long offset) {
    return next <= offset
        ? this
        : new SharedPage(
            events.stream().filter(event -> event.offset() <= offset).toList(),
            offset,
            oldest,
            last,
            sinceNanos);
  }

  /** What it takes of memory, about: its events as read, as text and as bytes. */
  long bytes() {
    return events.stream().mapToLong(event -> 3L * event.event().sizeHint()).sum();
  }
}
