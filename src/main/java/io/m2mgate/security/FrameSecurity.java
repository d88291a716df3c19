package io.m2mgate.security;

import io.m2mgate.bus.LaneMetrics.Drop;
import io.m2mgate.bus.Opening.Proof;
import io.m2mgate.bus.Reply;
import io.m2mgate.dictionary.Command;
import io.m2mgate.dictionary.Dialect;
import io.m2mgate.session.IncomingParts;
import io.m2mgate.session.Profile.DigestPolicy;
import io.m2mgate.session.Profile.WrongDigest;
import io.m2mgate.session.RecentRequest;
import io.m2mgate.session.Session;
import io.m2mgate.session.Terminal;
import io.m2mgate.wire.DigestLocator;
import io.m2mgate.wire.Frame;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Decides which uplink requests are a terminal's own, and in which session (wire 3; behaviour 5.2.1, 5.4.5). One for each lane,
 * used on its thread only.
 */
final class FrameSecurity {

  /** Requests whose bodies matter less than their answers. */
  private static final Set<Command> ALWAYS_ANSWERED =
      EnumSet.of(Command.LOGOUT, Command.HEART_BEAT);

  private static final int NO_DIGEST = -1;

  private final DigestProof proofs;
  private final SessionCiphers ciphers;
  private final Parts parts;

  FrameSecurity(DigestProof proofs, SessionCiphers ciphers, Parts parts) {
    this.proofs = proofs;
    this.ciphers = ciphers;
    this.parts = parts;
  }

  Proof loginProof(Frame frame, Dialect dialect, Terminal terminal) {
    return proofs.ofLogin(frame, dialect, terminal);
  }

  /** Any request but LOGIN and REGISTER, of a terminal that is there. */
  Verdict open(Asked asked) {
    Terminal terminal = asked.terminal();
    terminal.expire(asked.nowMillis());
    int digestAt = DigestLocator.find(asked.frame(), asked.dialect());
    if (!terminal.terminalRecord().enabled() || !terminal.hasSession()) {
      return outside(asked, digestAt);
    }
    if (digestAt < 0) {
      return undigested(asked);
    }
    Optional<Session> session = sessionOf(asked, digestAt);
    if (session.isPresent()) {
      return proven(asked, session.get(), digestAt);
    }
    if (asked.policyIs(DigestPolicy.OFF)) {
      return proven(asked, terminal.latest(), digestAt);
    }
    return repeatedLogout(asked, digestAt).orElseGet(() -> wrong(asked));
  }

  /**
   * A terminal's answer: the session in which it verifies, which it confirms as any frame does; the session in force for an
   * unsigned one where the profile takes those. In clear beside a session key it can only answer a registration's parameters.
   */
  AckVerdict openAck(Asked asked) {
    Terminal terminal = asked.terminal();
    terminal.expire(asked.nowMillis());
    if (!terminal.terminalRecord().enabled() || !terminal.hasSession()) {
      return new AckVerdict.Stranger();
    }
    int digestAt = DigestLocator.find(asked.frame(), asked.dialect());
    Optional<Session> proven = digestAt < 0 ? Optional.empty() : sessionOf(asked, digestAt);
    Optional<Session> session =
        proven.isEmpty() && takesUnproven(asked, digestAt) ? terminal.confirmed() : proven;
    if (session.isEmpty()) {
      return new AckVerdict.Stranger();
    }
    Content content = ciphers.open(asked, session.get(), digestAt);
    if (content instanceof Content.Closed closed) {
      return digestAt < 0 && closed.reason() == Drop.CLEAR_BODY && asked.is(Command.SECURITY_CONFIG)
          ? new AckVerdict.Stranger()
          : new AckVerdict.Refuse(closed.reason());
    }
    if (proven.isPresent()) {
      confirms(terminal, session.get());
    }
    return content instanceof Content.Segment segment
        ? new AckVerdict.Part(session.get(), segment)
        : new AckVerdict.Accept(session.get(), (Content.Clear) content);
  }

  /** Whether a frame of any command carries the digest of one of the terminal's sessions. */
  boolean proves(Frame frame, Dialect dialect, Terminal terminal) {
    int digestAt = DigestLocator.find(frame, dialect);
    return digestAt >= 0
        && terminal.openSessions().stream()
            .anyMatch(session -> proofs.verifies(frame, digestAt, session));
  }

