package io.m2mgate.bridge.http;

import io.m2mgate.bridge.BridgeParts;
import io.m2mgate.bridge.Consumers;
import io.m2mgate.bridge.EventFilter;
import io.m2mgate.bridge.Fields;
import io.m2mgate.bridge.InvalidRequest;
import io.m2mgate.bridge.Problem;
import io.m2mgate.bridge.ProblemType;
import io.m2mgate.store.ConsumerStore;
import io.m2mgate.store.ConsumerStore.Cursor;
import io.m2mgate.store.EventLog;
import io.m2mgate.store.EventLog.Extent;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * {@code /consumers}: named cursors that an application keeps here. Stateless but for its parts; on the bridge's event
 * loop.
 */
final class ConsumerRoutes {

  private static final String ALL = "/v1/consumers";
  private static final List<String> KINDS = List.of(Consumers.NAMED, "mqtt", "webhook", "mirror");
  private static final int MOST_TYPES = 100;

  private static final Problem CHANGED =
      Problem.of(ProblemType.CONSUMER_TAKEN, "the consumer was changed: attach to it again");

  private final BridgeParts parts;
  private final ConsumerStore store;
  private final EventLog log;
  private final LogPlaces places;

  ConsumerRoutes(BridgeParts parts) {
    this.parts = parts;
    this.store = parts.store().consumers();
    this.log = parts.store().events();
    this.places = new LogPlaces(log);
  }

  void add(Endpoints endpoints) {
    endpoints.on("listConsumers", this::list);
    endpoints.on("putConsumer", this::put);
    endpoints.on("readConsumer", this::read);
    endpoints.on("deleteConsumer", this::delete);
    endpoints.on("commitConsumer", this::commit);
  }

  /** Also those that other taps keep for themselves. */
  private Future<Answer> list(Exchange exchange) {
    var app = EventRequest.app(parts, exchange);
    var kind = exchange.query("kind");
    if (kind.filter(one -> !KINDS.contains(one)).isPresent()) {
      throw InvalidRequest.at("?kind", "no such kind", String.join(", ", KINDS));
    }
    return store
        .list(app, kind, exchange.query("cursor"), exchange.limit())
        .compose(page -> log.extent(app)
            .map(extent -> Answer.page(
                page.items().stream().map(one -> shape(app, one, extent)).toList(), page.next())));
  }

  /** Without {@code from} a new one starts at the log's end and an old one stays where it is; so with its filter. */
  private Future<Answer> put(Exchange exchange) {
    var app = app(exchange);
    var name = name(exchange);
    var body = exchange.body("from", "types", "serials");
    var types = filter(body, "types", EventRequest::isType, EventRequest.TYPE_VALID, MOST_TYPES);
    var serials = filter(
        body,
        "serials",
        serial -> Forms.SERIAL.matcher(serial).matches(),
        Forms.SERIAL_VALID,
        EventRequest.MOST_SERIALS);
    Future<Optional<Long>> from = places.of(app, body, "from");
    return named(app, name)
        .compose(found -> from.compose(asked -> log.extent(app).compose(extent -> {
          var old = found
              .map(cursor -> EventFilter.of(new JsonObject(cursor.stateJson())))
              .orElse(EventFilter.ALL);
          var filter = new EventFilter(types.orElse(old.types()), serials.orElse(old.serials()));
          if (asked.isEmpty() && found.isPresent() && filter.equals(old)) {
            return Future.succeededFuture(Answer.ok(shape(app, found.get(), extent)));
          }
          long start = asked.or(() -> found.map(Cursor::offset)).orElse(extent.last());
          checkOffset("/from", start, extent);
          // what was gone before is nothing that it missed
          long offset = asked.isPresent() ? Math.max(start, extent.oldest() - 1) : start;
          var next = new Cursor(
              name, Consumers.NAMED, offset, filter.toJson().encode(), System.currentTimeMillis());
          return found.isPresent()
              ? change(app, next, asked.isPresent())
              : create(app, next, extent);
        })));
  }

  /** Without a new place it stays where it is committed by then. */
  private Future<Answer> change(String app, Cursor next, boolean moves) {
    var written = moves
        ? store.put(app, next)
        : store.change(app, next.name(), next.stateJson(), next.updatedMillis());
    return written
        .compose(done -> {
          parts.consumers().end(app, next.name(), CHANGED);
          return existing(app, next.name());
        })
        .compose(cursor -> log.extent(app).map(extent -> Answer.ok(shape(app, cursor, extent))));
  }

