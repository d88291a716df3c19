package io.m2mgate.security;

import com.github.f4b6a3.ulid.UlidCreator;
import io.m2mgate.bus.LaneServices;
import io.m2mgate.dictionary.Dialect;
import io.m2mgate.session.SecretSet.Expiries;
import io.m2mgate.session.TerminalRecord;
import io.m2mgate.store.Rotation;
import io.m2mgate.store.SecurityStore;
import io.m2mgate.store.StoreFault;
import io.vertx.core.Future;

/** The sets that registered terminals are given: the open one, else a new one (behaviour 5.3.10). May be used from any thread. */
public final class PendingSets {

  private final LaneServices services;
  private final SecurityStore store;
  private final TerminalSecrets secrets;
  private final long deadlineMillis;

  /** @param deadlineMillis after which a set that no session confirmed counts as unconfirmed */
  public PendingSets(
      LaneServices services, SecurityStore store, TerminalSecrets secrets, long deadlineMillis) {
    this.services = services;
    this.store = store;
    this.secrets = secrets;
    this.deadlineMillis = deadlineMillis;
  }

  /** A new one; fails with CONFLICT while one is open. */
  public Future<Rotation> create(TerminalRecord terminal) {
    long now = services.clock().millis();
    return store.open(new SecurityStore.NewRotation(
        UlidCreator.getMonotonicUlid(now).toString(),
        terminal.serial(),
        Rotation.Origin.REGISTRATION,
        TerminalSecrets.KINDS,
        secrets.fresh(terminal.serial(), dialect(terminal)),
        Expiries.NEVER,
        now,
        now + deadlineMillis));
  }

  /** The open one, or a new one. */
  Future<Rotation> renew(TerminalRecord terminal) {
    return create(terminal)
        .recover(cause ->
            cause instanceof StoreFault fault && fault.kind() == StoreFault.Kind.CONFLICT
                ? store
                    .openOf(terminal.serial())
                    .compose(open -> open.map(Future::succeededFuture)
                        .orElseGet(() -> Future.failedFuture(cause)))
                : Future.failedFuture(cause));
  }

  /** By which its secrets are made and written. */
  public Dialect dialect(TerminalRecord terminal) {
    String name = services.profiles().get(terminal.profile()).dialect();
    return services.dictionary().dialect(name).orElseGet(services.dictionary()::dialect);
  }
}
