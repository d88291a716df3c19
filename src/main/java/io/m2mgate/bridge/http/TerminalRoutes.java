package io.m2mgate.bridge.http;

import io.m2mgate.bridge.BridgeParts;
import io.m2mgate.bridge.Problems;
import io.m2mgate.bridge.TerminalChanges;
import io.m2mgate.store.TerminalState;
import io.m2mgate.store.TerminalStore;
import io.m2mgate.store.TerminalStore.TerminalRow;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.util.List;

/**
 * {@code /terminals}: what an application may know of its own (6.1.4). Stateless but for its parts; on the bridge's
 * event loop.
 */
final class TerminalRoutes {

  private static final String BASE = "/v1/terminals";

  private final BridgeParts parts;
  private final TerminalStore store;
  private final TerminalChanges lanes;

  TerminalRoutes(BridgeParts parts) {
    this.parts = parts;
    this.store = parts.store().terminals();
    this.lanes = parts.changes();
  }

  void add(Endpoints endpoints) {
    endpoints.on("listTerminals", this::list);
    // Before the route that has a serial in its place.
    endpoints.on("countTerminals", this::counts);
    endpoints.on("readTerminal", this::read);
    endpoints.on("readReported", this::reported);
  }

  private Future<Answer> list(Exchange exchange) {
    var query = TerminalList.query(exchange, EventRequest.mayName(parts, exchange));
    return store
        .list(query, exchange.query("cursor"), exchange.limit())
        .compose(page -> live(page.items())
            .map(rows -> Answer.page(
                rows.stream()
                    .filter(row -> TerminalList.fits(row, query))
                    .map(Shapes::terminal)
                    .toList(),
                page.next())));
  }

  private Future<Answer> counts(Exchange exchange) {
    return store.states(EventRequest.mayName(parts, exchange)).map(found -> {
      var states = new JsonObject();
      long total = 0;
      for (var state : TerminalState.values()) {
        long count = found.getOrDefault(state, 0L);
        states.put(state.text(), count);
        total += count;
      }
      return Answer.ok(new JsonObject().put("total", total).put("states", states));
    });
  }

  private Future<Answer> read(Exchange exchange) {
    return own(exchange)
        .compose(row -> live(List.of(row)).map(rows -> rows.get(0)))
        .map(row -> Answer.ok(Shapes.terminal(row)).with("ETag", Shapes.etag(row.terminal())));
  }

  /** With sessions and facts as the lanes have them now. */
  private Future<List<TerminalRow>> live(List<TerminalRow> rows) {
    var serials = rows.stream().map(row -> row.terminal().serial()).toList();
    return lanes
        .live(serials)
        .map(states -> rows.stream()
            .map(row -> new TerminalRow(
                row.terminal(), states.getOrDefault(row.terminal().serial(), row.sessions())))
            .toList());
  }

  private Future<Answer> reported(Exchange exchange) {
    return own(exchange).compose(row -> store.reported(row.terminal().serial())).map(values -> {
      var reported = Shapes.reported(values);
      values.forEach(
          value -> reported.getJsonObject(value.name()).put("tag", "%04X".formatted(value.tag())));
      return Answer.ok(new JsonObject().put("reported", reported));
    });
  }

  /** Somebody else's terminal is answered as one that does not exist. */
  private Future<TerminalRow> own(Exchange exchange) {
    return store
        .read(exchange.path("serial"), exchange.caller().app())
        .map(found -> found.orElseThrow(Problems::unknownTerminal));
  }
}
