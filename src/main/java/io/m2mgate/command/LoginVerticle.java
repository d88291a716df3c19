package io.m2mgate.command;

import io.m2mgate.bus.Addresses;
import io.m2mgate.bus.LaneMetrics;
import io.m2mgate.bus.LaneMetrics.Drop;
import io.m2mgate.bus.LaneVerticle;
import io.m2mgate.bus.Opening;
import io.m2mgate.bus.OpeningBatch;
import io.m2mgate.bus.Reply;
import io.m2mgate.bus.TerminalEvents;
import io.m2mgate.dictionary.Command;
import io.m2mgate.security.SecretBox;
import io.m2mgate.security.SessionKeys;
import io.m2mgate.security.SessionKeys.Finding;
import io.m2mgate.session.EncryptionPolicy;
import io.m2mgate.session.ExpiryPolicy;
import io.m2mgate.session.Identity;
import io.m2mgate.session.Origin;
import io.m2mgate.session.Resident;
import io.m2mgate.session.Session;
import io.m2mgate.session.Terminal;
import io.m2mgate.store.CommitUnit.Outcome;
import io.m2mgate.wire.BodyWriter;
import io.m2mgate.wire.MalformedFrame;
import io.vertx.core.Future;
import java.security.SecureRandom;
import java.util.List;
import java.util.Optional;

/**
 * LOGIN: verifies, opens a tentative session, makes its token durable and only then answers (clause 5.3.2, behaviour 5.2.1). It
 * never ends a session, moves an address or gives a secret away. One on each lane.
 */
public final class LoginVerticle extends LaneVerticle {

  private static final long QUEUE_TICK_MILLIS = 20;
  private static final String TRY_LATER = "tryLater";
  private static final String DISABLED = "terminalDisabled";

  private final LoginOptions options;
  private final SecretBox box;
  private final int lanes;
  private LoginQueue queue;
  private Sentry sentry;
  private SessionKeys keys;

  public LoginVerticle(LoginOptions options, SecretBox box, int lanes) {
    this.options = options;
    this.box = box;
    this.lanes = lanes;
  }

  @Override
  protected Future<?> open() {
    keys = new SessionKeys(box, new SecureRandom(), options.sessionKeySeconds());
    queue = new LoginQueue(
        (double) options.perSecond() / lanes,
        Math.max(1, options.queueLength() / lanes),
        options.queueMillis(),
        lane().nowMillis());
    lane()
        .metrics()
        .gauge(
            "m2mgate_lane_logins_waiting", "Logins that wait for admission", lane(), queue::size);
    sentry = new Sentry(lane());
    vertx.setPeriodic(QUEUE_TICK_MILLIS, timer -> work());
    this.<String>consume(Addresses.unlocked(lane().index()), lane().lockOuts()::unlock);
    this.<OpeningBatch>consume(
        Addresses.command(lane().index(), Command.LOGIN),
        batch -> batch.requests().forEach(this::guarded));
    return Future.succeededFuture();
  }

  private void guarded(Opening request) {
    lane().guard(request.inbound(), () -> lane().done(request), () -> arrive(request));
  }

  private void arrive(Opening login) {
    if (login.resident().isEmpty()) {
      refuse(login, options.registrationOpen() ? "registerAgain" : "serialUnknown");
      return;
    }
    Terminal terminal = terminal(login);
    LoginRequest request;
    try {
      request = LoginRequest.read(login);
    } catch (MalformedFrame e) {
      drop(login, Drop.MALFORMED);
      return;
    }
    if (!terminal.profile().allows(login.inbound().origin())) {
      lane().metrics().dropped(Drop.BEARER_REFUSED);
      refuse(login, DISABLED, "bearer");
      return;
    }
    switch (sentry.pass(login)) {
      case THROTTLED -> drop(login, Drop.PROOF_THROTTLED);
      case LOCKED -> refuse(login, DISABLED, "locked");
      case OPEN -> judge(login, terminal, request);
    }
  }

