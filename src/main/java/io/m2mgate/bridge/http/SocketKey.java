package io.m2mgate.bridge.http;

import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import java.util.Arrays;
import java.util.Optional;

/**
 * Finds the key of clients that cannot set headers (browsers) among the subprotocols that they offer. It is never chosen, so it is not in
 * an answer. Stateless.
 */
final class SocketKey {

  /** What is chosen, where it is offered. */
  static final String PROTOCOL = "m2mgate.v1";

  private static final String PREFIX = "bearer.";
  private static final String OFFERED = "Sec-WebSocket-Protocol";

  private SocketKey() {}

  /** Makes a header of it, before anybody asks who it is. */
  static void lift(RoutingContext rc) {
    var request = rc.request();
    if (request.getHeader("Authorization") == null) {
      offered(request).ifPresent(key -> request.headers().set("Authorization", "Bearer " + key));
    }
    rc.next();
  }

  private static Optional<String> offered(HttpServerRequest request) {
    return Optional.ofNullable(request.getHeader(OFFERED)).stream()
        .flatMap(line -> Arrays.stream(line.split(",")))
        .map(String::strip)
        .filter(name -> name.startsWith(PREFIX))
        .map(name -> name.substring(PREFIX.length()))
        .findFirst();
  }
}
