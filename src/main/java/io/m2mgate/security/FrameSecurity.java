package io.m2mgate.security;

import io.m2mgate.bus.LaneMetrics.Drop;
import io.m2mgate.bus.Opening.Proof;
import io.m2mgate.bus.Reply;
import io.m2mgate.bus.Uplink;
import io.m2mgate.dictionary.Command;
import io.m2mgate.dictionary.CommandDef;
import io.m2mgate.dictionary.Dialect;
import io.m2mgate.session.Identity;
import io.m2mgate.session.Inbound;
import io.m2mgate.session.Profile.DigestPolicy;
import io.m2mgate.session.Profile.WrongDigest;
import io.m2mgate.session.RecentRequest;
import io.m2mgate.session.Resident;
import io.m2mgate.session.Session;
import io.m2mgate.session.Terminal;
import io.m2mgate.wire.ContentHash;
import io.m2mgate.wire.DigestLocator;
import io.m2mgate.wire.Frame;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/**
 * Decides which uplink requests are a terminal's own: session, digest, replay window and duplicates (wire 3; behaviour ground rule
 * 3, 5.2.1, 5.4.5). One for each lane, used on its thread only.
 */
final class FrameSecurity {

  /** The copy of a request at which waiting for the store ends in a refusal (ground rule 4). */
  static final int REFUSED_COPY = 3;

  /**
   * Terminals repeat after 15 s and more: copies closer together than this were held up on their way, by the network or by us,
   * and say nothing about the store.
   */
  private static final long HELD_UP_MILLIS = 1_000;

  /** Requests whose bodies matter less than their answers. */
  private static final Set<Command> ALWAYS_ANSWERED =
      EnumSet.of(Command.LOGOUT, Command.HEART_BEAT);

  private final DigestProof proofs;

  FrameSecurity(DigestProof proofs) {
    this.proofs = proofs;
  }

  /** The proof of a LOGIN: the digest under timestamp zero, over 16 bytes of IMEI or over 15. */
  Proof loginProof(Frame frame, Dialect dialect, Terminal terminal) {
    boolean off = terminal.profile().digest() == DigestPolicy.OFF;
    int digestAt = DigestLocator.find(frame, dialect);
    if (digestAt < 0) {
      return Proof.ABSENT;
    }
    Identity identity = terminal.identity();
    if (proofs.verifies(frame, digestAt, 0, identity, false)) {
      return Proof.GOOD;
    }
    if (proofs.verifies(frame, digestAt, 0, identity, true)) {
      return Proof.GOOD_SHORT;
    }
    return off ? Proof.GOOD : Proof.WRONG;
  }

  /** Any request but LOGIN and REGISTER, of a terminal that is there. */
  Verdict open(
      Inbound in, Resident resident, Terminal terminal, Dialect dialect, CommandDef command) {
    terminal.expire(in.receivedMillis());
    int digestAt = DigestLocator.find(in.frame(), dialect);
    if (!terminal.terminalRecord().enabled() || !terminal.hasSession()) {
      return outside(in, terminal, command, digestAt);
    }
    if (digestAt < 0) {
      return undigested(in, resident, terminal, dialect, command);
    }
    for (Session session : terminal.openSessions()) {
      if (verifies(in.frame(), digestAt, terminal, session, command)) {
        return verified(in, resident, terminal, session, dialect, command, digestAt);
      }
    }
    if (terminal.profile().digest() == DigestPolicy.OFF) {
      return verified(in, resident, terminal, terminal.latest(), dialect, command, digestAt);
    }
    return repeatedLogout(in, terminal, command, digestAt)
        .orElseGet(() -> wrong(in, terminal, command));
  }

  private boolean verifies(
      Frame frame, int digestAt, Terminal terminal, Session session, CommandDef command) {
    boolean shortImei = session.shortImei();
    if (proofs.verifies(frame, digestAt, session.timestamp(), terminal.identity(), shortImei)) {
      return true;
    }
    return command.command() == Command.CONFIG_TRAP
        && terminal.profile().trapHeaderOnly()
        && proofs.verifiesHeader(
            frame, digestAt, session.timestamp(), terminal.identity(), shortImei);
  }

  /** A known terminal without a session (wire 8). */
  private Verdict outside(Inbound in, Terminal terminal, CommandDef command, int digestAt) {
    if (command.command() == Command.LOGOUT) {
      // A broken body hides its digest from the walk, but it is still at the end.
      int at = digestAt < 0 ? in.frame().end() - DigestLocator.TLV_SIZE : digestAt;
      return repeatedLogout(in, terminal, command, at)
          .orElseGet(() -> new Verdict.Answer(Reply.unsigned(in, new byte[0]), Drop.NO_SESSION));
    }
    return Refusals.of(command, in)
        .<Verdict>map(body -> new Verdict.Answer(Reply.unsigned(in, body), Drop.NO_SESSION))
        .orElseGet(() -> new Verdict.Silence(Drop.NO_SESSION));
  }