  /** What an encrypted body says, for who watches: empty where no session of the terminal proves the frame. */
  Optional<byte[]> reveal(Asked asked) {
    int digestAt = DigestLocator.find(asked.frame(), asked.dialect());
    return digestAt < 0
        ? Optional.empty()
        : sessionOf(asked, digestAt)
            .flatMap(session -> ciphers.reveal(session, asked.dialect(), asked.frame()));
  }

  private static boolean takesUnproven(Asked asked, int digestAt) {
    return asked.policyIs(DigestPolicy.OFF)
        || digestAt < 0
            && asked.policyIs(DigestPolicy.WHEN_PRESENT)
            && !asked.is(Command.SECURITY_CONFIG)
            && asked.terminal().place().isHome(asked.in().origin());
  }

  private Optional<Session> sessionOf(Asked asked, int digestAt) {
    List<Session> sessions = asked.terminal().openSessions();
    for (int i = 0; i < sessions.size(); i++) {
      if (verifies(asked, digestAt, sessions.get(i))) {
        return Optional.of(sessions.get(i));
      }
    }
    return Optional.empty();
  }

  private boolean verifies(Asked asked, int digestAt, Session session) {
    return proofs.verifies(asked.frame(), digestAt, session)
        || asked.is(Command.CONFIG_TRAP)
            && asked.terminal().profile().trapHeaderOnly()
            && proofs.verifiesHeader(asked.frame(), digestAt, session);
  }

  /** A known terminal without a session (wire 8). */
  private Verdict outside(Asked asked, int digestAt) {
    if (asked.is(Command.LOGOUT)) {
      // A broken body hides its digest from the walk, but it is still at the end.
      int at = digestAt < 0 ? asked.frame().end() - DigestLocator.TLV_SIZE : digestAt;
      return repeatedLogout(asked, at)
          .orElseGet(() -> new Verdict.Answer(asked.unsignedEmpty(), Drop.NO_SESSION));
    }
    return asked
        .refusal()
        .<Verdict>map(body -> new Verdict.Answer(Reply.unsigned(asked.in(), body), Drop.NO_SESSION))
        .orElseGet(() -> new Verdict.Silence(Drop.NO_SESSION));
  }

  /** The LOGOUT of the session that ended last, again: its ack was lost. */
  private Optional<Verdict> repeatedLogout(Asked asked, int digestAt) {
    if (!asked.is(Command.LOGOUT) || digestAt < asked.frame().bodyOffset()) {
      return Optional.empty();
    }
    return asked
        .terminal()
        .ended()
        .filter(ended -> verifies(asked, digestAt, ended))
        .map(ended -> new Verdict.Answer(asked.signedEmpty(ended), Drop.NO_SESSION));
  }

  private Verdict undigested(Asked asked) {
    Terminal terminal = asked.terminal();
    if (asked.policyIs(DigestPolicy.OFF)) {
      return proven(asked, terminal.latest(), NO_DIGEST);
    }
    Optional<Verdict> malformed = malformedButSigned(asked);
    if (malformed.isPresent()) {
      return malformed.get();
    }
    if (asked.frame().hasDigestFlag()) {
      return wrong(asked);
    }
    if (asked.is(Command.HEART_BEAT)) {
      return beat(asked);
    }
    if (mayComeUnsigned(asked)) {
      Session session = terminal.confirmed().orElseThrow();
      Content content = ciphers.open(asked, session, NO_DIGEST);
      if (content instanceof Content.Closed closed) {
        return wrong(asked, closed.reason());
      }
      terminal.beat(asked.in().origin(), asked.nowMillis());
      return content instanceof Content.Segment segment
          ? parts.take(asked, session, segment).orElseGet(() -> whole(asked, session, false))
          : Copies.admit(asked, session, (Content.Clear) content, false);
    }
    if (asked.policyIs(DigestPolicy.REQUIRED)
        && asked.is(Command.TRANSPARENT_DATA)
        && terminal.failures().firstUnsigned()) {
      return new Verdict.TellUnsigned();
    }
    return wrong(asked);
  }

