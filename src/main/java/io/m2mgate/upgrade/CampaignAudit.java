package io.m2mgate.upgrade;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.github.f4b6a3.ulid.UlidCreator;
import io.m2mgate.store.AuditLog;
import io.m2mgate.store.StoredUpgrade;
import io.vertx.core.Future;

/** What the audit hears of campaigns that nobody asked for. Stateless. */
final class CampaignAudit {
  private CampaignAudit() {}

  static Future<Void> paused(AuditLog log, StoredUpgrade upgrade, String why, long nowMillis) {
    String detail = JsonNodeFactory.instance.objectNode().put("reason", why).toString();
    return log.append(new AuditLog.Entry(
        UlidCreator.getMonotonicUlid(nowMillis).toString(),
        nowMillis,
        "platform",
        "upgrade.pause",
        upgrade.id(),
        detail));
  }
}
