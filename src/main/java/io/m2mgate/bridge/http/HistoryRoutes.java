package io.m2mgate.bridge.http;

import io.m2mgate.api.Event;
import io.m2mgate.bridge.BridgeParts;
import io.m2mgate.bridge.InvalidRequest;
import io.m2mgate.bridge.Problems;
import io.m2mgate.store.EventHistory.Query;
import io.m2mgate.store.EventHistory.View;
import io.m2mgate.store.Page;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.util.Map;
import java.util.Set;

/**
 * {@code /terminals/{serial}/reports} (6.1.13), {@code …/notices} (6.1.6) and {@code …/events}: views on the event log, newest first,
 * as long as that keeps them. Stateless but for its parts; on the bridge's event loop.
 */
final class HistoryRoutes {

  private static final int PAGE_BYTES = 1 << 20;
  private static final String NOTICE = "m2m.terminal.";

  private final BridgeParts parts;

  HistoryRoutes(BridgeParts parts) {
    this.parts = parts;
  }

  void add(Endpoints endpoints) {
    endpoints.on("listReports", this::reports);
    endpoints.on("listNotices", this::notices);
    endpoints.on("listTerminalEvents", this::events);
  }

  private Future<Answer> reports(Exchange exchange) {
    long before = exchange.time("before").or(() -> exchange.time("to")).orElse(Long.MAX_VALUE);
    return list(exchange, View.REPORTS, Set.of(), exchange.time("from").orElse(0L), before);
  }

  private Future<Answer> notices(Exchange exchange) {
    var types = EventRequest.types(exchange);
    types.stream().filter(type -> !type.startsWith(NOTICE)).findFirst().ifPresent(type -> {
      throw InvalidRequest.at("?types", "no notice: " + type, "types that begin with " + NOTICE);
    });
    return list(
        exchange,
        View.NOTICES,
        types,
        exchange.time("from").orElse(0L),
        exchange.time("before").orElse(Long.MAX_VALUE));
  }

  private Future<Answer> events(Exchange exchange) {
    return list(exchange, View.ALL, EventRequest.types(exchange), 0, Long.MAX_VALUE);
  }

  private Future<Answer> list(
      Exchange exchange, View view, Set<String> types, long from, long before) {
    int limit = exchange.limit();
    return parts
        .store()
        .terminals()
        .read(exchange.path("serial"), exchange.caller().app())
        .compose(found -> {
          var terminal = found.orElseThrow(Problems::unknownTerminal).terminal();
          var query =
              new Query(terminal.app(), terminal.serial(), view, types, from, before, PAGE_BYTES);
          return parts.store().history().list(query, exchange.query("cursor"), limit);
        })
        .map(page -> new Answer(200, "application/json", json(page), Map.of()));
  }

  /** The envelopes as every tap has them. */
  private String json(Page<Event> page) {
    int size = 64;
    for (var event : page.items()) {
      size += event.sizeHint();
    }
    var text = new StringBuilder(size).append("{\"items\":[");
    for (int i = 0; i < page.items().size(); i++) {
      text.append(i == 0 ? "" : ",");
      page.items().get(i).appendTo(text, parts.node());
    }
    var next = new JsonObject().put("next", page.next().orElse(null)).encode();
    return text.append("],").append(next, 1, next.length()).toString();
  }
}
