package io.m2mgate.bridge.http;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** A successful answer, made on any thread and sent on the request's event loop. */
record Answer(int status, String contentType, String body, Map<String, String> headers) {

  static final Answer NO_CONTENT = new Answer(204, "", "", Map.of());

  static Answer ok(JsonObject body) {
    return json(200, body);
  }

  static Answer json(int status, JsonObject body) {
    return new Answer(status, "application/json", body.encode(), Map.of());
  }

  static Answer created(String location, JsonObject body) {
    return json(201, body).with("Location", location);
  }

  /** The shape of every list but the events. */
  static Answer page(Collection<JsonObject> items, Optional<String> next) {
    var array = new JsonArray();
    items.forEach(array::add);
    return ok(new JsonObject().put("items", array).put("next", next.orElse(null)));
  }

  Answer with(String header, String value) {
    var more = new HashMap<>(headers);
    more.put(header, value);
    return new Answer(status, contentType, body, more);
  }

  void send(RoutingContext rc) {
    var response = rc.response();
    if (response.ended() || response.closed()) {
      return;
    }
    headers.forEach(response::putHeader);
    response.setStatusCode(status).putHeader("Cache-Control", "no-store");
    if (contentType.isEmpty()) {
      response.end();
    } else {
      response.putHeader("Content-Type", contentType).end(body);
    }
  }
}
