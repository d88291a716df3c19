package io.m2mgate.bridge.http;

import io.m2mgate.bridge.BridgeParts;
import io.m2mgate.bridge.Problems;
import io.m2mgate.bridge.Scope;
import io.m2mgate.store.TerminalStore;
import io.m2mgate.store.TerminalStore.TerminalRow;
import io.vertx.core.Future;
import io.vertx.core.http.HttpMethod;

/**
 * {@code /terminals}: what an application may know of its own (6.1.4). Stateless but for its parts; on the bridge's
 * event loop.
 */
final class TerminalRoutes {

  private static final String BASE = "/v1/terminals";
  private static final String ONE = BASE + "/:serial";

  private final TerminalStore store;

  TerminalRoutes(BridgeParts parts) {
    this.store = parts.store().terminals();
  }

  void add(Endpoints endpoints) {
    endpoints.add(HttpMethod.GET, BASE, Scope.TERMINALS_READ, this::list);
    endpoints.add(HttpMethod.GET, ONE, Scope.TERMINALS_READ, this::read);
  }

  private Future<Answer> list(Exchange exchange) {
    exchange.allowQuery(TerminalList.allowed("cursor", "limit"));
    return TerminalList.read(store, exchange, exchange.caller().app(), Shapes::terminal);
  }

  private Future<Answer> read(Exchange exchange) {
    return own(exchange)
        .map(row -> Answer.ok(Shapes.terminal(row)).with("ETag", Shapes.etag(row.terminal())));
  }

  /** Somebody else's terminal is answered as one that does not exist. */
  private Future<TerminalRow> own(Exchange exchange) {
    return store
        .read(exchange.path("serial"), exchange.caller().app())
        .map(found -> found.orElseThrow(Problems::unknownTerminal));
  }
}
