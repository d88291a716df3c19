package io.m2mgate.security;

import io.m2mgate.bus.LaneMetrics.Drop;
import io.m2mgate.bus.Reply;
import io.m2mgate.dictionary.Dialect;
import io.m2mgate.session.IncomingParts;
import io.m2mgate.session.OutgoingParts;
import io.m2mgate.session.RecentRequest;
import io.m2mgate.session.Segments;
import io.m2mgate.session.Session;
import io.m2mgate.session.Terminal;
import io.m2mgate.wire.Part;
import io.m2mgate.wire.Part.Operation;
import io.m2mgate.wire.PartCodec;
import io.m2mgate.wire.Reassembly.Finding;
import io.m2mgate.wire.Segmenter;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Takes what comes in parts: a terminal's requests, and its word about our answers to them (wire 6). One for each lane, used on its
 * thread only.
 */
final class Parts {

  private final SegmentOptions options;
  private final Map<Dialect, PartCodec> codecs = new IdentityHashMap<>();

  Parts(SegmentOptions options) {
    this.options = options;
  }

  /**
   * A part, or a word about parts, in a request that is the terminal's own.
   *
   * @return empty when the request is whole now, or the last part of the whole one came again
   */
  Optional<Verdict> take(Asked asked, Session session, Content.Segment segment) {
    if (!session.profile().segments()) {
      return Optional.of(refusal(asked, session, Drop.SEGMENT_REFUSED));
    }
    Optional<Part> read = read(asked.dialect(), segment);
    if (read.isEmpty()) {
      return Optional.of(malformed(asked, session));
    }
    Part part = read.get();
    return switch (part.operation()) {
      case SEND, ABORT_BY_RECEIVER -> Optional.of(aboutAnswer(asked, session, part));
      case PART, ABORT_BY_SENDER, UNKNOWN -> ofRequest(asked, session, part);
    };
  }

  Optional<Part> read(Dialect dialect, Content.Segment segment) {
    return codec(dialect).read(segment.bytes(), segment.offset());
  }

  PartCodec codec(Dialect dialect) {
    return codecs.computeIfAbsent(dialect, PartCodec::new);
  }

  /** What of the terminal travels in parts, made where there is nothing yet. */
  Segments of(Terminal terminal) {
    if (terminal.segments().isEmpty()) {
      terminal.segments(Optional.of(options.newSegments()));
    }
    return terminal.segments().get();
  }

  int maxParts() {
    return options.limits().parts();
  }

  private Optional<Verdict> ofRequest(Asked asked, Session session, Part part) {
    IncomingParts requests = of(asked.terminal()).requests();
    boolean nothing = requests.reassembly().idle();
    Optional<Finding> finding = requests.take(
        session,
        asked.frame().requestCommand(),
        part,
        asked.frame().sequence(),
        asked.in().origin(),
        asked.nowMillis());
    if (finding.isEmpty()) {
      return Optional.of((nothing ? stored(asked, session, part) : Optional.<Verdict>empty())
          .orElseGet(() -> new Verdict.Silence(Drop.REPLAY)));
    }
    return switch (finding.get()) {
      case TAKEN ->
        Optional.of(
            new Verdict.Part(says(asked, session, part.answer(Operation.SEND, part.index() + 1))));
      case AGAIN ->
        Optional.of(new Verdict.Answer(
            says(asked, session, part.answer(Operation.SEND, part.index() + 1)),
            Drop.DUPLICATE_JOINED));
      case ABORT ->
        Optional.of(new Verdict.Answer(
            says(asked, session, part.answer(Operation.ABORT_BY_RECEIVER, part.index())),
            Drop.SEGMENT_ABORTED));
      case GIVEN_UP -> Optional.of(new Verdict.Silence(Drop.SEGMENT_ABORTED));
      case NO_MEMORY -> Optional.of(refusal(asked, session, Drop.SEGMENT_MEMORY));
      case WHOLE -> Optional.empty();
      case LAST_AGAIN -> again(asked, session, requests);
    };
  }