  private void judge(Opening login, Terminal terminal, LoginRequest request) {
    if (!terminal.terminalRecord().enabled()) {
      refuse(login, DISABLED);
      return;
    }
    switch (login.proof().kind()) {
      case WRONG -> {
        sentry.wrong(login);
        refuse(login, "digestRefused");
      }
      case MISMATCH -> refuse(login, "bindingMismatch");
      case ABSENT, NONE -> refuse(login, "digestRefused");
      case GOOD -> {
        sentry.good(login);
        Optional<String> fault = fault(login, request, terminal);
        if (fault.isPresent()) {
          refuse(login, fault.get());
        } else {
          admit(login, terminal, request);
        }
      }
    }
  }

  private void admit(Opening login, Terminal terminal, LoginRequest request) {
    long now = lane().nowMillis();
    if (queue.admit(now)) {
      serve(login, request);
    } else if (queue.await(login, terminal.lapses().spared(now), now)) {
      lane().park(login.inbound());
    } else {
      overload(login, request);
    }
  }

  /** The name of the result that refuses the login of a terminal that is the one it says, where one does. */
  private Optional<String> fault(Opening login, LoginRequest request, Terminal terminal) {
    if (!terminal.terminalRecord().enabled()) {
      return Optional.of(DISABLED);
    }
    if (terminal.profile().encryption() == EncryptionPolicy.REQUIRED
        && !encrypts(login, request, terminal)) {
      tellMismatch(login, request, terminal);
      return Optional.of("digestRefused");
    }
    return terminal.profile().expiry() == ExpiryPolicy.ENFORCE
            && login
                .proof()
                .by()
                .orElseThrow()
                .secrets()
                .passwordsExpired(lane().nowMillis() / 1000)
        ? Optional.of("registerAgain")
        : Optional.empty();
  }

  /** What the terminal's claim to its base key comes to; empty where it makes none or none is wanted. */
  private Optional<Finding> finding(Opening login, LoginRequest request, Terminal terminal) {
    return terminal.profile().encryption() == EncryptionPolicy.OFF
        ? Optional.empty()
        : request
            .keys()
            .baseKeyDigest()
            .map(claimed ->
                keys.examine(login.dialect(), login.proof().by().orElseThrow(), claimed));
  }

  /** True when the session gets a key; a header without flags cannot say that a body is encrypted. */
  private boolean encrypts(Opening login, LoginRequest request, Terminal terminal) {
    return !byMessage(login)
        && login.inbound().frame().header().hasFlags()
        && finding(login, request, terminal).equals(Optional.of(Finding.PROVEN));
  }

  /** Neither side encrypts what goes by short message. */
  private static boolean byMessage(Opening login) {
    return login.inbound().origin().bearer().equals(Origin.SMS);
  }

  /** The session that a LOGIN by short message opened before, where the centre delivers it again. */
  private Optional<Session> deliveredAgain(Opening login, LoginRequest request, Identity provenBy) {
    long since = lane().nowMillis() - lane().services().shortMessages().repeatedWithinMillis();
    return terminal(login)
        .inForceBy(provenBy, request.hash())
        .filter(it -> byMessage(login) && it.token().openedMillis() >= since);
  }

  /** Terminal and platform hold different base keys. */
  private void tellMismatch(Opening login, LoginRequest request, Terminal terminal) {
    finding(login, request, terminal)
        .filter(mismatch -> !byMessage(login))
        .filter(Finding::isMismatch)
        .ifPresent(mismatch -> sentry.keyMismatch(login, LaneMetrics.label(mismatch)));
  }

  /** Logins whose turn has come, and those that waited too long. */
  private void work() {
    if (queue.isEmpty()) {
      return;
    }
    long now = lane().nowMillis();
    for (var late = queue.overdue(now); late.isPresent(); late = queue.overdue(now)) {
      withRequest(late.get(), this::overload);
    }
    for (var next = queue.next(now); next.isPresent(); next = queue.next(now)) {
      withRequest(next.get(), this::serve);
    }
  }

  private void withRequest(
      Opening login, java.util.function.BiConsumer<Opening, LoginRequest> action) {
    lane().resume(login.inbound());
    try {
      action.accept(login, LoginRequest.read(login));
    } catch (MalformedFrame e) {
      drop(login, Drop.MALFORMED);
    }
  }