  /** Under {@code when-present} some commands may, from where the last verified frame came (wire 3). */
  private static boolean mayComeUnsigned(Asked asked) {
    return asked.policyIs(DigestPolicy.WHEN_PRESENT)
        && asked.dialect().digestRules().skippable().contains(asked.command().command())
        && asked.terminal().place().isHome(asked.in().origin())
        && asked.terminal().confirmed().isPresent();
  }

  /**
   * A TLV that runs past the body hides the digest from the walk. When the last bytes are a good digest all the same, the terminal
   * is genuine and is told of the tag (wire 8), or served where its command has no way to tell: LOGOUT and HEART_BEAT.
   */
  private Optional<Verdict> malformedButSigned(Asked asked) {
    int digestAt = asked.frame().end() - DigestLocator.TLV_SIZE;
    BodyCheck check = BodyCheck.of(asked.frame(), asked.dialect(), asked.command(), digestAt);
    if (check.wellFormed()) {
      return Optional.empty();
    }
    Optional<Session> session = sessionOf(asked, digestAt);
    if (session.isEmpty()) {
      return repeatedLogout(asked, digestAt);
    }
    Content content = ciphers.open(asked, session.get(), digestAt);
    return content instanceof Content.Closed shut
        ? Optional.of(closed(asked, session.get(), true, shut.reason()))
        : malformed(asked, session.get(), content.clear(), true, check.badTag());
  }

  private static Optional<Verdict> malformed(
      Asked asked, Session session, Content.Clear body, boolean signed, int badTag) {
    if (ALWAYS_ANSWERED.contains(asked.command().command())) {
      return Optional.of(verified(asked, session, body, signed));
    }
    Optional<byte[]> told = Refusals.badTag(asked.command(), badTag);
    return (told.isPresent() ? told : asked.refusal(body))
        .map(answer -> new Verdict.Answer(asked.signed(session, answer), Drop.MALFORMED));
  }

  /** A frame that is the terminal's own, its body still as it was sent. */
  private Verdict proven(Asked asked, Session session, int digestAt) {
    boolean signed = digestAt >= 0;
    Frame frame = asked.frame();
    if (session.key().isEmpty() && !frame.hasWrappedFlag() && !SessionCiphers.lacksKey(session)) {
      // Most frames: what is made here is gone before anybody else sees it.
      return verified(
          asked,
          session,
          new Content.Clear(frame.bytes(), frame.bodyOffset(), frame.bodyLength(digestAt), false),
          signed);
    }
    return unwrapped(asked, session, digestAt, signed);
  }

  private Verdict unwrapped(Asked asked, Session session, int digestAt, boolean signed) {
    Content content = ciphers.open(asked, session, digestAt);
    if (content instanceof Content.Closed shut) {
      return closed(asked, session, signed, shut.reason());
    }
    if (content instanceof Content.Segment segment) {
      return part(asked, session, segment, signed);
    }
    Content.Clear body = (Content.Clear) content;
    return broken(asked, session, body, signed)
        .orElseGet(() -> verified(asked, session, body, signed));
  }

  /** Of a body that came out of a cipher; others are looked at where they are read. */
  private static Optional<Verdict> broken(
      Asked asked, Session session, Content.Clear body, boolean signed) {
    if (!body.decrypted()) {
      return Optional.empty();
    }
    BodyCheck check = BodyCheck.of(asked.dialect(), asked.command(), body);
    return check.wellFormed()
        ? Optional.empty()
        : Optional.of(malformed(asked, session, body, signed, check.badTag())
            .orElseGet(() -> new Verdict.Silence(Drop.MALFORMED)));
  }

  private Verdict part(Asked asked, Session session, Content.Segment segment, boolean signed) {
    boolean confirms = confirms(asked.terminal(), session);
    Verdict verdict =
        parts.take(asked, session, segment).orElseGet(() -> whole(asked, session, signed));
    if (verdict instanceof Verdict.Part) {
      asked.terminal().heard(asked.in().origin(), asked.nowMillis());
    }
    return heard(asked, verdict, confirms);
  }

  /** A request whose last part came, or came again: what it says is looked at now. */
  private Verdict whole(Asked asked, Session session, boolean signed) {
    IncomingParts requests = parts.of(asked.terminal()).requests();
    boolean there = requests.reassembly().reserved() > 0;
    Content content =
        there ? ciphers.open(asked.dialect(), session, requests.reassembly()) : Content.NOTHING;
    if (requests.request().isPresent()) {
      return Copies.copy(
          asked, session, content.clear(), signed, requests.request().get());
    }
    Verdict verdict = content instanceof Content.Closed shut
        ? closed(asked, session, signed, shut.reason())
        : broken(asked, session, content.clear(), signed)
            .orElseGet(() -> Copies.admitWhole(asked, session, content.clear(), signed));
    Parts.remember(requests, asked, verdict);
    return verdict;
  }

