package io.m2mgate.security;

import io.m2mgate.bus.Ack;
import io.m2mgate.bus.AckBatch;
import io.m2mgate.bus.Addresses;
import io.m2mgate.bus.AlarmEvents;
import io.m2mgate.bus.Lane;
import io.m2mgate.bus.LaneMetrics.Drop;
import io.m2mgate.bus.Opening;
import io.m2mgate.bus.OpeningBatch;
import io.m2mgate.bus.SecretsPending;
import io.m2mgate.bus.TerminalEvents;
import io.m2mgate.bus.UnservedCommands;
import io.m2mgate.bus.Uplink;
import io.m2mgate.bus.UplinkBatch;
import io.m2mgate.dictionary.Command;
import io.m2mgate.dictionary.CommandDef;
import io.m2mgate.dictionary.Dialect;
import io.m2mgate.session.Inbound;
import io.m2mgate.session.Origin;
import io.m2mgate.session.Resident;
import io.m2mgate.session.Segments;
import io.m2mgate.session.Session;
import io.m2mgate.session.Terminal;
import io.m2mgate.store.Change;
import io.m2mgate.wire.DigestLocator;
import io.m2mgate.wire.Frame;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends verified frames to the handlers of their commands, in one batch a command and pass, and carries out the other verdicts.
 * Owned by one lane.
 */
final class Gate {

  private static final Logger LOG = LoggerFactory.getLogger(Gate.class);

  private final Lane lane;
  private final FrameSecurity security;
  private final MessageSecurity messages;
  private final Senders senders;
  private final PartedAcks partedAcks;
  private final TerminalAssembly assembly;
  private final Settlements settlements;
  private final KeyWarnings warnings;
  private final FrameTap tap;
  private final UnservedCommands unserved;
  private final Map<Command, List<Uplink>> uplinks = new EnumMap<>(Command.class);
  private final Map<Command, List<Opening>> openings = new EnumMap<>(Command.class);
  private List<Ack> acks = new ArrayList<>();
  private List<Ack> registrationAcks = new ArrayList<>();
  private long pass;

  Gate(
      Lane lane,
      FrameSecurity security,
      PartedAcks partedAcks,
      TerminalAssembly assembly,
      Settlements settlements,
      KeyWarnings warnings,
      FrameTap tap) {
    this.tap = tap;
    this.unserved = new UnservedCommands(lane);
    this.messages = new MessageSecurity(lane.services().shortMessages());
    this.senders = new Senders(lane);
    this.settlements = settlements;
    this.lane = lane;
    this.warnings = warnings;
    this.security = security;
    this.partedAcks = partedAcks;
    this.assembly = assembly;
  }

  /** A frame of a terminal that is there. */
  void serve(Inbound in, Resident resident) {
    Terminal terminal = resident.terminal().orElseThrow();
    assembly.refresh(terminal);
    Dialect dialect = lane.dialect(terminal);
    Frame frame = in.frame();
    if (!dialect.knows(frame.requestCommand())) {
      unserved.unknown(in, resident, terminal, security.proves(frame, dialect, terminal));
      tap.dropped(in, dialect, Drop.UNKNOWN_COMMAND);
      finish(in, Drop.UNKNOWN_COMMAND);
      return;
    }
    CommandDef command = dialect.command(frame.requestCommand());
    Asked asked = new Asked(in, resident, terminal, dialect, command);
    if (MessageSecurity.byMessage(in)
        && !asked.is(Command.REGISTER)
        && !messages.own(in, terminal)) {
      senders.refuse(asked);
      drop(asked, Drop.WRONG_NUMBER);
      return;
    }
    if (frame.isAck()) {
      ack(asked);
      return;
    }
    switch (command.command()) {
      case LOGIN, REGISTER ->
        opening(in, Optional.of(resident), dialect, command, openingProof(asked));
      default -> verify(asked);
    }
  }

  private Opening.Proof openingProof(Asked asked) {
    return asked.is(Command.LOGIN) && MessageSecurity.concerns(asked.in(), asked.dialect())
        ? MessageSecurity.loginProof(asked.terminal())
        : security.loginProof(asked.frame(), asked.dialect(), asked.terminal());
  }

  /** A terminal's answer: in a session to who asked, unsigned to who distributes the parameters of a registration. */
  private void ack(Asked asked) {
    Resident resident = asked.resident();
    Terminal terminal = asked.terminal();
    Optional<Session> before = terminal.confirmed();
    AckVerdict verdict =
        MessageSecurity.proves(asked) ? messages.openAck(asked) : security.openAck(asked);
    if (!before.equals(terminal.confirmed())) {
      loggedIn(resident, terminal);
    }
    if (verdict instanceof AckVerdict.Accept accept) {
      tap.accepted(asked, asked.frame().hasDigestFlag());
      answer(asked, accept.session(), accept.body());
    } else if (verdict instanceof AckVerdict.ByMessage by) {
      tap.accepted(asked, false);
      resident.begin();
      inOrder(resident, asked.command().command());
      acks.add(ack(asked, terminal.confirmed(), by.body()));
    } else if (verdict instanceof AckVerdict.Part part) {
      partOfAck(asked, part);
    } else if (verdict instanceof AckVerdict.Stranger
        && asked.is(Command.SECURITY_CONFIG)
        && !asked.frame().hasDigestFlag()) {
      Frame frame = asked.frame();
      int length = frame.bodyLength(DigestLocator.find(frame, asked.dialect()));
      tap.accepted(asked, false);
      resident.begin();
      registrationAcks.add(ack(
          asked,
          Optional.empty(),
          new Content.Clear(frame.bytes(), frame.bodyOffset(), length, false)));
    } else {
      drop(
          asked,
          verdict instanceof AckVerdict.Refuse refuse ? refuse.reason() : Drop.UNEXPECTED_ACK);
    }
  }