  private Future<Answer> create(String app, Cursor cursor, Extent extent) {
    int most = parts.consumers().limits().most();
    return store.create(app, cursor, most).map(created -> {
      if (!created) {
        throw Problem.of(
                ProblemType.QUOTA_EXCEEDED,
                "the application has " + most + " named consumers (consumers.max)")
            .with("Retry-After", "60");
      }
      return Answer.created("/v1/consumers/" + cursor.name(), shape(app, cursor, extent));
    });
  }

  private static Optional<Set<String>> filter(
      Fields body, String member, Predicate<String> form, String valid, int most) {
    var texts = body.listed(member, valid);
    texts
        .filter(all -> !all.stream().allMatch(form))
        .ifPresent(bad -> body.fault(member, "not all of the form", valid));
    texts
        .filter(all -> all.size() > most)
        .ifPresent(many -> body.fault(member, "too many", "at most " + most));
    return texts.map(Set::copyOf);
  }

  private Future<Answer> read(Exchange exchange) {
    var app = app(exchange);
    return existing(app, name(exchange))
        .compose(cursor -> log.extent(app).map(extent -> Answer.ok(shape(app, cursor, extent))));
  }

  private Future<Answer> delete(Exchange exchange) {
    var app = app(exchange);
    var name = name(exchange);
    return existing(app, name).compose(cursor -> store.delete(app, name)).map(deleted -> {
      if (!deleted) {
        throw Reading.unknownConsumer();
      }
      parts.consumers().end(app, name, Reading.unknownConsumer());
      return Answer.NO_CONTENT;
    });
  }

  /** A commit never moves back, so one that comes twice or late does no harm. */
  private Future<Answer> commit(Exchange exchange) {
    var app = app(exchange);
    var name = name(exchange);
    var body = exchange.body("offset");
    var offset = body.number("offset", 0);
    if (!body.has("offset") || body.isNull("offset")) {
      body.fault("offset", "missing", "the offset of the last event that was dealt with");
    }
    body.check();
    return existing(app, name)
        .compose(known -> log.extent(app).compose(extent -> {
          long position = offset.orElseThrow();
          checkOffset("/offset", position, extent);
          var written = position > known.offset()
              ? store.commit(app, name, position)
              : store.touch(app, name, System.currentTimeMillis());
          return written
              .compose(done -> existing(app, name))
              .map(cursor -> Answer.ok(shape(app, cursor, extent)));
        }));
  }

  private Future<Cursor> existing(String app, String name) {
    return named(app, name).map(found -> found.orElseThrow(Reading::unknownConsumer));
  }

  /** Those of other taps are theirs, whatever they are called. */
  private Future<Optional<Cursor>> named(String app, String name) {
    return store
        .read(app, name)
        .map(found -> found.filter(cursor -> cursor.kind().equals(Consumers.NAMED)));
  }

  private String app(Exchange exchange) {
    return EventRequest.app(parts, exchange);
  }

  /** Of a form that a stored MQTT session's name does not have. */
  private static String name(Exchange exchange) {
    var name = exchange.path("name");
    if (!Forms.NAME.matcher(name).matches()) {
      throw InvalidRequest.at("", "the name in the path is not of the form", Forms.NAME_VALID);
    }
    return name;
  }

  private static void checkOffset(String pointer, long offset, Extent extent) {
    if (offset > extent.last()) {
      throw InvalidRequest.at(pointer, "behind the log's end", "0.." + extent.last());
    }
  }

  private JsonObject shape(String app, Cursor cursor, Extent extent) {
    var shape = new JsonObject()
        .put("name", cursor.name())
        .put("kind", cursor.kind())
        .put("offset", cursor.offset())
        .put("lag", Math.max(0, extent.last() - Math.max(cursor.offset(), extent.oldest() - 1)))
        .put("oldest", extent.oldest())
        .put("updated", Shapes.time(cursor.updatedMillis()))
        .put("connected", parts.consumers().isAttached(app, cursor.name()))
        .put("state", parts.consumers().state(app, cursor).name().toLowerCase(Locale.ROOT));
    boolean named = cursor.kind().equals(Consumers.NAMED);
    if (!named && !parts.consumers().isAttached(app, cursor.name())) {
      // its tap does not say whether it is there
      shape.putNull("connected").putNull("state");
    }
    if (named) {
      shape.mergeIn(EventFilter.of(new JsonObject(cursor.stateJson())).toJson());
    }
    return shape;
  }
}
