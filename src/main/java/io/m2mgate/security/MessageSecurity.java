package io.m2mgate.security;

import io.m2mgate.bus.LaneMetrics.Drop;
import io.m2mgate.bus.Opening.Proof;
import io.m2mgate.bus.ShortMessages;
import io.m2mgate.dictionary.Command;
import io.m2mgate.dictionary.Dialect;
import io.m2mgate.session.Inbound;
import io.m2mgate.session.Origin;
import io.m2mgate.session.RecentRequest;
import io.m2mgate.session.RecentRequests;
import io.m2mgate.session.Session;
import io.m2mgate.session.Terminal;
import io.m2mgate.wire.ContentHash;
import io.m2mgate.wire.DigestLocator;
import io.m2mgate.wire.Frame;
import io.m2mgate.wire.Wrapping;
import java.util.Optional;

/**
 * Frames without a digest that came by short message: the number that they came from is the proof (sms.md, tlv 4002 = 4), whatever
 * sessions there are. They may be hours late and overtake each other, so no session's replay window sees them; what comes again is
 * known by its bytes. One for each lane, used on its thread only.
 */
final class MessageSecurity {

  private static final int NO_DIGEST = -1;

  private final ShortMessages shortMessages;

  MessageSecurity(ShortMessages shortMessages) {
    this.shortMessages = shortMessages;
  }

  /** It came by short message. */
  static boolean byMessage(Inbound in) {
    return in.origin().bearer().equals(Origin.SMS);
  }

  /** It is looked at here; one with a digest is as good as it is anywhere. */
  static boolean concerns(Inbound in, Dialect dialect) {
    return byMessage(in)
        && !in.frame().hasDigestFlag()
        && DigestLocator.find(in.frame(), dialect) < 0;
  }

  /** The number of an enabled terminal proves its frames; what a disabled one gets is the same by all bearers. */
  static boolean proves(Asked asked) {
    return asked.terminal().terminalRecord().enabled() && concerns(asked.in(), asked.dialect());
  }

  /** It came from the number that the terminal's record has. */
  boolean own(Inbound in, Terminal terminal) {
    return shortMessages
        .numberOf(terminal.terminalRecord())
        .filter(in.origin().remote()::equals)
        .isPresent();
  }

  /** What a LOGIN proves: who it is, and of its secrets nothing. */
  static Proof loginProof(Terminal terminal) {
    return Proof.good(terminal.keyring().current(), false);
  }

  /** A request of an enabled terminal, from its own number. */
  Verdict open(Asked asked) {
    Terminal terminal = asked.terminal();
    terminal.expire(asked.nowMillis());
    Frame frame = asked.frame();
    if (Wrapping.of(frame, asked.dialect(), NO_DIGEST) != Wrapping.NONE) {
      return new Verdict.Silence(Drop.SEGMENT_REFUSED);
    }
    Content.Clear body = body(frame);
    boolean confirms = confirms(asked);
    Session session = session(asked);
    Verdict verdict =
        asked.is(Command.HEART_BEAT) ? beat(asked, session, body) : admit(asked, session, body);
    if (verdict instanceof Verdict.Accept accept) {
      if (confirms || takesHome(terminal)) {
        terminal.heard(asked.in().origin(), asked.nowMillis());
      }
      return new Verdict.Accept(accept.uplink(), confirms);
    }
    return verdict;
  }

  /** An answer of an enabled terminal, from its own number. */
  AckVerdict openAck(Asked asked) {
    asked.terminal().expire(asked.nowMillis());
    if (Wrapping.of(asked.frame(), asked.dialect(), NO_DIGEST) != Wrapping.NONE) {
      return new AckVerdict.Refuse(Drop.SEGMENT_REFUSED);
    }
    if (confirms(asked)) {
      asked.terminal().heard(asked.in().origin(), asked.nowMillis());
    }
    return new AckVerdict.ByMessage(body(asked.frame()));
  }

  private static Content.Clear body(Frame frame) {
    return new Content.Clear(frame.bytes(), frame.bodyOffset(), frame.bodyLength(NO_DIGEST), false);
  }

  /** What was opened from a number is confirmed by what comes next from it. */
  private static boolean confirms(Asked asked) {
    Terminal terminal = asked.terminal();
    boolean opened = terminal.hasSession()
        && terminal.isTentative(terminal.latest())
        && terminal.latest().openedFrom().filter(asked.in().origin()::equals).isPresent();
    if (opened) {
      terminal.confirm(terminal.latest());
    }
    return opened;
  }

  /** LOGOUT ends the session that lives by messages; a late one says nothing of a session that went on elsewhere. */
  private static Session session(Asked asked) {
    Terminal terminal = asked.terminal();
    return terminal
        .confirmed()
        .filter(session ->
            asked.is(Command.LOGOUT) && livesHere(terminal, asked.in().origin()))
        .orElseGet(terminal::ofMessage);
  }

  private static boolean livesHere(Terminal terminal, Origin origin) {
    return terminal.place().isHome(origin) || terminal.facts().lastVerifiedAt(origin);
  }

  /** A message does not draw what is asked of a terminal away from a connection that it has open. */
  private static boolean takesHome(Terminal terminal) {
    return terminal
        .place()
        .home()
        .filter(home -> home.open() && home.bearer().equals(Origin.TCP))
        .isEmpty();
  }

  private static Verdict beat(Asked asked, Session session, Content.Clear body) {
    RecentRequest passing = asked
        .terminal()
        .recent()
        .passing(asked.frame().sequence(), asked.in().origin(), asked.nowMillis());
    return new Verdict.Accept(asked.uplink(session, body, true, passing, false), false);
  }

  private Verdict admit(Asked asked, Session session, Content.Clear body) {
    Frame frame = asked.frame();
    RecentRequests recent = asked.terminal().recent();
    long now = asked.nowMillis();
    int sequence = frame.sequence();
    long hash =
        ContentHash.hash64(frame.requestCommand(), body.bytes(), body.offset(), body.length());
    Optional<RecentRequest> known =
        recent.messageOf(sequence, hash, now, shortMessages.repeatedWithinMillis());
    if (known.isPresent()) {
      return Copies.copy(asked, asked.terminal().ofMessage(), body, true, known.get());
    }
    boolean suspected = recent.messageOf(sequence, hash, now, Long.MAX_VALUE).isPresent();
    RecentRequest request =
        recent.add(RecentRequests.BY_MESSAGE, sequence, hash, asked.in().origin(), now);
    if (suspected) {
      request.suspect();
    }
    return new Verdict.Accept(asked.uplink(session, body, true, request, suspected), false);
  }
}
