package io.m2mgate.security;

import io.m2mgate.bus.LaneMetrics.Drop;
import io.m2mgate.dictionary.Command;
import io.m2mgate.session.Session;
import io.m2mgate.wire.Part;
import io.m2mgate.wire.Part.Operation;
import io.m2mgate.wire.Reassembly;
import java.util.Optional;

/**
 * Answers of terminals that come in parts, and their word about the parts of our requests: whoever asked is told, and says what
 * leaves next (wire 6). One for each lane.
 */
final class PartedAcks {

  private static final byte[] NOTHING = {};

  private final Parts parts;
  private final SessionCiphers ciphers;

  PartedAcks(Parts parts, SessionCiphers ciphers) {
    this.parts = parts;
    this.ciphers = ciphers;
  }

  /** What became of a part. */
  sealed interface Outcome {
    /** It is new and the terminal's own: who asked was told. */
    record Told() implements Outcome {}

    /** The answer is whole. */
    record Whole(Content.Clear body) implements Outcome {}

    /** It changes nothing. */
    record Ignored(Drop reason) implements Outcome {}
  }

  Outcome take(Asked asked, Session session, Content.Segment segment) {
    Command command = asked.command().command();
    int sequence = asked.frame().sequence();
    if (!asked.resident().watch().expects(command, sequence)) {
      return new Outcome.Ignored(Drop.UNEXPECTED_ACK);
    }
    if (!session.profile().segments()) {
      return new Outcome.Ignored(Drop.SEGMENT_REFUSED);
    }
    Optional<Part> part = parts.read(asked.dialect(), segment);
    if (part.isEmpty()) {
      return new Outcome.Ignored(Drop.MALFORMED);
    }
    return switch (part.get().operation()) {
      case SEND, ABORT_BY_RECEIVER -> {
        heard(asked);
        asked.resident().watch().spoke(command, sequence, part.get());
        yield new Outcome.Told();
      }
      case PART, ABORT_BY_SENDER, UNKNOWN -> ofAnswer(asked, session, part.get());
    };
  }

  private Outcome ofAnswer(Asked asked, Session session, Part part) {
    Reassembly answer = parts.of(asked.terminal()).acks(session);
    return switch (answer.take(asked.frame().requestCommand(), part, asked.nowMillis())) {
      case TAKEN, AGAIN -> goesOn(asked, part.answer(Operation.SEND, part.index() + 1));
      case ABORT, NO_MEMORY -> {
        Part abort = part.answer(Operation.ABORT_BY_RECEIVER, part.index());
        yield ends(asked, parts.codec(asked.dialect()).write(abort));
      }
      case GIVEN_UP -> ends(asked, NOTHING);
      case LAST_AGAIN -> new Outcome.Ignored(Drop.DUPLICATE_JOINED);
      case WHOLE -> whole(asked, session, answer);
    };
  }

  private Outcome whole(Asked asked, Session session, Reassembly answer) {
    Content content = ciphers.open(asked.dialect(), session, answer);
    answer.release();
    if (content instanceof Content.Clear body) {
      return new Outcome.Whole(body);
    }
    ends(asked, NOTHING);
    return new Outcome.Ignored(
        content instanceof Content.Closed closed ? closed.reason() : Drop.MALFORMED);
  }

  private Outcome goesOn(Asked asked, Part word) {
    return told(asked, parts.codec(asked.dialect()).write(word), false);
  }

  private static Outcome ends(Asked asked, byte[] word) {
    return told(asked, word, true);
  }

  private static Outcome told(Asked asked, byte[] word, boolean abandoned) {
    heard(asked);
    asked
        .resident()
        .watch()
        .answering(asked.command().command(), asked.frame().sequence(), word, abandoned);
    return new Outcome.Told();
  }

  /** First of all: what follows leaves to where it came from. */
  private static void heard(Asked asked) {
    asked.terminal().heard(asked.in().origin(), asked.nowMillis());
  }
}
