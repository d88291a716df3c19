package io.m2mgate.session;

/**
 * Which sequences of one session were seen: the highest and the 64 below it, in 32-bit serial arithmetic (ground rule 3).
 * Owned by the terminal's lane.
 */
public final class SequenceWindow {

  private static final int WIDTH = 64;

  private boolean any;
  private int highest;
  /** Bit i set: highest - i was seen. */
  private long seen;

  /** True for a sequence above the highest or among the 64 below it and unseen. */
  public boolean isNew(int sequence) {
    if (!any) {
      return true;
    }
    int ahead = sequence - highest;
    if (ahead > 0) {
      return true;
    }
    int behind = -ahead;
    return behind >= 0 && behind < WIDTH && (seen & (1L << behind)) == 0;
  }

  public void mark(int sequence) {
    int ahead = sequence - highest;
    if (!any || ahead > 0) {
      seen = any && ahead < WIDTH ? (seen << ahead) | 1 : 1;
      highest = sequence;
      any = true;
    } else if (-ahead >= 0 && -ahead < WIDTH) {
      seen |= 1L << -ahead;
    }
  }

  /** Nothing was done for the request: it may come again. */
  public void forget(int sequence) {
    int behind = highest - sequence;
    if (any && behind >= 0 && behind < WIDTH) {
      seen &= ~(1L << behind);
    }
  }

  /** After a restart: nothing at or below this sequence is new any more, for what was seen below it is not known. */
  public void restore(int sequence) {
    if (!any || sequence - highest > 0) {
      any = true;
      highest = sequence;
    }
    seen = -1L;
  }
}
