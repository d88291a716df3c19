package io.m2mgate.bridge.http;

import io.m2mgate.bridge.BridgeParts;
import io.m2mgate.bridge.Later;
import io.m2mgate.bridge.Problem;
import io.m2mgate.bridge.ProblemType;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import java.util.OptionalLong;

/** {@code GET /events/socket}: opens an {@link EventSocket} where the client wants to go on. On the bridge's event loop. */
final class SocketRoutes {

  static final String PATH = "/v1/events/socket";

  private final Vertx vertx;
  private final BridgeParts parts;
  private final HttpOptions options;

  SocketRoutes(Vertx vertx, BridgeParts parts, HttpOptions options) {
    this.vertx = vertx;
    this.parts = parts;
    this.options = options;
  }

  void add(Endpoints endpoints) {
    endpoints.stream("openEventSocket", this::open);
  }

  private void open(Exchange exchange) {
    var request = exchange.routing().request();
    if (!isHandshake(request)) {
      throw Problem.of(ProblemType.UPGRADE_REQUIRED, "open it by a WebSocket handshake")
          .with("Upgrade", "websocket");
    }
    StreamRoutes.checkRoom(parts, options);
    var asked = EventRequest.of(parts, exchange);
    long credit = exchange.number("credit", -1, 0, EventSocket.MOST_CREDIT);
    Context context = vertx.getOrCreateContext();
    request.pause();
    Later.on(context, Reading.find(parts, asked, true))
        .onComplete(
            reading -> upgrade(
                exchange, reading, credit < 0 ? OptionalLong.empty() : OptionalLong.of(credit)),
            failure -> {
              request.resume();
              ProblemAnswers.answer(exchange.routing(), failure);
            });
  }

  private void upgrade(Exchange exchange, Reading reading, OptionalLong credit) {
    if (!exchange.routing().response().closed()) {
      exchange
          .routing()
          .request()
          .toWebSocket()
          .onComplete(
              socket -> {
                var line = new SocketLine(vertx, options, exchange.routing(), socket);
                new EventSocket(vertx, parts, exchange.caller(), reading, line).open(credit);
              },
              failure -> ProblemAnswers.answer(
                  exchange.routing(),
                  Problem.of(ProblemType.MALFORMED_REQUEST, "not a WebSocket handshake")));
    }
  }

  private static boolean isHandshake(HttpServerRequest request) {
    return request.method().name().equals("GET")
        && "websocket".equalsIgnoreCase(request.getHeader("Upgrade"));
  }
}
