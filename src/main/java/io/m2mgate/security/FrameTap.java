package io.m2mgate.security;

import io.m2mgate.bus.Lane;
import io.m2mgate.bus.LaneMetrics;
import io.m2mgate.bus.LaneMetrics.Drop;
import io.m2mgate.bus.Opening;
import io.m2mgate.bus.Reply;
import io.m2mgate.bus.Request;
import io.m2mgate.dictionary.Dialect;
import io.m2mgate.session.Inbound;
import io.m2mgate.session.Origin;
import io.m2mgate.session.Profile.DigestPolicy;
import io.m2mgate.session.Session;
import io.m2mgate.trace.Seen;
import io.m2mgate.trace.Seen.Direction;
import io.m2mgate.trace.Seen.Fate;
import io.m2mgate.trace.Traces;
import io.m2mgate.wire.DigestVerdict;
import io.m2mgate.wire.Frame;
import io.m2mgate.wire.FrameDecoder;
import io.m2mgate.wire.MalformedFrame;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Shows frames and their fates to who watches them. While nobody does, each call is one read of a volatile field. One for each lane,
 * used on its thread.
 */
final class FrameTap {

  private static final Logger LOG = LoggerFactory.getLogger(FrameTap.class);
  private static final int MAX_FRAME = 0xFFFF;
  /** It would have given a source at which nobody was verified more bytes than it sent. */
  private static final String AMPLIFICATION = "amplification";

  /** Reasons that only a frame with a good digest comes to. */
  private static final Set<Drop> PROVEN = EnumSet.of(Drop.DUPLICATE_JOINED, Drop.REPLAY);

  private final Lane lane;
  private final Traces traces;
  private final FrameSecurity security;
  private final SessionCiphers ciphers;
  private final FrameDecoder decoder;

  FrameTap(Lane lane, FrameSecurity security, SessionCiphers ciphers) {
    this.lane = lane;
    this.traces = lane.services().traces();
    this.security = security;
    this.ciphers = ciphers;
    this.decoder = new FrameDecoder(lane.services().dictionary(), MAX_FRAME);
  }

  /** A frame of a session went to its handler, or an answer to who asked. */
  void accepted(Asked asked, boolean signed) {
    if (traces.any()) {
      boolean good = signed && !asked.policyIs(DigestPolicy.OFF);
      came(
          asked.in(),
          asked.dialect(),
          Fate.ACCEPTED,
          Optional.empty(),
          good ? Optional.of(DigestVerdict.GOOD) : Optional.empty(),
          () -> security.reveal(asked));
    }
  }

  /** A LOGIN or REGISTER went to its handler. */
  void opening(Inbound in, Dialect dialect, Opening.Proof proof) {
    if (traces.any()) {
      boolean wrong =
          proof.kind() == Opening.Proof.Kind.WRONG || proof.kind() == Opening.Proof.Kind.MISMATCH;
      came(
          in,
          dialect,
          Fate.ACCEPTED,
          wrong ? Optional.of("proof-" + LaneMetrics.label(proof.kind())) : Optional.empty(),
          wrong
              ? Optional.of(DigestVerdict.WRONG)
              : Optional.of(DigestVerdict.GOOD).filter(good -> proof.isGood()),
          Optional::empty);
    }
  }

  /** A frame got its answer without a handler. */
  void answered(Asked asked, Drop reason) {
    ended(asked, Fate.ANSWERED, reason);
  }

  /** A frame of a terminal that is there gets no answer. */
  void dropped(Asked asked, Drop reason) {
    ended(asked, Fate.DROPPED, reason);
  }

  /** Any other frame gets no answer. */
  void dropped(Inbound in, Dialect dialect, Drop reason) {
    if (traces.any()) {
      came(
          in,
          dialect,
          Fate.DROPPED,
          Optional.of(LaneMetrics.label(reason)),
          Optional.empty(),
          Optional::empty);
    }
  }

  private void ended(Asked asked, Fate fate, Drop reason) {
    if (traces.any()) {
      Optional<DigestVerdict> digest = reason == Drop.WRONG_DIGEST
          ? Optional.of(DigestVerdict.WRONG)
          : Optional.of(DigestVerdict.GOOD).filter(good -> PROVEN.contains(reason));
      came(
          asked.in(),
          asked.dialect(),
          fate,
          Optional.of(LaneMetrics.label(reason)),
          digest,
          () -> security.reveal(asked));
    }
  }

  private void came(
      Inbound in,
      Dialect dialect,
      Fate fate,
      Optional<String> reason,
      Optional<DigestVerdict> digest,
      Supplier<Optional<byte[]>> clear) {
    traces.frame(
        Direction.IN,
        in.frame(),
        dialect,
        in.origin(),
        () -> new Seen.Whole(
            in.receivedMillis(),
            Direction.IN,
            Traces.place(in.origin()),
            in.frame().copy(),
            clear.get(),
            dialect,
            fate,
            reason,
            digest));
  }

  /** An answer as it is handed to its bearer, or is not. */
  void sent(Reply reply, byte[] bytes, boolean goes) {
    if (traces.any()) {
      Optional<Session> session = reply.seal().signedIn();
      Dialect dialect = session
          .map(it -> lane.dialect(it.profile()))
          .orElseGet(lane.services().dictionary()::dialect);
      went(reply.origin(), session, dialect, bytes, goes);
    }
  }

  /** A request of the platform, each time it is sent or would be. */
  void sent(Request.Sending sending, byte[] bytes, boolean goes) {
    if (traces.any()) {
      Request request = sending.request();
      went(sending.to(), request.seal().signedIn(), request.dialect(), bytes, goes);
    }
  }

  private void went(
      Origin to, Optional<Session> session, Dialect dialect, byte[] bytes, boolean goes) {
    Frame frame;
    try {
      frame = decoder.frame(bytes, 0, bytes.length);
    } catch (MalformedFrame ours) {
      // Who watches must not cost a terminal its answer.
      LOG.error("a frame of ours cannot be read by a trace: {}", ours.getMessage());
      return;
    }
    traces.frame(
        Direction.OUT,
        frame,
        dialect,
        to,
        () -> new Seen.Whole(
            lane.nowMillis(),
            Direction.OUT,
            Traces.place(to),
            frame,
            session.flatMap(it -> ciphers.reveal(it, dialect, frame)),
            dialect,
            goes ? Fate.SENT : Fate.DROPPED,
            goes ? Optional.empty() : Optional.of(AMPLIFICATION),
            session.map(signed -> DigestVerdict.GOOD)));
  }
}
