package io.m2mgate.bridge.http;

import io.m2mgate.bridge.BridgeParts;
import io.m2mgate.bridge.Later;
import io.m2mgate.bridge.Problem;
import io.m2mgate.bridge.ProblemType;
import io.m2mgate.bridge.Taps;
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
    var request = EventRequest.of(parts, exchange).behind(received(exchange));
    Later.on(vertx.getOrCreateContext(), Reading.find(parts, request, true))
        .onComplete(
            reading -> open(exchange, reading),
            failure -> ProblemAnswers.answer(exchange.routing(), failure));
  }

  /** Streams, sockets and waiting pulls hold a connection each for long; there may be so many. */
  static void checkRoom(BridgeParts parts, HttpOptions options) {
    var taps = parts.taps();
    int open =
        taps.openOf(Taps.Kind.SSE) + taps.openOf(Taps.Kind.WEBSOCKET) + taps.openOf(Taps.Kind.PULL);
    if (open >= options.maxStreams()) {
      throw Problem.of(
              ProblemType.QUOTA_EXCEEDED,
              options.maxStreams() + " streams and waiting pulls are open (http.maxStreams)")
          .with("Retry-After", "1");
    }
  }

  private void open(Exchange exchange, Reading reading) {
    if (!exchange.routing().response().closed() && SseResponse.head(exchange.routing())) {
      new EventStream(vertx, parts, options, exchange, reading).open();
    }
  }

  private static Optional<Long> received(Exchange exchange) {
    return exchange
        .header("Last-Event-ID")
        .filter(id -> !id.isBlank())
        .map(id -> Exchange.number("Last-Event-ID", id.strip(), 0, Long.MAX_VALUE));
  }
}