  private static Optional<Verdict> again(Asked asked, Session session, IncomingParts requests) {
    return requests
        .answer()
        .map(body -> new Verdict.Answer(asked.signed(session, body), Drop.DUPLICATE_JOINED));
  }

  /** The last part of a request that was answered before a restart: only the store knows it. */
  private static Optional<Verdict> stored(Asked asked, Session session, Part part) {
    if (part.operation() != Operation.PART || part.index() != part.total()) {
      return Optional.empty();
    }
    return asked
        .terminal()
        .recent()
        .under(session.token().timestamp(), asked.frame().sequence())
        .filter(known -> known.stage() == RecentRequest.Stage.DONE)
        .flatMap(known -> Answers.again(asked.command(), known.result()))
        .map(body -> new Verdict.Answer(asked.signed(session, body), Drop.DUPLICATE_JOINED));
  }

  /** What the whole request led to, for a copy of its last part. */
  static void remember(IncomingParts requests, Asked asked, Verdict verdict) {
    if (verdict instanceof Verdict.Accept accept) {
      boolean servedAgain = Answers.again(asked.command(), 0).isEmpty();
      requests.handedOn(accept.uplink().request(), servedAgain);
    } else if (verdict instanceof Verdict.Answer answer) {
      requests.answered(answer.reply().body());
    }
  }

  private Verdict aboutAnswer(Asked asked, Session session, Part word) {
    Segments segments = of(asked.terminal());
    int sequence = asked.frame().sequence();
    Optional<OutgoingParts> answer =
        segments.answer().filter(it -> it.takes(session, asked.frame().requestCommand(), sequence));
    if (answer.isEmpty()) {
      if (!session.sequences().isNew(sequence)) {
        return new Verdict.Silence(Drop.REPLAY);
      }
      session.sequences().mark(sequence);
      Part abort = word.answer(Operation.ABORT_BY_SENDER, word.index());
      return word.operation() == Operation.SEND
          ? new Verdict.Answer(says(asked, session, abort), Drop.SEGMENT_ABORTED)
          : new Verdict.Silence(Drop.SEGMENT_ABORTED);
    }
    OutgoingParts parts = answer.get();
    parts.spoken(sequence);
    Segmenter segmenter = parts.segmenter();
    return switch (segmenter.told(word)) {
      case NEXT -> new Verdict.Part(part(asked, session, parts));
      case AGAIN ->
        word.index() == segmenter.current()
            ? new Verdict.Answer(part(asked, session, parts), Drop.DUPLICATE_JOINED)
            : new Verdict.Silence(Drop.DUPLICATE_JOINED);
      case ABORTED -> {
        segments.endAnswer();
        yield new Verdict.Silence(Drop.SEGMENT_ABORTED);
      }
      case CONTRADICTION -> {
        segments.endAnswer();
        yield new Verdict.Answer(says(asked, session, segmenter.abort()), Drop.SEGMENT_ABORTED);
      }
    };
  }

  private Reply part(Asked asked, Session session, OutgoingParts parts) {
    byte[] body = codec(asked.dialect()).write(parts.segmenter().part());
    return asked.sealed(body, new Reply.Segment(session, parts.encrypted()));
  }

  private Reply says(Asked asked, Session session, Part word) {
    return asked.sealed(codec(asked.dialect()).write(word), new Reply.Segment(session, false));
  }

  private static Verdict refusal(Asked asked, Session session, Drop reason) {
    return asked
        .refusal()
        .<Verdict>map(body -> new Verdict.Answer(asked.signed(session, body), reason))
        .orElseGet(() -> new Verdict.Silence(reason));
  }

  private static Verdict malformed(Asked asked, Session session) {
    int tag = asked.dialect().tags().segment();
    Optional<byte[]> told = Refusals.badTag(asked.command(), tag);
    return told.<Verdict>map(
            body -> new Verdict.Answer(asked.signed(session, body), Drop.MALFORMED))
        .orElseGet(() -> refusal(asked, session, Drop.MALFORMED));
  }
}
