package io.m2mgate.command;

import io.m2mgate.bus.Addresses;
import io.m2mgate.bus.Lane;
import io.m2mgate.bus.RotationEvents;
import io.m2mgate.bus.TerminalChanged;
import io.m2mgate.security.SecretsRoute;
import io.m2mgate.security.SecretsRoute.Decision;
import io.m2mgate.session.Origin;
import io.m2mgate.session.Resident;
import io.m2mgate.session.Session;
import io.m2mgate.session.Terminal;
import io.m2mgate.store.Rotation;
import io.m2mgate.store.Rotation.State;
import io.m2mgate.store.SecurityStore;
import io.m2mgate.store.SecurityStore.Step;
import io.vertx.core.Context;
import io.vertx.core.Future;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The rotations of one lane's terminals: which of them go out now, and what the terminals' answers and logins make of them (5.3.10).
 * What is open is in the store alone, so a restart or a move to another lane begins here again. Used on the lane's thread.
 */
final class LaneRotations {

  private static final Logger LOG = LoggerFactory.getLogger(LaneRotations.class);

  /** Confirmed sessions under the old secrets after the ack that count as the terminal's roll-back. */
  private static final int ROLLED_BACK = 2;

  private final Lane lane;
  private final Context context;
  private final SecurityStore store;
  private final SecretsRoute route;
  private final Downlinks downlinks;
  private final int looks;

  /** Terminals whose rotation found no room; no more than the lane has. */
  private final Set<Resident> postponed = new LinkedHashSet<>();

  /** @param looks terminals that are looked at again in one turn */
  LaneRotations(
      Lane lane,
      Context context,
      SecurityStore store,
      SecretsRoute route,
      Downlinks downlinks,
      int looks) {
    this.lane = lane;
    this.context = context;
    this.store = store;
    this.route = route;
    this.downlinks = downlinks;
    this.looks = looks;
  }

  /** A terminal arrived, logged in or was changed. */
  void look(Resident resident, boolean loggedIn) {
    Optional<Terminal> terminal = resident.terminal();
    if (terminal.isEmpty()) {
      return;
    }
    takeBackOthers(resident, terminal.get());
    if (terminal.get().keyring().pending().isEmpty()) {
      return;
    }
    Optional<Session> session = terminal.get().confirmed();
    resident.begin();
    store
        .openOf(resident.serial())
        .onComplete(read -> context.runOnContext(nothing -> {
          resident.end();
          if (read.failed()) {
            LOG.warn("terminal {}: {}", resident.serial(), read.cause().getMessage());
          } else {
            read.result()
                .ifPresent(open -> consider(resident, open, session.filter(it -> loggedIn)));
          }
          lane.settle(resident);
        }));
  }

  /** Looks again at terminals that there was no room for, as room comes. */
  void tick() {
    postponed.removeIf(resident -> !here(resident));
    for (Resident resident : postponed.stream().limit(looks).toList()) {
      if (downlinks.of(resident).isEmpty()) {
        return;
      }
      postponed.remove(resident);
      look(resident, false);
    }
  }

  private boolean here(Resident resident) {
    return lane.terminals().find(resident.serial()).filter(it -> it == resident).isPresent()
        && resident.terminal().isPresent();
  }

  /** Requests of rotations that are not open any more. */
  private void takeBackOthers(Resident resident, Terminal terminal) {
    long generation =
        terminal.keyring().pending().map(it -> it.secrets().generation()).orElse(-1L);
    downlinks
        .existing(resident)
        .ifPresent(its -> its.waiting().stream()
            .filter(request ->
                request instanceof RotationRequest mine && mine.generation() != generation)
            .forEach(its::cancel));
  }

  /** @param loggedIn the session that was confirmed now */
  private void consider(Resident resident, Rotation open, Optional<Session> loggedIn) {
    boolean withOld = loggedIn
        .filter(session -> session.openedFrom().filter(LaneRotations::byMessage).isEmpty()
            && session.token().generation() != open.generation()
            && open.ackedMillis() > 0
            && session.token().openedMillis() > open.ackedMillis())
        .isPresent();
    if (withOld) {
      countOld(resident, open);
    }
    if (isDue(open) && resident.terminal().isPresent() && !waits(resident, open)) {
      boolean taken = downlinks
          .of(resident)
          .map(its -> its.offer(new RotationRequest(this, resident, open)))
          .orElse(false);
      LOG.debug("terminal {}: rotation {} waits: {}", resident.serial(), open.id(), taken);
      if (!taken) {
        postponed.add(resident);
      }
    }
  }

