package io.m2mgate.command;

import io.m2mgate.session.Resident;

/** Where the waking of one terminal stands, as far as memory knows. Used on the terminal's lane. */
final class Waking {

  private static final long REACHED = Long.MAX_VALUE;

  private final Resident resident;
  private long unreachableMillis = REACHED;
  private long leftMillis;
  private int sequence;
  private boolean busy;
  private boolean awaited;

  Waking(Resident resident) {
    this.resident = resident;
  }

  /** The terminal cannot be reached; true when that has been so for this long. */
  boolean unreachableFor(long millis, long nowMillis) {
    unreachableMillis = Math.min(unreachableMillis, nowMillis);
    return nowMillis - unreachableMillis >= millis;
  }

  void reached() {
    unreachableMillis = REACHED;
  }

  /** One is on its way to the store or from there. */
  boolean busy() {
    return busy;
  }

  void begin() {
    busy = true;
  }

  void failed() {
    busy = false;
  }

  /** It left, and the terminal stays in memory for its answer. */
  void left(int under, long nowMillis) {
    busy = false;
    sequence = under;
    leftMillis = nowMillis;
    if (!awaited) {
      awaited = true;
      resident.hold();
    }
  }

  boolean awaits(int of) {
    return awaited && sequence == of;
  }

  boolean awaitedSince(long atMillis) {
    return awaited && leftMillis <= atMillis;
  }

  /** Nothing is waited for any more. */
  void over() {
    if (awaited) {
      awaited = false;
      resident.unhold();
    }
  }
}
