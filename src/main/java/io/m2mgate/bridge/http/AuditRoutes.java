package io.m2mgate.bridge.http;

import io.m2mgate.bridge.BridgeParts;
import io.m2mgate.bridge.InvalidRequest;
import io.m2mgate.store.AuditLog;
import io.vertx.core.Future;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Optional;

/** {@code GET /admin/audit}, newest first. Stateless; on the bridge's event loop. */
final class AuditRoutes {

  private static final String TIME_VALID = "a time such as 2026-01-01T00:00:00Z";

  private final AuditLog log;

  AuditRoutes(BridgeParts parts) {
    this.log = parts.store().audit();
  }

  void add(Endpoints endpoints) {
    endpoints.on("listAudit", this::list);
  }

  private Future<Answer> list(Exchange exchange) {
    var filter = new AuditLog.Filter(
        exchange.query("actor"),
        exchange.query("action"),
        exchange.query("target"),
        time(exchange, "from"),
        time(exchange, "before"));
    return log.list(filter, exchange.query("cursor"), exchange.limit())
        .map(page -> Answer.page(page.items().stream().map(Shapes::audit).toList(), page.next()));
  }

  private static Optional<Long> time(Exchange exchange, String name) {
    return exchange.query(name).map(text -> {
      try {
        return Instant.parse(text).toEpochMilli();
      } catch (DateTimeException | ArithmeticException e) {
        throw InvalidRequest.at("?" + name, "not a time", TIME_VALID);
      }
    });
  }
}
