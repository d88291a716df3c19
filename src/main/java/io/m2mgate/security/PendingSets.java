package io.m2mgate.security;

import io.m2mgate.bus.LaneServices;
import io.m2mgate.dictionary.Dialect;
import io.m2mgate.session.SecretSet;
import io.m2mgate.session.SecretSet.Expiries;
import io.m2mgate.session.TerminalRecord;
import io.m2mgate.store.Rotation;
import io.m2mgate.store.RotationWish;
import io.m2mgate.store.SealedSecrets;
import io.m2mgate.store.SecurityStore;
import io.m2mgate.store.StoreFault;
import io.vertx.core.Future;
import java.util.Optional;
import java.util.Set;

/** The sets that registered terminals are given: the open one, else a new one (behaviour 5.3.10). May be used from any thread. */
public final class PendingSets {

  private final LaneServices services;
  private final SecurityStore store;
  private final NewSets sets;

  public PendingSets(LaneServices services, SecurityStore store, NewSets sets) {
    this.services = services;
    this.store = store;
    this.sets = sets;
  }

  /** A new one; fails with CONFLICT while one is open. */
  public Future<Rotation> create(TerminalRecord terminal) {
    return store.open(sets.of(
        terminal.serial(),
        dialect(terminal),
        RotationWish.of(Set.copyOf(NewSets.KINDS), Rotation.Origin.REGISTRATION),
        SealedSecrets.NONE,
        Expiries.NEVER,
        services.clock().millis()));
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

  /** Why the parameters of a registration must not be sent to this terminal; empty when they can. */
  public Optional<String> tooLong(TerminalRecord terminal, SecretSet set) {
    return RequestSize.tooLong(
        Distribution.request(dialect(terminal), terminal.serial(), 0, set),
        services.profiles().get(terminal.profile()));
  }

  /** By which its secrets are made and written. */
  public Dialect dialect(TerminalRecord terminal) {
    String name = services.profiles().get(terminal.profile()).dialect();
    return services.dictionary().dialect(name).orElseGet(services.dictionary()::dialect);
  }
}
