package io.m2mgate.bridge.http;

import io.m2mgate.bridge.BridgeParts;
import io.m2mgate.bridge.Fields;
import io.m2mgate.bridge.InvalidRequest;
import io.m2mgate.bridge.LogSearch;
import io.m2mgate.bridge.Problem;
import io.m2mgate.bridge.ProblemType;
import io.m2mgate.store.ConsumerStore;
import io.m2mgate.store.ConsumerStore.Cursor;
import io.m2mgate.store.EventLog;
import io.m2mgate.store.EventLog.Extent;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * {@code /consumers}: named cursors that an application keeps here. Stateless but for its parts; on the bridge's event
 * loop.
 */
final class ConsumerRoutes {

  private static final String KIND = "named";
  private static final Pattern ANY = Pattern.compile(".{1,40}");
  private static final String FROM_VALID =
      "an offset of the log, or a time such as 2026-01-01T00:00:00Z";

  private final BridgeParts parts;
  private final ConsumerStore store;
  private final EventLog log;

  ConsumerRoutes(BridgeParts parts) {
    this.parts = parts;
    this.store = parts.store().consumers();
    this.log = parts.store().events();
  }

  void add(Endpoints endpoints) {
    endpoints.on("putConsumer", this::put);
    endpoints.on("readConsumer", this::read);
    endpoints.on("deleteConsumer", this::delete);
    endpoints.on("commitConsumer", this::commit);
  }

  /** Without {@code from} a new one starts at the log's end and an old one stays where it is. */
  private Future<Answer> put(Exchange exchange) {
    var app = app(exchange);
    var name = name(exchange);
    var body = exchange.body("from");
    Future<Optional<Long>> from = from(app, body);
    return store
        .read(app, name)
        .compose(found -> from.compose(asked -> log.extent(app).compose(extent -> {
          var kept = found.filter(cursor -> asked.isEmpty());
          if (kept.isPresent()) {
            return Future.succeededFuture(Answer.ok(shape(kept.get(), extent)));
          }
          long offset = asked.orElse(extent.last());
          checkOffset("/from", offset, extent);
          var cursor = new Cursor(name, KIND, offset, "{}", System.currentTimeMillis());
          var answer = shape(cursor, extent);
          return store
              .put(app, cursor)
              .map(
                  found.isPresent()
                      ? Answer.ok(answer)
                      : Answer.created("/v1/consumers/" + name, answer));
        })));
  }

  private Future<Answer> read(Exchange exchange) {
    var app = app(exchange);
    return existing(app, name(exchange))
        .compose(cursor -> log.extent(app).map(extent -> Answer.ok(shape(cursor, extent))));
  }

  private Future<Answer> delete(Exchange exchange) {
    return store
        .delete(app(exchange), name(exchange))
        .compose(deleted -> deleted
            ? Future.succeededFuture(Answer.NO_CONTENT)
            : Problem.failed(ProblemType.CONSUMER_UNKNOWN, "no consumer of this name"));
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
    return existing(app, name).compose(cursor -> log.extent(app)).compose(extent -> {
      checkOffset("/offset", offset.orElseThrow(), extent);
      return store
          .commit(app, name, offset.orElseThrow())
          .compose(done -> existing(app, name))
          .map(cursor -> Answer.ok(shape(cursor, extent)));
    });
  }

  private Future<Optional<Long>> from(String app, Fields body) {
    if (!body.isText("from")) {
      var offset = body.number("from", 0);
      body.check();
      return Future.succeededFuture(offset);
    }
    var text = body.text("from", ANY, FROM_VALID);
    body.check();
    try {
      long time = Instant.parse(text.orElseThrow()).toEpochMilli();
      return new LogSearch(log).before(app, time).map(Optional::of);
    } catch (DateTimeParseException e) {
      throw InvalidRequest.at("/from", "not a time", FROM_VALID);
    }
  }

  private Future<Cursor> existing(String app, String name) {
    return store
        .read(app, name)
        .compose(found -> found
            .map(Future::succeededFuture)
            .orElseGet(
                () -> Problem.failed(ProblemType.CONSUMER_UNKNOWN, "no consumer of this name")));
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

  private static JsonObject shape(Cursor cursor, Extent extent) {
    return new JsonObject()
        .put("name", cursor.name())
        .put("offset", cursor.offset())
        .put("lag", Math.max(0, extent.last() - Math.max(cursor.offset(), extent.oldest() - 1)))
        .put("oldest", extent.oldest())
        .put("updated", Shapes.time(cursor.updatedMillis()));
  }
}
