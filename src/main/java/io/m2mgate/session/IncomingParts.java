package io.m2mgate.session;

import io.m2mgate.wire.Part;
import io.m2mgate.wire.Reassembly;
import io.m2mgate.wire.Reassembly.Finding;
import java.util.Optional;

/**
 * The request of a terminal that comes in parts: which of them belong to it (ground rule 3, wire 6), and what was answered once it
 * was whole. Owned by the terminal's lane.
 */
public final class IncomingParts {

  private final Reassembly reassembly;
  private final MessageSequences sequences = new MessageSequences();
  private long session;
  private Optional<Origin> origin = Optional.empty();
  private Optional<RecentRequest> request = Optional.empty();
  private boolean servedAgain;
  private Optional<byte[]> answer = Optional.empty();

  public IncomingParts(Reassembly reassembly) {
    this.reassembly = reassembly;
  }

  /**
   * A part that verified in the session.
   *
   * @return empty when it is a copy that was answered or a replay: nothing is answered
   */
  public Optional<Finding> take(
      Session of, int command, Part part, int sequence, Origin from, long nowMillis) {
    if (session != of.token().timestamp()) {
      drop();
      session = of.token().timestamp();
    }
    reassembly.expire(nowMillis);
    boolean begins = reassembly.begins(command, part);
    if (!admits(of, part, sequence, from, begins)) {
      return Optional.empty();
    }
    Finding finding = reassembly.take(command, part, nowMillis);
    if (finding != Finding.ABORT && finding != Finding.NO_MEMORY) {
      // Nothing was done with the others: the message may begin again under their sequence.
      of.sequences().mark(sequence);
      if (begins) {
        forget();
      }
      sequences.add(sequence);
      origin = Optional.of(from);
    }
    return Optional.of(finding);
  }

  private boolean admits(Session of, Part part, int sequence, Origin from, boolean begins) {
    if (!reassembly.idle() && sequences.has(sequence)) {
      return !begins && (reassembly.open() || part.index() == part.total());
    }
    return of.sequences().isNew(sequence)
        && (reassembly.idle()
            || sequence - sequences.first() > 0
            || !begins && sameConnection(from));
  }

  /**
   * A sequence below that of the first part that came is a leftover of an earlier message, unless nothing can have been overtaken on
   * the way: then it is that of a first part that was lost.
   */
  private boolean sameConnection(Origin from) {
    return from.bearer().equals(Origin.TCP)
        && origin.filter(it -> it.equals(from)).isPresent();
  }

  /**
   * What the whole message became for its handler.
   *
   * @param again a repeat of it needs the message, not only its result
   */
  public void handedOn(RecentRequest as, boolean again) {
    request = Optional.of(as);
    servedAgain = again;
  }

  /** What the whole message was answered at once. */
  public void answered(byte[] body) {
    answer = Optional.of(body);
  }

  public Optional<RecentRequest> request() {
    return request;
  }

  public Optional<byte[]> answer() {
    return answer;
  }

  /** A copy of the last part finds its answer without the message. */
  boolean settled() {
    return request
        .map(it -> it.stage() == RecentRequest.Stage.DONE && !servedAgain)
        .orElseGet(() -> answer.isPresent());
  }

  public Reassembly reassembly() {
    return reassembly;
  }

  /** The session whose parts are here. */
  public long session() {
    return session;
  }

  public void drop() {
    reassembly.drop();
    forget();
  }

  private void forget() {
    sequences.clear();
    origin = Optional.empty();
    request = Optional.empty();
    answer = Optional.empty();
  }
}
