package io.m2mgate.command;

import io.m2mgate.bus.Addresses;
import io.m2mgate.bus.LaneMetrics.Drop;
import io.m2mgate.bus.LaneVerticle;
import io.m2mgate.bus.Opening;
import io.m2mgate.bus.OpeningBatch;
import io.m2mgate.bus.Registered;
import io.m2mgate.bus.Reply;
import io.m2mgate.bus.TerminalChanged;
import io.m2mgate.dictionary.Command;
import io.m2mgate.security.SecretsRoute;
import io.m2mgate.session.LockOuts.Pass;
import io.m2mgate.session.Origin;
import io.m2mgate.session.Profile.DigestPolicy;
import io.m2mgate.session.Resident;
import io.m2mgate.session.Terminal;
import io.m2mgate.session.TerminalRecord;
import io.m2mgate.store.CommitUnit.Outcome;
import io.m2mgate.store.StoreFault;
import io.m2mgate.wire.BodyWriter;
import io.m2mgate.wire.MalformedFrame;
import io.vertx.core.Future;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * REGISTER: within its rates, decided and carried out by the registrar, answered once what it changed is durable and the terminal's
 * lane knows it (clause 5.3.1, behaviour 5.3.1, 5.4.4). It proves nothing and ends no session. One on each lane.
 */
public final class RegisterVerticle extends LaneVerticle {

  private static final Logger LOG = LoggerFactory.getLogger(RegisterVerticle.class);

  /** Unproven requests that may be asking the store at a time. */
  private static final int PENDING = 64;

  private static final int SERIAL_BYTES = 16;

  private final Registrar registrar;
  private final RegistrationLimits limits;
  private final SecretsRoute route;
  private RegistrationRecords records;
  private Sentry sentry;
  private int pending;

  /** @param route by which what was promised goes */
  public RegisterVerticle(Registrar registrar, RegistrationLimits limits, SecretsRoute route) {
    this.route = route;
    this.registrar = registrar;
    this.limits = limits;
  }

  @Override
  protected Future<?> open() {
    records = new RegistrationRecords(lane());
    sentry = new Sentry(lane());
    this.<OpeningBatch>consume(
        Addresses.command(lane().index(), Command.REGISTER),
        batch -> batch.requests().forEach(it -> guarded(it, this::arrive)));
    return Future.succeededFuture();
  }

  private void guarded(Opening register, Consumer<Opening> part) {
    lane().guard(register.inbound(), () -> lane().done(register), () -> part.accept(register));
  }

  private void arrive(Opening register) {
    if (!limits.admit(source(register.inbound().origin()), lane().nowMillis())) {
      drop(register, Drop.REGISTER_OVERLOAD);
      return;
    }
    RegisterRequest asked;
    try {
      asked = RegisterRequest.read(register, proven(register));
    } catch (MalformedFrame e) {
      drop(register, Drop.MALFORMED);
      return;
    }
    switch (asked.proves() ? sentry.pass(register) : Pass.OPEN) {
      case THROTTLED -> drop(register, Drop.PROOF_THROTTLED);
      case LOCKED -> locked(register, asked);
      case OPEN -> decide(register, asked);
    }
  }

  private void locked(Opening register, RegisterRequest asked) {
    String result = "terminalDisabled";
    sentry.refused(register, result, "locked");
    reply(register, result, asked.serial());
  }

  private void decide(Opening register, RegisterRequest asked) {
    if (pending >= PENDING) {
      drop(register, Drop.LOADING_FULL);
      return;
    }
    pending++;
    registrar
        .register(asked, register.inbound().origin())
        .onComplete(done -> context.runOnContext(nothing -> {
          pending--;
          guarded(
              register, it -> decided(it, asked, done.result(), Optional.ofNullable(done.cause())));
        }));
  }

  private static String source(Origin origin) {
    return origin.address().map(InetAddress::getHostAddress).orElseGet(origin::remote);
  }

