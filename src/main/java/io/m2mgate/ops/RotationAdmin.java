package io.m2mgate.ops;

import io.m2mgate.bridge.Rotations;
import io.m2mgate.bridge.TerminalChanges;
import io.m2mgate.bus.RotationEvents;
import io.m2mgate.dictionary.Dialect;
import io.m2mgate.dictionary.Dictionary;
import io.m2mgate.security.NewSets;
import io.m2mgate.session.Profiles;
import io.m2mgate.store.Change;
import io.m2mgate.store.CommitBatch;
import io.m2mgate.store.CommitUnit;
import io.m2mgate.store.Rotation;
import io.m2mgate.store.Rotation.State;
import io.m2mgate.store.RotationWish;
import io.m2mgate.store.SecurityStore.Step;
import io.m2mgate.store.Store;
import io.m2mgate.store.StoreFault;
import io.m2mgate.store.StoredTerminal;
import io.vertx.core.Future;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Opens rotations and ends them from outside the lanes, and tells the lanes and the applications. May be used from any thread. */
final class RotationAdmin implements Rotations {

  private static final Logger LOG = LoggerFactory.getLogger(RotationAdmin.class);

  private final Store store;
  private final NewSets sets;
  private final Dictionary dictionary;
  private final Profiles profiles;
  private final TerminalChanges changes;
  private final InstantSource clock;

  RotationAdmin(
      Store store,
      NewSets sets,
      Dictionary dictionary,
      Profiles profiles,
      TerminalChanges changes,
      InstantSource clock) {
    this.store = store;
    this.sets = sets;
    this.dictionary = dictionary;
    this.profiles = profiles;
    this.changes = changes;
    this.clock = clock;
  }

  @Override
  public Future<Asked> open(String serial, RotationWish wish) {
    return store.terminals().load(List.of(serial)).compose(found -> {
      if (found.isEmpty()) {
        return Future.failedFuture(
            new StoreFault(StoreFault.Kind.NOT_FOUND, "terminal", "no terminal " + serial));
      }
      StoredTerminal terminal = found.get(0);
      return terminal
          .security()
          .open()
          .map(open -> Future.succeededFuture(new Asked(open, wish.coveredBy(open))))
          .orElseGet(() -> open(terminal, wish)
              .map(opened -> new Asked(opened, true))
              .recover(cause -> overtaken(cause, serial, wish)));
    });
  }

  /** Somebody else opened one in between. */
  private Future<Asked> overtaken(Throwable cause, String serial, RotationWish wish) {
    boolean conflict =
        cause instanceof StoreFault fault && fault.kind() == StoreFault.Kind.CONFLICT;
    return conflict
        ? store
            .security()
            .openOf(serial)
            .compose(open -> open.map(
                    it -> Future.succeededFuture(new Asked(it, wish.coveredBy(it))))
                .orElseGet(() -> Future.failedFuture(cause)))
        : Future.failedFuture(cause);
  }

  private Future<Rotation> open(StoredTerminal terminal, RotationWish wish) {
    var security = terminal.security();
    String serial = terminal.record().serial();
    return store
        .security()
        .open(sets.of(
            serial,
            dialect(terminal),
            wish,
            security.secrets(),
            security.expiries(),
            clock.millis()))
        .compose(opened -> told(terminal.record().app(), opened));
  }

  private Dialect dialect(StoredTerminal terminal) {
    return dictionary
        .dialect(profiles.get(terminal.record().profile()).dialect())
        .orElseGet(dictionary::dialect);
  }

  /** One that went on since it was read does not take the wish from its earlier state, and is asked again: states only go on. */
  @Override
  public Future<Optional<Rotation>> resend(Rotation rotation) {
    return store
        .security()
        .step(rotation.id(), Step.to(rotation.state(), Rotation.RESEND, clock.millis()))
        .compose(done -> {
          if (done.isEmpty()) {
            return Future.succeededFuture(done);
          }
          return done.get().state() == rotation.state()
              ? changes.changed(rotation.serial()).map(done)
              : resend(done.get());
        });
  }

  @Override
  public Future<Optional<Rotation>> abandon(Rotation rotation) {
    return step(rotation, State.ABANDONED, "");
  }

  /** Moves an open one on and tells of it; the store may leave it where it is. */
  Future<Optional<Rotation>> step(Rotation rotation, State state, String reason) {
    return store
        .security()
        .step(rotation.id(), Step.to(state, reason, clock.millis()))
        .compose(done -> done.filter(now -> now.state() == state).isEmpty()
            ? Future.succeededFuture(done)
            : store
                .terminals()
                .read(rotation.serial(), Optional.empty())
                .compose(row -> row.isEmpty()
                    ? Future.succeededFuture(done)
                    : told(row.get().terminal().app(), done.get()).map(done)));
  }

  private Future<Rotation> told(String app, Rotation rotation) {
    append(RotationEvents.state(app, rotation, clock.millis()));
    return changes.changed(rotation.serial()).map(rotation);
  }

  /** Appends an event that no lane knows of. */
  void append(Change event) {
    CommitUnit unit = new CommitUnit(List.of(event), outcome -> {
      if (outcome != CommitUnit.Outcome.COMMITTED) {
        LOG.warn(
            "terminal {}: an event of its secrets was not stored: {}", event.serial(), outcome);
      }
    });
    store
        .journal()
        .append(new CommitBatch(List.of(unit), batch -> unit.listener().done(unit.outcome())));
  }
}
