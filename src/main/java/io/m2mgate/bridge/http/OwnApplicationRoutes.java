package io.m2mgate.bridge.http;

import io.m2mgate.bridge.BridgeParts;
import io.m2mgate.bridge.Scope;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;

/** {@code GET /application}: what an application may know of itself. Stateless but for its parts; on the bridge's event loop. */
final class OwnApplicationRoutes {

  private final BridgeParts parts;

  OwnApplicationRoutes(BridgeParts parts) {
    this.parts = parts;
  }

  void add(Endpoints endpoints) {
    endpoints.on("readOwnApplication", this::read);
  }

  private Future<Answer> read(Exchange exchange) {
    var app = EventRequest.app(parts, exchange);
    var application = parts.applications().find(app).orElseThrow();
    var settings = parts.admission().settings();
    var limits = new JsonObject()
        .put("rate", LimitsBody.shape(parts.admission().rate(application)))
        .put("allowFrom", LimitsBody.shape(application.limits().allowFrom()))
        .put("keys", settings.keys())
        .put("tokens", settings.tokens())
        .put("sessions", settings.sessions());
    var scopes = exchange.caller().scopes().stream().map(Scope::text).sorted().toList();
    return PresenceShape.of(parts, app)
        .compose(presence -> parts
            .store()
            .events()
            .extent(app)
            .map(extent -> Answer.ok(new JsonObject()
                .put("appCode", app)
                .put("name", application.name())
                .put("scopes", new JsonArray(scopes))
                .put("limits", limits)
                .put("presence", presence)
                .put(
                    "log",
                    new JsonObject().put("oldest", extent.oldest()).put("last", extent.last())))));
  }
}