  /** Operation rebind needs a good digest under every policy but off (wire 3). */
  private static boolean proven(Opening register) {
    return register.proof().isGood()
        || terminal(register)
            .filter(it -> it.profile().digest() == DigestPolicy.OFF)
            .isPresent();
  }

  private static Optional<Terminal> terminal(Opening register) {
    return register.resident().flatMap(Resident::terminal);
  }

  private void decided(
      Opening register,
      RegisterRequest asked,
      Registrar.Outcome outcome,
      Optional<Throwable> failure) {
    if (failure.isPresent()) {
      failed(register, failure.get());
      return;
    }
    if (outcome.refusal().isPresent()) {
      refuse(register, asked, outcome.refusal().get());
      return;
    }
    if (asked.proves()) {
      sentry.good(register);
    }
    if (outcome.changed()) {
      tellLane(outcome.terminal().orElseThrow())
          .whenComplete((seen, fault) -> context.runOnContext(nothing -> guarded(
              register,
              fault == null
                  ? it -> record(it, asked, outcome)
                  : it -> drop(it, Drop.STORE_UNAVAILABLE))));
    } else {
      record(register, asked, outcome);
    }
  }

  private void failed(Opening register, Throwable cause) {
    if (cause instanceof StoreFault) {
      drop(register, Drop.STORE_UNAVAILABLE);
    } else {
      LOG.error("terminal {}: {}", register.inbound().frame().serial(), cause.getMessage());
      drop(register, Drop.FAULT);
    }
  }

  /** Who serves the terminal must know its new secrets before it is told to use them. */
  private CompletableFuture<Void> tellLane(TerminalRecord terminal) {
    CompletableFuture<Void> seen = new CompletableFuture<>();
    lane().send(Addresses.changed(owner(terminal)), new TerminalChanged(terminal.serial(), seen));
    return seen;
  }

  private int owner(TerminalRecord terminal) {
    return lane().services().locator().laneOf(terminal.serial(), lane().index());
  }

  private void record(Opening register, RegisterRequest asked, Registrar.Outcome outcome) {
    lane()
        .commit(
            List.of(records.registered(register, asked, outcome)),
            kept -> guarded(register, it -> recorded(it, asked, outcome, kept)));
  }

  private void recorded(
      Opening register, RegisterRequest asked, Registrar.Outcome outcome, Outcome kept) {
    if (kept != Outcome.COMMITTED) {
      drop(register, Drop.STORE_UNAVAILABLE);
      return;
    }
    TerminalRecord terminal = outcome.terminal().orElseThrow();
    records.audit(register, asked, outcome);
    reply(register, outcome.result(), terminal.serial());
    lane()
        .send(
            Addresses.registered(owner(terminal)),
            new Registered(terminal, outcome.rotation(), parametersTo(register, terminal)));
  }

  private Origin parametersTo(Opening register, TerminalRecord terminal) {
    return route.ofParameters(
        register.inbound().origin(),
        terminal,
        known -> lane().services().shortMessages().to(known, lane().index()));
  }

  private void refuse(Opening register, RegisterRequest asked, Ruling.Refuse refusal) {
    if (asked.is(RegisterRequest.REBIND)) {
      terminal(register).ifPresent(it -> it.failures().refusedImsi(Optional.of(asked.imsi())));
    }
    if (refusal.wrongProof()) {
      lane().metrics().dropped(Drop.WRONG_DIGEST);
      sentry.wrong(register);
    }
    records.refused(register, asked, refusal);
    reply(register, refusal.result(), asked.serial());
  }

  private void reply(Opening register, String result, String serial) {
    byte[] body = new BodyWriter()
        .u8(register.command().results().code(result))
        .ascii(serial, SERIAL_BYTES)
        .toBytes();
    terminal(register).ifPresent(it -> it.logins().spare(lane().nowMillis()));
    lane().metrics().answered(Command.REGISTER.name(), result);
    lane().reply(Reply.unsigned(register.inbound(), body));
    lane().done(register);
  }

  private void drop(Opening register, Drop reason) {
    lane().dropped(register.inbound(), reason);
    lane().done(register);
  }
}
