package io.m2mgate.bridge.http;

import io.m2mgate.bridge.BridgeParts;
import io.m2mgate.bridge.Consumers;
import io.m2mgate.bridge.EventCursor;
import io.m2mgate.bridge.EventFilter;
import io.m2mgate.bridge.Gap;
import io.m2mgate.bridge.InvalidRequest;
import io.m2mgate.bridge.LogSearch;
import io.m2mgate.bridge.Problem;
import io.m2mgate.bridge.ProblemType;
import io.m2mgate.store.ConsumerStore.Cursor;
import io.m2mgate.store.EventLog.Extent;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.util.Optional;

/**
 * From where to where a log is read, and by whom. Immutable.
 *
 * @param after offset to start behind
 * @param until offset of the last event, or the greatest number there is
 * @param gap what retention took between what the reader had and {@code after}
 */
record Reading(
    String app,
    EventFilter filter,
    long after,
    long until,
    Optional<Gap> gap,
    Optional<Cursor> consumer) {

  private static final int PAGE_EVENTS = 200;
  private static final int PAGE_BYTES = 128 * 1024;

  /**
   * Looks up what was asked. Fails where there is no such consumer or place in the log; an offset that retention has passed is a gap.
   *
   * @param live whether to start at the log's end unless told
   */
  static Future<Reading> find(BridgeParts parts, EventRequest asked, boolean live) {
    Future<Optional<Cursor>> consumer = asked
        .consumer()
        .map(name -> parts.store().consumers().read(asked.app(), name).map(Reading::named))
        .orElse(Future.succeededFuture(Optional.empty()));
    var search = new LogSearch(parts.store().events());
    Future<Optional<Long>> from = asked
        .from()
        .map(time -> search.before(asked.app(), time).map(Optional::of))
        .orElse(Future.succeededFuture(asked.after()));
    return consumer.compose(named -> from.compose(after -> end(search, asked)
        .compose(end -> parts
            .store()
            .events()
            .extent(asked.app())
            .map(extent -> of(asked, named, after, end, extent, live)))));
  }

  private static Future<Optional<Long>> end(LogSearch search, EventRequest asked) {
    return asked
        .until()
        .map(until -> until.isTime()
            ? search.before(asked.app(), until.number())
            : Future.succeededFuture(until.number()))
        .map(end -> end.map(Optional::of))
        .orElse(Future.succeededFuture(Optional.empty()));
  }

  private static Reading of(
      EventRequest asked,
      Optional<Cursor> named,
      Optional<Long> start,
      Optional<Long> end,
      Extent extent,
      boolean live) {
    end.filter(offset -> offset > extent.last()).ifPresent(offset -> {
      throw behindEnd("?until", extent);
    });
    long unless = live && end.isEmpty() ? extent.last() : 0;
    long after = start.or(() -> named.map(Cursor::offset)).orElse(unless);
    if (after > extent.last()) {
      throw behindEnd("?after", extent);
    }
    // 0 is the oldest to everybody but a consumer, which was there before that was removed
    boolean missed = (after > 0 || named.isPresent()) && after < extent.oldest() - 1;
    var gap =
        missed ? Optional.of(new Gap(asked.app(), after, extent.oldest())) : Optional.<Gap>empty();
    long begin = missed ? extent.oldest() - 1 : after;
    var filter = named
        .map(cursor -> EventFilter.of(new JsonObject(cursor.stateJson())))
        .orElse(asked.filter());
    long until = end.map(offset -> Math.max(offset, begin)).orElse(Long.MAX_VALUE);
    return new Reading(asked.app(), filter, begin, until, gap, named);
  }

  private static Optional<Cursor> named(Optional<Cursor> found) {
    var named = found.filter(cursor -> cursor.kind().equals(Consumers.NAMED));
    if (named.isEmpty()) {
      throw unknownConsumer();
    }
    return named;
  }

  static Problem unknownConsumer() {
    return Problem.of(ProblemType.CONSUMER_UNKNOWN, "no consumer of this name");
  }

  static InvalidRequest behindEnd(String parameter, Extent extent) {
    return InvalidRequest.at(parameter, "behind the log's end", "0.." + extent.last());
  }

  /** For a stream, by pages that a slow client may hold. */
  EventCursor.Query query() {
    return new EventCursor.Query(
        app, after, PAGE_EVENTS, PAGE_BYTES, filter.types(), filter.serials(), until);
  }
}