  private void serve(Opening login, LoginRequest request) {
    Resident resident = login.resident().orElseThrow();
    if (resident.blocked()) {
      again(login, resident);
      return;
    }
    Terminal terminal = terminal(login);
    Optional<Identity> proven = terminal.keyring().still(login.proof().by().orElseThrow());
    if (proven.isEmpty()) {
      // A session under other secrets was confirmed while it waited, or they were set anew.
      refuse(login, "digestRefused");
      return;
    }
    Optional<String> fault = fault(login, request, terminal);
    if (fault.isPresent()) {
      // Disabled while it waited.
      refuse(login, fault.get());
      return;
    }
    long now = lane().nowMillis();
    login.inbound().origin().verified(now, terminal.heartbeatSeconds() * 1000L);
    Identity provenBy = proven.get();
    Optional<Session> repeated = terminal
        .repeated(provenBy, request.hash(), now)
        .or(() -> deliveredAgain(login, request, provenBy));
    if (repeated.isPresent()) {
      repeated.get().login(request.facts());
      repeated.get().openedFrom(login.inbound().origin());
      accept(login, request, repeated.get());
      return;
    }
    Session opened = terminal.open(provenBy, login.proof().shortImei(), request.hash(), now);
    opened.login(request.facts());
    opened.openedFrom(login.inbound().origin());
    if (encrypts(login, request, terminal)) {
      keys.protect(terminal, opened, login.dialect(), request.keys().cipher(), now);
    } else {
      tellMismatch(login, request, terminal);
    }
    resident.raiseForLogin();
    lane().commit(resident, List.of(TerminalEvents.session(terminal)), outcome -> {
      lane().release(resident);
      committed(login, request, opened, outcome);
    });
  }

  private void committed(Opening login, LoginRequest request, Session opened, Outcome outcome) {
    if (outcome == Outcome.COMMITTED) {
      accept(login, request, opened);
      return;
    }
    terminal(login).drop(opened::equals);
    if (outcome == Outcome.REJECTED) {
      refuse(login, "serialUnknown");
    } else {
      overload(login, request);
    }
  }

  /** The terminal's session is being changed by an earlier request: this one waits with its other frames. */
  private void again(Opening login, Resident resident) {
    resident.end();
    if (!resident.await(login.inbound())) {
      lane().dropped(login.inbound(), Drop.WAITING_FULL);
      lane().done(login.inbound());
    }
  }

  private void accept(Opening login, LoginRequest request, Session session) {
    Terminal terminal = terminal(login);
    terminal.lapses().loginServed();
    String result = request.result(terminal, login.dialect().tags());
    byte[] envelope = keys.envelope(session, login.dialect());
    // Only who holds the base key can have asked for it, and without it the terminal cannot go on.
    login.inbound().origin().grant(envelope.length);
    byte[] body = new BodyWriter()
        .bytes(body(login, result, session.timestamp()))
        .bytes(envelope)
        .toBytes();
    Reply.Seal seal = new Reply.Signed(session);
    lane()
        .reply(new Reply(
            login.inbound().origin(),
            login.inbound().frame(),
            login.inbound().frame().sequence(),
            body,
            seal));
    lane().metrics().answered(Command.LOGIN.name(), result);
    lane().done(login);
  }

  private void overload(Opening login, LoginRequest request) {
    if (terminal(login).lapses().logins().unserved(request.hash(), lane().nowMillis())) {
      refuse(login, TRY_LATER);
    } else {
      drop(login, Drop.LOGIN_OVERLOAD);
    }
  }

  private void refuse(Opening login, String result) {
    refuse(login, result, result);
  }

  private void refuse(Opening login, String result, String reason) {
    lane().reply(Reply.unsigned(login.inbound(), body(login, result, 0)));
    lane().metrics().answered(Command.LOGIN.name(), result);
    sentry.refused(login, result, reason);
    lane().done(login);
  }

  private static byte[] body(Opening login, String result, int timestamp) {
    return new BodyWriter()
        .u8(login.command().results().code(result))
        .u32(timestamp)
        .toBytes();
  }

  private static Terminal terminal(Opening login) {
    return login.resident().flatMap(Resident::terminal).orElseThrow();
  }

  private void drop(Opening login, Drop reason) {
    lane().dropped(login.inbound(), reason);
    lane().done(login);
  }
}
