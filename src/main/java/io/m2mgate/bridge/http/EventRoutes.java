package io.m2mgate.bridge.http;

import io.m2mgate.bridge.BridgeParts;
import io.m2mgate.bridge.EventPull;
import io.m2mgate.bridge.InvalidRequest;
import io.m2mgate.store.EventLog.EventPage;
import io.m2mgate.store.EventLog.EventQuery;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.Map;

/** {@code GET /events}: pull with long poll. On the bridge's event loop. */
final class EventRoutes {

  private static final int LIMIT_DEFAULT = 500;
  private static final int LIMIT_MAX = 5_000;
  private static final int PAGE_BYTES = 1 << 20;

  private final Vertx vertx;
  private final BridgeParts parts;
  private final HttpOptions options;

  EventRoutes(Vertx vertx, BridgeParts parts, HttpOptions options) {
    this.vertx = vertx;
    this.parts = parts;
    this.options = options;
  }

  void add(Endpoints endpoints) {
    endpoints.on("pullEvents", this::pull);
  }

  private Future<Answer> pull(Exchange exchange) {
    long after = exchange.number("after", 0, 0, Long.MAX_VALUE);
    int limit = (int) exchange.number("limit", LIMIT_DEFAULT, 1, LIMIT_MAX);
    var request = EventRequest.of(parts, exchange);
    int wait = exchange.wait(options.maxWaitSeconds());
    if (wait > 0) {
      StreamRoutes.checkRoom(parts, options);
    }
    var query =
        new EventQuery(request.app(), after, limit, PAGE_BYTES, request.types(), request.serials());
    var pull = new EventPull(vertx, parts.taps(), query);
    exchange.routing().response().closeHandler(gone -> pull.cancel());
    return pull.start(exchange.caller(), wait * 1_000L).map(page -> {
      if (after > 0 && after < page.oldest() - 1) {
        throw EventRequest.tooOld(page.oldest());
      }
      if (after > page.last()) {
        throw InvalidRequest.at("?after", "behind the log's end", "0.." + page.last());
      }
      var answer = new Answer(200, "application/json", json(page), Map.of());
      return wait > 0 ? answer.with("Preference-Applied", "wait=" + wait) : answer;
    });
  }

  private String json(EventPage page) {
    int size = 64;
    for (int i = 0; i < page.events().size(); i++) {
      size += page.events().get(i).sizeHint();
    }
    var text = new StringBuilder(size).append("{\"events\":[");
    for (int i = 0; i < page.events().size(); i++) {
      text.append(i == 0 ? "" : ",");
      page.events().get(i).appendTo(text, parts.node());
    }
    return text.append("],\"next\":")
        .append(page.next())
        .append(",\"oldest\":")
        .append(page.oldest())
        .append('}')
        .toString();
  }
}
