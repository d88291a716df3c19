package io.m2mgate.cli.simulate;

/** One request of a terminal and its repeats, used again when it is over. Owned by the terminal's event loop. */
final class Exchange {
  private static final int SENDS_REMEMBERED = 8;

  int counter;
  long madeNanos;
  long sentNanos;
  int sendsOnConnection;
  boolean open;
  private final int[] sequences = new int[SENDS_REMEMBERED];
  private int sends;

  void begin(int number, long nowNanos) {
    counter = number;
    madeNanos = nowNanos;
    sendsOnConnection = 0;
    sends = 0;
    open = true;
  }

  void sent(int sequence, long nowNanos) {
    sequences[sends++ % SENDS_REMEMBERED] = sequence;
    sentNanos = nowNanos;
    sendsOnConnection++;
  }

  /** Its request is over; what it carries goes out again, under a sequence of its own. */
  void refused(long nowNanos) {
    sends = 0;
    sendsOnConnection = 0;
    sentNanos = nowNanos;
  }

  boolean neverSent() {
    return sends == 0;
  }

  int lastSequence() {
    return sequences[(sends - 1) % SENDS_REMEMBERED];
  }

  /** Whether an ack with that sequence answers one of the sends. */
  boolean answeredBy(int sequence) {
    for (int i = Math.min(sends, SENDS_REMEMBERED) - 1; open && i >= 0; i--) {
      if (sequences[i] == sequence) {
        return true;
      }
    }
    return false;
  }
}
