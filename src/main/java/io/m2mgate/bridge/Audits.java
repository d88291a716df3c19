package io.m2mgate.bridge;

import com.github.f4b6a3.ulid.UlidCreator;
import io.m2mgate.store.AuditLog;
import io.m2mgate.store.AuditLog.Entry;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes the audit's entries of what was asked from outside. Stateless; safe for any thread. */
public final class Audits {

  private static final Logger LOG = LoggerFactory.getLogger(Audits.class);

  private final AuditLog log;

  public Audits(AuditLog log) {
    this.log = log;
  }

  /**
   * Appends an entry once the work is done. The work cannot be undone, so an entry that the store refuses is logged and
   * does not turn the answer into a failure.
   *
   * @param detail never a secret
   */
  public Future<Void> append(Caller caller, String action, String target, JsonObject detail) {
    var now = System.currentTimeMillis();
    var entry = new Entry(
        UlidCreator.getMonotonicUlid(now).toString(),
        now,
        caller.actor(),
        action,
        target,
        detail.encode());
    return log.append(entry).recover(failure -> {
      LOG.error(
          "audit entry lost: {} {} {} {}",
          caller.actor(),
          action,
          target,
          detail.encode(),
          failure);
      return Future.succeededFuture();
    });
  }
}