  /** The LOGOUT of the session that ended last, again: its ack was lost. */
  private Optional<Verdict> repeatedLogout(
      Inbound in, Terminal terminal, CommandDef command, int digestAt) {
    if (command.command() != Command.LOGOUT || digestAt < in.frame().bodyOffset()) {
      return Optional.empty();
    }
    return terminal
        .ended()
        .filter(ended -> verifies(in.frame(), digestAt, terminal, ended, command))
        .map(
            ended -> new Verdict.Answer(signed(in, terminal, ended, new byte[0]), Drop.NO_SESSION));
  }

  private Verdict undigested(
      Inbound in, Resident resident, Terminal terminal, Dialect dialect, CommandDef command) {
    Session current = terminal.openSessions().get(0);
    if (terminal.profile().digest() == DigestPolicy.OFF) {
      return verified(in, resident, terminal, terminal.latest(), dialect, command, -1);
    }
    Optional<Verdict> malformed = malformedButSigned(in, resident, terminal, dialect, command);
    if (malformed.isPresent()) {
      return malformed.get();
    }
    if (in.frame().hasDigestFlag()) {
      return wrong(in, terminal, command);
    }
    if (command.command() == Command.HEART_BEAT) {
      return beat(in, resident, terminal, current, dialect, command);
    }
    boolean mayBeUnsigned = dialect.digestRules().skippable().contains(command.command());
    if (terminal.profile().digest() == DigestPolicy.WHEN_PRESENT
        && mayBeUnsigned
        && terminal.isHome(in.origin())
        && terminal.confirmed().isPresent()) {
      terminal.beat(in.origin(), in.receivedMillis());
      return sequenced(in, resident, terminal, current, dialect, command, -1);
    }
    if (terminal.profile().digest() == DigestPolicy.REQUIRED
        && command.command() == Command.TRANSPARENT_DATA
        && terminal.failures().firstUnsigned()) {
      return new Verdict.TellUnsigned();
    }
    return wrong(in, terminal, command);
  }

  /**
   * A TLV that runs past the body hides the digest from the walk. When the last bytes are a good digest all the same, the terminal
   * is genuine and is told of the tag (wire 8), or served where its command has no way to tell: LOGOUT and HEART_BEAT.
   */
  private Optional<Verdict> malformedButSigned(
      Inbound in, Resident resident, Terminal terminal, Dialect dialect, CommandDef command) {
    int digestAt = in.frame().end() - DigestLocator.TLV_SIZE;
    BodyCheck check = BodyCheck.of(in.frame(), dialect, command, digestAt);
    if (check.wellFormed()) {
      return Optional.empty();
    }
    for (Session session : terminal.openSessions()) {
      if (verifies(in.frame(), digestAt, terminal, session, command)) {
        if (ALWAYS_ANSWERED.contains(command.command())) {
          return Optional.of(verified(in, resident, terminal, session, dialect, command, digestAt));
        }
        return Refusals.badTag(command, in, check.badTag())
            .map(body -> new Verdict.Answer(signed(in, terminal, session, body), Drop.MALFORMED));
      }
    }
    return repeatedLogout(in, terminal, command, digestAt);
  }

  private Verdict wrong(Inbound in, Terminal terminal, CommandDef command) {
    if (ownAddress(terminal, in)) {
      terminal.failures().wrong(in.receivedMillis());
    }
    if (terminal.profile().onWrongDigest() == WrongDigest.REFUSE) {
      Session current = terminal.openSessions().get(0);
      return Refusals.of(command, in)
          .<Verdict>map(
              body -> new Verdict.Answer(signed(in, terminal, current, body), Drop.WRONG_DIGEST))
          .orElseGet(() -> new Verdict.Silence(Drop.WRONG_DIGEST));
    }
    return new Verdict.Silence(Drop.WRONG_DIGEST);
  }

  /** The address it was last verified at; anybody's while that is closed, for the terminal itself may be back on a new one. */
  private static boolean ownAddress(Terminal terminal, Inbound in) {
    return terminal.isHome(in.origin()) || !terminal.reachable();
  }

  /** An unsigned HEART_BEAT: answered, but it proves nothing and moves nothing. */
  private Verdict beat(
      Inbound in,
      Resident resident,
      Terminal terminal,
      Session session,
      Dialect dialect,
      CommandDef command) {
    if (terminal.failures().withholdsHeartbeats() && ownAddress(terminal, in)) {
      return new Verdict.Silence(Drop.HEARTBEAT_WITHHELD);
    }
    RecentRequest passing =
        terminal.recent().passing(in.frame().sequence(), in.origin(), in.receivedMillis());
    return new Verdict.Accept(
        uplink(in, resident, terminal, session, dialect, command, -1, false, passing, false),
        false);
  }

