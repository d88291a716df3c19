package io.m2mgate.security;

import io.m2mgate.bus.LaneMetrics.Drop;
import io.m2mgate.session.RecentRequest;
import io.m2mgate.session.Session;
import io.m2mgate.session.Terminal;
import io.m2mgate.wire.ContentHash;
import io.m2mgate.wire.Frame;
import java.util.Optional;

/**
 * Tells new requests from copies and replays (ground rule 3), and what a copy gets (ground rule 4). Stateless; the window is the
 * terminal's.
 */
final class Copies {

  /**
   * Terminals repeat after 15 s and more: copies closer together than this were held up on their way, by the network or by us,
   * and say nothing about the store.
   */
  private static final long HELD_UP_MILLIS = 1_000;

  private Copies() {}

  /** A request that belongs to the session. */
  static Verdict admit(Asked asked, Session session, Content.Clear body, boolean signed) {
    Frame frame = asked.frame();
    Terminal terminal = asked.terminal();
    long token = session.token().timestamp();
    int sequence = frame.sequence();
    long now = asked.nowMillis();
    long hash =
        ContentHash.hash64(frame.requestCommand(), body.bytes(), body.offset(), body.length());
    Optional<RecentRequest> known = terminal.recent().copyOf(token, sequence, hash, now);
    if (known.isPresent()) {
      return copy(asked, session, body, signed, known.get());
    }
    if (!session.sequences().isNew(sequence)) {
      return new Verdict.Silence(Drop.REPLAY);
    }
    session.sequences().mark(sequence);
    return fresh(asked, session, body, signed, hash);
  }

  /** The same for a request that came in parts, whose sequences were looked at as they came. */
  static Verdict admitWhole(Asked asked, Session session, Content.Clear body, boolean signed) {
    long hash = ContentHash.hash64(
        asked.frame().requestCommand(), body.bytes(), body.offset(), body.length());
    return asked
        .terminal()
        .recent()
        .copyOf(session.token().timestamp(), asked.frame().sequence(), hash, asked.nowMillis())
        .map(known -> copy(asked, session, body, signed, known))
        .orElseGet(() -> fresh(asked, session, body, signed, hash));
  }

  private static Verdict fresh(
      Asked asked, Session session, Content.Clear body, boolean signed, long hash) {
    Terminal terminal = asked.terminal();
    long token = session.token().timestamp();
    int sequence = asked.frame().sequence();
    long now = asked.nowMillis();
    long retryMillis = terminal.profile().retryMillis();
    boolean suspected = terminal.recent().suspects(token, sequence, hash, now, retryMillis);
    RecentRequest request =
        terminal.recent().add(token, sequence, hash, asked.in().origin(), now);
    if (suspected) {
      request.suspect();
    }
    return new Verdict.Accept(asked.uplink(session, body, signed, request, suspected), false);
  }

  /** What a copy of a request gets. */
  static Verdict copy(
      Asked asked, Session session, Content.Clear body, boolean signed, RecentRequest known) {
    int sequence = asked.frame().sequence();
    session.sequences().mark(sequence);
    // The store takes the exact repeat of a request once, even where it lost the answer of the
    // first commit.
    if (sequence != known.sequence()) {
      known.suspect();
    }
    boolean heldUp = asked.nowMillis() - known.lastCopyMillis() < HELD_UP_MILLIS;
    known.copy(sequence, asked.in().origin(), asked.nowMillis());
    return answer(asked, session, body, known, heldUp)
        .orElseGet(() -> new Verdict.Accept(
            asked.uplink(session, body, signed, known, known.suspected()), false));
  }

  /** Answered again, joined to the one under way, or empty when it is to be tried (again). */
  private static Optional<Verdict> answer(
      Asked asked, Session session, Content.Clear body, RecentRequest known, boolean heldUp) {
    return switch (known.stage()) {
      case PENDING -> Optional.of(waiting(asked, session, body, known, heldUp));
      case DONE -> {
        known.markAnswered();
        yield Answers.again(asked.command(), known.result())
            .map(again -> new Verdict.Answer(asked.signed(session, again), Drop.DUPLICATE_JOINED));
      }
      case UNSERVED -> {
        known.retry();
        yield Optional.empty();
      }
    };
  }

  private static Verdict waiting(
      Asked asked, Session session, Content.Clear body, RecentRequest known, boolean heldUp) {
    Optional<byte[]> refusal = asked.refusal(body);
    if (!known.isToBeTold() || heldUp || refusal.isEmpty()) {
      return new Verdict.Silence(Drop.DUPLICATE_JOINED);
    }
    known.done(asked.command().refusal().getAsInt());
    known.markAnswered();
    return new Verdict.Answer(asked.signed(session, refusal.get()), Drop.STORE_UNAVAILABLE);
  }
}
