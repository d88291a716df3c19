package io.m2mgate.bridge.mqtt;

import io.m2mgate.bridge.BridgeParts;
import io.m2mgate.store.EventLog.Extent;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Owns what the retained {@code status} of every application says (6.1.9, link check): whether the gateway is there, since the last change
 * of that, with figures as of the moment of sending. On the bridge's event loop.
 */
final class GatewayStatus {

  private static final long STORE_MILLIS = 500;

  private final BridgeParts parts;
  private final ClientIds clients;
  private boolean stopping;

  GatewayStatus(BridgeParts parts, ClientIds clients) {
    this.parts = parts;
    this.clients = clients;
  }

  void stopping() {
    stopping = true;
  }

  /** Never fails: {@code log} is null when the store does not answer soon. Completes on any thread. */
  Future<Buffer> of(String app) {
    return parts
        .store()
        .events()
        .extent(app)
        .timeout(STORE_MILLIS, TimeUnit.MILLISECONDS)
        .map(Optional::of)
        .otherwise(Optional.empty())
        .map(extent -> text(app, extent));
  }

  private Buffer text(String app, Optional<Extent> extent) {
    var log = extent
        .map(it -> new JsonObject().put("oldest", it.oldest()).put("last", it.last()))
        .orElse(null);
    return new JsonObject()
        .put("gateway", stopping ? "stopping" : "online")
        .put("node", parts.node())
        .put("time", Instant.now().toString())
        .put("log", log)
        .put("clients", clients.of(app))
        .toBuffer();
  }
}