  private Verdict verified(
      Inbound in,
      Resident resident,
      Terminal terminal,
      Session session,
      Dialect dialect,
      CommandDef command,
      int digestAt) {
    terminal.failures().good();
    boolean confirms = terminal.isTentative(session);
    if (confirms) {
      terminal.confirm(session);
    }
    Verdict verdict = sequenced(in, resident, terminal, session, dialect, command, digestAt);
    if (verdict instanceof Verdict.Accept accept) {
      terminal.heard(in.origin(), in.receivedMillis());
      return new Verdict.Accept(accept.uplink(), confirms);
    }
    return verdict;
  }

  private Verdict sequenced(
      Inbound in,
      Resident resident,
      Terminal terminal,
      Session session,
      Dialect dialect,
      CommandDef command,
      int digestAt) {
    Frame frame = in.frame();
    int sequence = frame.sequence();
    long now = in.receivedMillis();
    long hash = ContentHash.hash64(
        frame.requestCommand(), frame.bytes(), frame.bodyOffset(), frame.bodyLength(digestAt));
    Optional<RecentRequest> copyOf =
        terminal.recent().copyOf(session.token().timestamp(), sequence, hash, now);
    boolean signed = digestAt >= 0;
    if (copyOf.isPresent()) {
      session.sequences().mark(sequence);
      // The store takes the exact repeat of a request once, even where it lost the answer of the
      // first commit.
      boolean underNewSequence = sequence != copyOf.get().sequence();
      boolean heldUp = now - copyOf.get().lastCopyMillis() < HELD_UP_MILLIS;
      copyOf.get().copy(sequence, in.origin(), now);
      return copied(in, terminal, session, command, copyOf.get(), heldUp)
          .orElseGet(() -> new Verdict.Accept(
              uplink(
                  in,
                  resident,
                  terminal,
                  session,
                  dialect,
                  command,
                  digestAt,
                  signed,
                  copyOf.get(),
                  underNewSequence),
              false));
    }
    if (!session.sequences().isNew(sequence)) {
      return new Verdict.Silence(Drop.REPLAY);
    }
    session.sequences().mark(sequence);
    boolean suspected = terminal
        .recent()
        .suspects(
            session.token().timestamp(), sequence, hash, now, terminal.profile().retryMillis());
    RecentRequest request =
        terminal.recent().add(session.token().timestamp(), sequence, hash, in.origin(), now);
    return new Verdict.Accept(
        uplink(
            in, resident, terminal, session, dialect, command, digestAt, signed, request,
            suspected),
        false);
  }

  /** A copy of a known request: answered again, joined to the one under way, or empty when it is to be tried (again). */
  private Optional<Verdict> copied(
      Inbound in,
      Terminal terminal,
      Session session,
      CommandDef command,
      RecentRequest known,
      boolean heldUp) {
    switch (known.stage()) {
      case PENDING -> {
        if (heldUp || known.copies() < REFUSED_COPY) {
          return Optional.of(new Verdict.Silence(Drop.DUPLICATE_JOINED));
        }
        Optional<byte[]> refusal = Refusals.of(command, in);
        refusal.ifPresent(body -> {
          known.done(command.refusal().getAsInt());
          known.markAnswered();
        });
        return Optional.of(refusal
            .<Verdict>map(body ->
                new Verdict.Answer(signed(in, terminal, session, body), Drop.STORE_UNAVAILABLE))
            .orElseGet(() -> new Verdict.Silence(Drop.DUPLICATE_JOINED)));
      }
      case DONE -> {
        known.markAnswered();
        return Answers.again(command, known.result())
            .map(body ->
                new Verdict.Answer(signed(in, terminal, session, body), Drop.DUPLICATE_JOINED));
      }
      default -> {
        known.retry();
        return Optional.empty();
      }
    }
  }

  private static Uplink uplink(
      Inbound in,
      Resident resident,
      Terminal terminal,
      Session session,
      Dialect dialect,
      CommandDef command,
      int digestAt,
      boolean signed,
      RecentRequest request,
      boolean suspected) {
    Frame frame = in.frame();
    return new Uplink(
        in,
        resident,
        terminal,
        session,
        dialect,
        command,
        frame.bodyOffset(),
        frame.bodyLength(digestAt),
        signed,
        request,
        suspected);
  }

  private static Reply signed(Inbound in, Terminal terminal, Session session, byte[] body) {
    return new Reply(
        in.origin(),
        in.frame(),
        in.frame().sequence(),
        body,
        new Reply.Signed(terminal.identity(), session));
  }
}
