package io.m2mgate.session;

/**
 * One of the last uplink requests of a terminal, with what was answered or is still to be (ground rules 3 and 4). Owned by the
 * terminal's lane.
 */
public final class RecentRequest {

  /** Where the request is. */
  public enum Stage {
    /** Handed to the store, no outcome yet. */
    PENDING,
    /** Has its result. */
    DONE,
    /** The store refused it; nothing was done. */
    UNSERVED
  }

  /** The first copies stay unanswered while the store refuses; this one is told (ground rule 4). */
  static final int TOLD_COPY = 3;

  private final long session;
  private final long hash;
  private final int firstSequence;
  private final long acceptedMillis;
  private int sequence;
  private Origin origin;
  private long lastCopyMillis;
  private int copies = 1;
  private int result;
  private boolean answered;
  private boolean suspected;
  private Stage stage = Stage.PENDING;

  RecentRequest(long session, int sequence, long hash, Origin origin, long nowMillis) {
    this.session = session;
    this.firstSequence = sequence;
    this.sequence = sequence;
    this.hash = hash;
    this.origin = origin;
    this.acceptedMillis = nowMillis;
    this.lastCopyMillis = nowMillis;
  }

  /** Another copy of the request came: the answer goes to it. */
  public void copy(int copySequence, Origin copyOrigin, long nowMillis) {
    sequence = copySequence;
    origin = copyOrigin;
    lastCopyMillis = nowMillis;
    copies++;
  }

  /** The request is being tried again, after the store refused it. */
  public void retry() {
    stage = Stage.PENDING;
    answered = false;
  }

  public void done(int code) {
    stage = Stage.DONE;
    result = code;
  }

  public void unserved() {
    stage = Stage.UNSERVED;
  }

  public void markAnswered() {
    answered = true;
  }

  /** An equal one came under another sequence: should both be stored, this one says so, however often it is tried. */
  public void suspect() {
    suspected = true;
  }

  boolean carries(int someSequence) {
    return sequence == someSequence || firstSequence == someSequence;
  }

  public long session() {
    return session;
  }

  public long hash() {
    return hash;
  }

  /** Sequence of the latest copy. */
  public int sequence() {
    return sequence;
  }

  /** Where the latest copy came from. */
  public Origin origin() {
    return origin;
  }

  public long acceptedMillis() {
    return acceptedMillis;
  }

  public long lastCopyMillis() {
    return lastCopyMillis;
  }

  /**
   * Whether so many copies came that waiting for the store ends in a refusal: silence for ever would wedge a terminal. Copies of a short
   * message are the centre's, which goes on for days.
   */
  public boolean isToBeTold() {
    return copies >= TOLD_COPY && !origin.bearer().equals(Origin.SMS);
  }

  public int copies() {
    return copies;
  }

  public int result() {
    return result;
  }

  public boolean answered() {
    return answered;
  }

  public boolean suspected() {
    return suspected;
  }

  public Stage stage() {
    return stage;
  }
}
