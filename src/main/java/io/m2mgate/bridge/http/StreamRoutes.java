package io.m2mgate.bridge.http;

import io.m2mgate.bridge.BridgeParts;
import io.m2mgate.bridge.Later;
import io.m2mgate.bridge.Problem;
import io.m2mgate.bridge.ProblemType;
import io.m2mgate.bridge.Taps;
import io.m2mgate.store.EventLog.Extent;
import io.vertx.core.Vertx;
import java.util.Optional;

/**
 * {@code GET /events/stream}: opens an {@link EventStream} where the client wants to go on. On the bridge's event loop.
 */
final class StreamRoutes {

  private final Vertx vertx;
  private final BridgeParts parts;
  private final HttpOptions options;

  StreamRoutes(Vertx vertx, BridgeParts parts, HttpOptions options) {
    this.vertx = vertx;
    this.parts = parts;
    this.options = options;
  }

  void add(Endpoints endpoints) {
    endpoints.stream("streamEvents", this::open);
  }

  private void open(Exchange exchange) {
    checkRoom(parts, options);
    var request = EventRequest.of(parts, exchange);
    var resumed = resumed(exchange);
    Later.on(vertx.getOrCreateContext(), parts.store().events().extent(request.app()))
        .onComplete(
            extent -> open(exchange, request, resumed, extent),
            failure -> ProblemAnswers.answer(exchange.routing(), failure));
  }

  /** Streams and waiting pulls hold a connection each for long; there may be so many. */
  static void checkRoom(BridgeParts parts, HttpOptions options) {
    int open = parts.taps().openOf(Taps.Kind.SSE) + parts.taps().openOf(Taps.Kind.PULL);
    if (open >= options.maxStreams()) {
      throw Problem.of(
              ProblemType.QUOTA_EXCEEDED,
              options.maxStreams() + " streams and waiting pulls are open (http.maxStreams)")
          .with("Retry-After", "1");
    }
  }

  private void open(
      Exchange exchange, EventRequest request, Optional<Long> resumed, Extent extent) {
    if (exchange.routing().response().closed()) {
      return;
    }
    try {
      resumed.ifPresent(after -> EventRequest.checkOffset(after, extent));
    } catch (RuntimeException e) {
      ProblemAnswers.answer(exchange.routing(), e);
      return;
    }
    if (!SseResponse.head(exchange.routing())) {
      return;
    }
    new EventStream(vertx, parts, options, exchange, request).open(resumed.orElse(extent.last()));
  }

  /** What a reconnecting client received last goes before where it first began. */
  private static Optional<Long> resumed(Exchange exchange) {
    return exchange
        .header("Last-Event-ID")
        .filter(id -> !id.isBlank())
        .map(id -> Exchange.number("Last-Event-ID", id.strip(), 0, Long.MAX_VALUE))
        .or(() ->
            exchange.query("after").map(text -> Exchange.number("after", text, 0, Long.MAX_VALUE)));
  }
}