  private void partOfAck(Asked asked, AckVerdict.Part part) {
    PartedAcks.Outcome outcome = partedAcks.take(asked, part.session(), part.segment());
    if (outcome instanceof PartedAcks.Outcome.Ignored ignored) {
      drop(asked, ignored.reason());
      return;
    }
    tap.accepted(asked, asked.frame().hasDigestFlag());
    if (outcome instanceof PartedAcks.Outcome.Whole whole) {
      answer(asked, part.session(), whole.body());
    } else {
      taken(asked);
    }
  }

  private void answer(Asked asked, Session session, Content.Clear body) {
    warnings.look(asked.resident(), asked.terminal(), session);
    asked.resident().begin();
    // What follows an answer may show that it was more than that.
    inOrder(asked.resident(), asked.command().command());
    acks.add(ack(asked, Optional.of(session), body));
  }

  /** A part that goes to no handler is a new frame of the terminal all the same. */
  private void taken(Asked asked) {
    online(asked.resident(), asked.terminal());
    here(asked.resident(), asked.terminal(), asked.in(), true);
    lane.done(asked.in());
    lane.settle(asked.resident());
  }

  private static Ack ack(Asked asked, Optional<Session> session, Content.Clear body) {
    return new Ack(
        asked.in(),
        asked.resident(),
        asked.terminal(),
        session,
        asked.dialect(),
        asked.command(),
        body.bytes(),
        body.offset(),
        body.length(),
        body.decrypted());
  }

  private void verify(Asked asked) {
    Terminal terminal = asked.terminal();
    Resident resident = asked.resident();
    Optional<Session> before = terminal.confirmed();
    Verdict verdict = MessageSecurity.proves(asked) ? messages.open(asked) : security.open(asked);
    if (!(verdict instanceof Verdict.Accept) && !before.equals(terminal.confirmed())) {
      // A copy of a request of the session before, which goes to no handler, confirmed this one.
      loggedIn(resident, terminal);
    }
    if (verdict instanceof Verdict.Part part) {
      resident.asked(true);
      resident.answered(lane.nowMillis());
      lane.reply(part.reply());
      tap.accepted(asked, asked.frame().hasDigestFlag());
      taken(asked);
    } else {
      carryOut(verdict, asked);
    }
  }

  private void loggedIn(Resident resident, Terminal terminal) {
    terminal.online(true);
    long now = lane.nowMillis();
    terminal.segments().ifPresent(segments -> segments.expire(terminal.confirmed(), now));
    List<Change> changes = new ArrayList<>(TerminalEvents.login(terminal, now));
    changes.add(AlarmEvents.login(terminal, lane.dialect(terminal), now));
    lane.insist(resident, changes, outcome -> {});
    settlements.settle(resident);
    tellPending(resident, true);
  }

  /** Tells who has something to ask of the terminal. */
  void tellPending(Resident resident, boolean loggedIn) {
    boolean pending = resident.terminal().flatMap(it -> it.keyring().pending()).isPresent();
    boolean desired =
        resident.terminal().filter(it -> !it.syncList().desired().isEmpty()).isPresent();
    if (pending || desired || resident.commandsOpen() || resident.watched()) {
      lane.send(Addresses.secretsPending(lane.index()), new SecretsPending(resident, loggedIn));
    }
  }

  /** True for a heartbeat of a terminal that is there. */
  boolean isBeat(Inbound in, Resident resident) {
    Dialect dialect = resident.terminal().map(lane::dialect).orElseThrow();
    int id = in.frame().requestCommand();
    return dialect.knows(id) && dialect.command(id).command() == Command.HEART_BEAT;
  }

  /** A frame under a serial that nobody has: only LOGIN and REGISTER are answered (wire 8). */
  void stranger(Inbound in) {
    Dialect dialect = lane.services().dictionary().dialect();
    Frame frame = in.frame();
    if (!frame.isAck() && dialect.knows(frame.requestCommand())) {
      CommandDef command = dialect.command(frame.requestCommand());
      if (command.command() == Command.LOGIN || command.command() == Command.REGISTER) {
        opening(in, Optional.empty(), dialect, command, Opening.Proof.NONE);
        return;
      }
    }
    tap.dropped(in, dialect, Drop.UNKNOWN_SERIAL);
    finish(in, Drop.UNKNOWN_SERIAL);
  }

