package io.m2mgate.bridge.http;

import io.m2mgate.api.Event;
import io.m2mgate.bridge.BridgeParts;
import io.m2mgate.bridge.InvalidRequest;
import io.m2mgate.bridge.Problems;
import io.m2mgate.store.EventLog.ReportQuery;
import io.m2mgate.store.Page;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Map;

/**
 * {@code GET /terminals/{serial}/reports} (6.1.13): a view on the event log, as long as that keeps them. Stateless but for its
 * parts; on the bridge's event loop.
 */
final class ReportRoutes {

  private static final int PAGE_BYTES = 1 << 20;
  private static final String TIME_VALID = "a time as 2026-01-01T00:00:00Z";

  private final BridgeParts parts;

  ReportRoutes(BridgeParts parts) {
    this.parts = parts;
  }

  void add(Endpoints endpoints) {
    endpoints.on("listReports", this::list);
  }

  private Future<Answer> list(Exchange exchange) {
    int limit = exchange.limit();
    long from = time(exchange, "from", 0);
    long to = time(exchange, "to", Long.MAX_VALUE);
    return parts
        .store()
        .terminals()
        .read(exchange.path("serial"), exchange.caller().app())
        .compose(found -> {
          var terminal = found.orElseThrow(Problems::unknownTerminal).terminal();
          var query = new ReportQuery(terminal.app(), terminal.serial(), from, to, PAGE_BYTES);
          return parts.store().events().reports(query, exchange.query("cursor"), limit);
        })
        .map(page -> new Answer(200, "application/json", json(page), Map.of()));
  }

  private static long time(Exchange exchange, String name, long absent) {
    return exchange
        .query(name)
        .map(text -> {
          try {
            return Instant.parse(text).toEpochMilli();
          } catch (DateTimeException | ArithmeticException e) {
            throw InvalidRequest.at("?" + name, "not a time", TIME_VALID);
          }
        })
        .orElse(absent);
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
