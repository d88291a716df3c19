package io.m2mgate.session;

import io.m2mgate.wire.Reassembly;
import io.m2mgate.wire.Reassembly.Limits;
import io.m2mgate.wire.Reassembly.Memory;
import java.util.Optional;

/**
 * What of one terminal travels in parts: its request, its answer to ours, and ours to it. One reassembly a direction; lives as long
 * as the session. Owned by the terminal's lane.
 */
public final class Segments {

  private final Limits limits;
  private final Memory memory;
  private final IncomingParts requests;
  private final Reassembly acks;
  private long ackSession;
  private Optional<OutgoingParts> answer = Optional.empty();

  public Segments(Limits limits, Memory memory) {
    this.limits = limits;
    this.memory = memory;
    this.requests = new IncomingParts(new Reassembly(limits, memory));
    this.acks = new Reassembly(limits, memory);
  }

  public IncomingParts requests() {
    return requests;
  }

  /** Of the terminal's answer to the request of ours that is in flight. */
  public Reassembly acks(Session of) {
    if (ackSession != of.token().timestamp()) {
      acks.drop();
      ackSession = of.token().timestamp();
    }
    return acks;
  }

  /** The request that it answers has ended: no more of it is wanted. */
  public void endAck() {
    acks.drop();
  }

  /**
   * Keeps an answer of ours whose first part leaves now.
   *
   * @return false when there is no memory for it
   */
  public boolean answer(OutgoingParts parts) {
    endAnswer();
    if (!memory.take(parts.segmenter().size())) {
      return false;
    }
    answer = Optional.of(parts);
    return true;
  }

  public Optional<OutgoingParts> answer() {
    return answer;
  }

  /** The terminal asks for something else: it has what it was answered. */
  public void asksAnew() {
    if (answer.filter(it -> it.segmenter().atLast()).isPresent()) {
      endAnswer();
    }
  }

  /** The terminal has it, or gave it up. */
  public void endAnswer() {
    answer.ifPresent(it -> memory.give(it.segmenter().size()));
    answer = Optional.empty();
  }

  /** A request of the terminal is between its first part and its last ack. */
  public boolean asking() {
    return requests.reassembly().open()
        || answer.filter(it -> !it.segmenter().atLast()).isPresent();
  }

  /** It holds memory that has to be given back: the terminal must stay where it is. */
  public boolean holding() {
    return requests.reassembly().reserved() > 0 || acks.reserved() > 0 || answer.isPresent();
  }

  /** Nothing of it is worth keeping. */
  public boolean idle() {
    return requests.reassembly().idle() && acks.idle() && answer.isEmpty();
  }

  /** Lets go what is past its time, answered or of another session than the one in force. */
  public void expire(Optional<Session> confirmed, long nowMillis) {
    long inForce = confirmed.map(session -> session.token().timestamp()).orElse(0L);
    if (requests.session() != inForce) {
      requests.drop();
    }
    if (ackSession != inForce) {
      acks.drop();
    }
    requests.reassembly().expire(nowMillis);
    acks.expire(nowMillis);
    if (answer
        .filter(it -> it.session().token().timestamp() != inForce
            || nowMillis - it.sinceMillis() >= limits.openMillis())
        .isPresent()) {
      endAnswer();
    }
    giveBack();
  }

  /** Keeps no request that was answered, but how it was. */
  public void giveBack() {
    if (!requests.reassembly().open() && requests.settled()) {
      requests.reassembly().release();
    }
  }

  public void drop() {
    requests.drop();
    acks.drop();
    endAnswer();
  }
}