  /** Keeps the order of one terminal's frames where they go to several handlers. */
  private void inOrder(Resident resident, Command command) {
    if (resident.turnsTo(command, pass)) {
      flush();
      resident.turnsTo(command, pass);
    }
  }

  /** Sends the batches of this pass on. */
  void flush() {
    pass++;
    if (!uplinks.isEmpty()) {
      uplinks.forEach((command, batch) ->
          lane.send(Addresses.command(lane.index(), command), new UplinkBatch(batch)));
      uplinks.clear();
    }
    if (!acks.isEmpty()) {
      lane.send(Addresses.acks(lane.index()), new AckBatch(acks));
      acks = new ArrayList<>();
    }
    if (!registrationAcks.isEmpty()) {
      lane.send(Addresses.registrationAcks(lane.index()), new AckBatch(registrationAcks));
      registrationAcks = new ArrayList<>();
    }
    if (!openings.isEmpty()) {
      openings.forEach((command, batch) ->
          lane.send(Addresses.command(lane.index(), command), new OpeningBatch(batch)));
      openings.clear();
    }
  }

  private void opening(
      Inbound in,
      Optional<Resident> resident,
      Dialect dialect,
      CommandDef command,
      Opening.Proof proof) {
    resident.ifPresent(Resident::begin);
    resident.ifPresent(it -> it.asked(false));
    resident.ifPresent(it -> inOrder(it, command.command()));
    tap.opening(in, dialect, proof);
    Frame frame = in.frame();
    int bodyLength = frame.bodyLength(DigestLocator.find(frame, dialect));
    openings
        .computeIfAbsent(command.command(), key -> new ArrayList<>())
        .add(new Opening(in, resident, dialect, command, frame.bodyOffset(), bodyLength, proof));
  }

  private void carryOut(Verdict verdict, Asked asked) {
    if (verdict instanceof Verdict.Accept accept) {
      tap.accepted(asked, accept.uplink().signed());
      accept(accept, asked.resident(), asked.terminal());
    } else if (verdict instanceof Verdict.Answer answer) {
      asked.resident().asked(false);
      asked.resident().answered(lane.nowMillis());
      lane.reply(answer.reply());
      tap.answered(asked, answer.reason());
      finish(asked.in(), answer.reason());
    } else if (verdict instanceof Verdict.Silence silence) {
      if (silence.reason() == Drop.DUPLICATE_JOINED) {
        // Of the one that it joined nobody knows yet whether it can be served.
        asked.in().unserved();
      }
      drop(asked, silence.reason());
    } else {
      tellUnsigned(asked.resident(), asked.terminal());
      drop(asked, Drop.UNSIGNED);
    }
  }

  private void accept(Verdict.Accept accept, Resident resident, Terminal terminal) {
    Uplink uplink = accept.uplink();
    if (accept.confirmed()) {
      loggedIn(resident, terminal);
    } else {
      online(resident, terminal);
    }
    warnings.look(resident, terminal, uplink.session());
    here(resident, terminal, uplink.inbound(), uplink.signed());
    if (uplink.command().command() != Command.HEART_BEAT) {
      terminal.segments().ifPresent(Segments::asksAnew);
    }
    resident.begin();
    resident.asked(uplink.signed() || uplink.command().command() != Command.HEART_BEAT);
    inOrder(resident, uplink.command().command());
    if (uplink.command().command() == Command.LOGOUT) {
      // What follows in this pass is not the session's any more.
      resident.raise();
    }
    uplinks
        .computeIfAbsent(uplink.command().command(), key -> new ArrayList<>())
        .add(uplink);
  }

  private void online(Resident resident, Terminal terminal) {
    if (!terminal.online() && terminal.confirmed().isPresent()) {
      terminal.online(true);
      lane.insist(resident, TerminalEvents.online(terminal, lane.nowMillis()), outcome -> {});
    }
  }

  private void here(Resident resident, Terminal terminal, Inbound in, boolean signed) {
    Origin origin = in.origin();
    if (signed || terminal.place().isHome(origin) || !terminal.place().reachable()) {
      origin.verified(in.receivedMillis(), terminal.heartbeatSeconds() * 1000L);
    }
    if (signed && origin.lane() != lane.index() && !MessageSecurity.byMessage(in)) {
      resident.moveTo(origin.lane());
    }
  }

  private void tellUnsigned(Resident resident, Terminal terminal) {
    LOG.warn(
        "terminal {}: data without a digest is dropped; a profile with digest \"when-present\" would take it",
        terminal.serial());
    lane.commit(
        resident,
        TerminalEvents.refused(
            terminal,
            "unsigned-data",
            "data came without a digest; a profile with digest when-present (such as lenient) takes it",
            lane.nowMillis()),
        outcome -> {});
  }

  private void drop(Asked asked, Drop reason) {
    tap.dropped(asked, reason);
    finish(asked.in(), reason);
  }

  private void finish(Inbound in, Drop reason) {
    lane.count(in, reason);
    lane.done(in);
  }
}
