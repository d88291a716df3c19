package io.m2mgate.bridge.http;

import io.m2mgate.bridge.BridgeParts;
import io.m2mgate.store.AuditLog;
import io.vertx.core.Future;

/** {@code GET /admin/audit}, newest first. Stateless; on the bridge's event loop. */
final class AuditRoutes {

  private final AuditLog log;

  AuditRoutes(BridgeParts parts) {
    this.log = parts.store().audit();
  }

  void add(Endpoints endpoints) {
    endpoints.on("listAudit", this::list);
  }

  private Future<Answer> list(Exchange exchange) {
    return log.list(exchange.query("cursor"), exchange.limit())
        .map(page -> Answer.page(page.items().stream().map(Shapes::audit).toList(), page.next()));
  }
}
