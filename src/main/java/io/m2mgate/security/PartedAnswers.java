package io.m2mgate.security;

import io.m2mgate.bus.Lane;
import io.m2mgate.bus.LaneMetrics.Drop;
import io.m2mgate.bus.Reply;
import io.m2mgate.dictionary.CommandDef;
import io.m2mgate.dictionary.Dialect;
import io.m2mgate.session.Origin;
import io.m2mgate.session.OutgoingParts;
import io.m2mgate.session.Resident;
import io.m2mgate.session.Session;
import io.m2mgate.session.Terminal;
import io.m2mgate.wire.Segmenter;
import java.util.Optional;

/** Answers that are too long for one frame: the first part leaves, the terminal asks for the others (wire 6). One for each lane. */
final class PartedAnswers {

  /** No part is shorter: what is not longer needs no look. */
  private static final int SHORT = 64;

  private final Lane lane;
  private final FrameSealer sealer;
  private final Parts parts;

  PartedAnswers(Lane lane, FrameSealer sealer, Parts parts) {
    this.lane = lane;
    this.sealer = sealer;
    this.parts = parts;
  }

  /** The frame that leaves now: the answer, its first part, or the refusal where neither can be. */
  byte[] seal(Reply reply) {
    if (reply.origin().bearer().equals(Origin.SMS)
        || reply.body().length <= SHORT
        || !(reply.seal() instanceof Reply.Signed signed)) {
      return sealer.seal(reply);
    }
    return lane.terminals()
        .find(reply.request().serial())
        .flatMap(Resident::terminal)
        .flatMap(terminal -> inParts(reply, signed.session(), terminal))
        .orElseGet(() -> sealer.seal(reply));
  }

  private Optional<byte[]> inParts(Reply reply, Session session, Terminal terminal) {
    Dialect dialect = lane.dialect(terminal);
    CommandDef command = dialect.command(reply.request().requestCommand());
    if (!command.segmentable()) {
      return Optional.empty();
    }
    Parting parting =
        Parting.of(terminal, session, dialect, command, reply.body(), parts.maxParts());
    return switch (parting.form()) {
      case ONE_FRAME -> Optional.empty();
      case UNFIT -> sealer.refusal(reply, session);
      case PARTS -> first(reply, session, terminal, dialect, command);
    };
  }

  private Optional<byte[]> first(
      Reply reply, Session session, Terminal terminal, Dialect dialect, CommandDef command) {
    boolean encrypted = SessionCiphers.encrypts(session, command, reply.body());
    byte[] body = sealer.wrapped(session, dialect, command, reply.body());
    Segmenter segmenter = new Segmenter(body, Parting.partLength(terminal, dialect));
    OutgoingParts answer = new OutgoingParts(
        session,
        reply.request().requestCommand(),
        segmenter,
        encrypted,
        reply.sequence(),
        lane.nowMillis());
    if (!parts.of(terminal).answer(answer)) {
      lane.metrics().dropped(Drop.SEGMENT_MEMORY);
      return sealer.refusal(reply, session);
    }
    byte[] part = parts.codec(dialect).write(segmenter.part());
    return Optional.of(sealer.seal(new Reply(
        reply.origin(),
        reply.request(),
        reply.sequence(),
        part,
        new Reply.Segment(session, encrypted))));
  }
}