  /** A LOGIN by short message proves none of the secrets. */
  private static boolean byMessage(Origin origin) {
    return origin.bearer().equals(Origin.SMS);
  }

  /**
   * One that the platform began goes out until it is acknowledged. What a registration or the terminal itself asked for has its own
   * way there. An operator may have any sent again.
   */
  private static boolean isDue(Rotation open) {
    boolean ours =
        open.origin() == Rotation.Origin.OPERATOR || open.origin() == Rotation.Origin.POLICY;
    return open.reason().equals(Rotation.RESEND) || ours && open.ackedMillis() == 0;
  }

  private boolean waits(Resident resident, Rotation open) {
    return downlinks
        .existing(resident)
        .filter(its -> its.waiting().stream()
            .anyMatch(request ->
                request instanceof RotationRequest mine && mine.generation() == open.generation()))
        .isPresent();
  }

  private void countOld(Resident resident, Rotation open) {
    step(resident, open, new Step(open.state(), open.reason(), 0, true, lane.nowMillis()))
        .onSuccess(counted -> counted
            .filter(it -> it.oldSessions() >= ROLLED_BACK)
            .ifPresent(it -> step(
                resident,
                it,
                Step.to(
                    State.ROLLED_BACK,
                    "the terminal logged in with its old secrets",
                    lane.nowMillis()))));
  }

  /** Whether secrets may go to where the terminal is now. */
  Decision way(Terminal terminal) {
    Optional<Origin> home = terminal.place().home();
    return home.isEmpty()
        ? new Decision(SecretsRoute.Way.NONE, "", "")
        : route.inSession(home.get(), terminal.terminalRecord(), encrypted(terminal));
  }

  /** What is sent in the terminal's session cannot be read on its way. */
  static boolean encrypted(Terminal terminal) {
    return terminal.confirmed().flatMap(Session::key).isPresent();
  }

  /** Moves a rotation on, tells of a new state, and lets go of its secrets when that is its end. Completes on the lane. */
  Future<Optional<Rotation>> step(Resident resident, Rotation from, Step step) {
    CompletableFuture<Optional<Rotation>> done = new CompletableFuture<>();
    resident.begin();
    store
        .step(from.id(), step)
        .onComplete(stepped -> context.runOnContext(nothing -> {
          resident.end();
          if (stepped.succeeded()) {
            stepped.result().ifPresent(now -> tell(resident, from, now));
            done.complete(stepped.result());
          } else {
            LOG.warn("terminal {}: {}", resident.serial(), stepped.cause().getMessage());
            done.completeExceptionally(stepped.cause());
          }
          lane.settle(resident);
        }));
    return Future.fromCompletionStage(done);
  }

  private void tell(Resident resident, Rotation from, Rotation now) {
    boolean newReason = !now.reason().isEmpty()
        && !now.reason().equals(from.reason())
        && !now.reason().equals(Rotation.RESEND);
    if (now.state() != from.state() || newReason) {
      resident
          .terminal()
          .ifPresent(terminal -> lane.insist(
              resident,
              List.of(RotationEvents.state(terminal.terminalRecord().app(), now, lane.nowMillis())),
              kept -> {}));
      LOG.info(
          "terminal {}: rotation {} is {} {}",
          resident.serial(),
          now.id(),
          now.state().text(),
          now.reason());
    }
    if (!now.isOpen()) {
      lane.send(
          Addresses.changed(lane.index()),
          new TerminalChanged(resident.serial(), new CompletableFuture<>()));
    }
  }

  long nowMillis() {
    return lane.nowMillis();
  }

  io.m2mgate.dictionary.Dialect dialect(Terminal terminal) {
    return lane.dialect(terminal);
  }
}