  /**
   * A body in clear where it must not be is like a wrong digest, and so is one that cannot be decrypted where the command has no
   * code for that. A terminal that encrypts in a session without a key is genuine and is told that it is not served. One that must
   * encrypt and has no key may always log out.
   */
  private Verdict closed(Asked asked, Session session, boolean signed, Drop reason) {
    if (reason == Drop.NO_SESSION_KEY
        && ALWAYS_ANSWERED.contains(asked.command().command())) {
      return verified(asked, session, Content.NOTHING, signed);
    }
    if (reason == Drop.CLEAR_BODY && asked.is(Command.LOGOUT) && SessionCiphers.lacksKey(session)) {
      return verified(asked, session, Content.NOTHING, signed);
    }
    Optional<byte[]> told = switch (reason) {
      case NO_SESSION_KEY -> asked.refusal();
      case DECRYPTION_FAILED -> Refusals.undecrypted(asked.command());
      default -> Optional.empty();
    };
    return told.<Verdict>map(body -> new Verdict.Answer(asked.signed(session, body), reason))
        .orElseGet(() -> wrong(asked, reason));
  }

  private Verdict wrong(Asked asked) {
    return wrong(asked, asked.frame().hasDigestFlag() ? Drop.WRONG_DIGEST : Drop.UNSIGNED);
  }

  private Verdict wrong(Asked asked, Drop reason) {
    Terminal terminal = asked.terminal();
    if (asked.fromOwnAddress()) {
      terminal.failures().wrong(asked.nowMillis());
    }
    if (terminal.profile().onWrongDigest() == WrongDigest.SILENT) {
      return new Verdict.Silence(reason);
    }
    Session current = terminal.openSessions().get(0);
    return asked
        .refusal()
        .<Verdict>map(body -> new Verdict.Answer(asked.signed(current, body), reason))
        .orElseGet(() -> new Verdict.Silence(reason));
  }

  /** An unsigned HEART_BEAT: answered, but it proves nothing and moves nothing. */
  private Verdict beat(Asked asked) {
    Terminal terminal = asked.terminal();
    if (terminal.failures().withholdsHeartbeats() && asked.fromOwnAddress()) {
      return new Verdict.Silence(Drop.HEARTBEAT_WITHHELD);
    }
    RecentRequest passing =
        terminal.recent().passing(asked.frame().sequence(), asked.in().origin(), asked.nowMillis());
    Session current = terminal.openSessions().get(0);
    Content content = ciphers.open(asked, current, NO_DIGEST);
    return content instanceof Content.Clear body
        ? new Verdict.Accept(asked.uplink(current, body, false, passing, false), false)
        : wrong(asked, ((Content.Closed) content).reason());
  }

  private static Verdict verified(
      Asked asked, Session session, Content.Clear body, boolean signed) {
    Terminal terminal = asked.terminal();
    if (SessionCiphers.lacksKey(session)
        && asked.is(Command.HEART_BEAT)
        && terminal.failures().withholdsHeartbeats()) {
      return new Verdict.Silence(Drop.HEARTBEAT_WITHHELD);
    }
    boolean confirms = confirms(terminal, session);
    return heard(asked, Copies.admit(asked, session, body, signed), confirms);
  }

  private static boolean confirms(Terminal terminal, Session session) {
    if (!SessionCiphers.lacksKey(session)) {
      terminal.failures().good();
    }
    boolean confirms = terminal.isTentative(session);
    if (confirms) {
      terminal.confirm(session);
    }
    return confirms;
  }

  private static Verdict heard(Asked asked, Verdict verdict, boolean confirmed) {
    if (verdict instanceof Verdict.Accept accept) {
      if (accept.uplink().isNew() || confirmed) {
        asked.terminal().heard(asked.in().origin(), asked.nowMillis());
      }
      return confirmed ? new Verdict.Accept(accept.uplink(), true) : accept;
    }
    return verdict;
  }
}
