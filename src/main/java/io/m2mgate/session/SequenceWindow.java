package io.m2mgate.session;

/**
 * Which sequences of one session were seen: the highest and the 64 below it, in 32-bit serial arithmetic (ground rule 3).
 * Owned by the terminal's lane.
 */
public final class SequenceWindow {

  private static final int WIDTH = 64;

  private boolean any;
  private int highest;
  private boolean highestForgotten;
  /** Bit i set: highest - 1 - i was seen. */
  private long seen;

  /** True for a sequence above the highest or among the 64 below it and unseen. */
  public boolean isNew(int sequence) {
    if (!any) {
      return true;
    }
    int ahead = sequence - highest;
    return ahead > 0 || ahead == 0 && highestForgotten || below(ahead) && (seen & bit(-ahead)) == 0;
  }

  public void mark(int sequence) {
    int ahead = sequence - highest;
    if (!any) {
      any = true;
      highest = sequence;
    } else if (ahead > 0) {
      long before = highestForgotten ? 0 : 1;
      seen = ahead > WIDTH ? 0 : before << ahead - 1 | (ahead < WIDTH ? seen << ahead : 0);
      highest = sequence;
      highestForgotten = false;
    } else if (ahead == 0) {
      highestForgotten = false;
    } else if (below(ahead)) {
      seen |= bit(-ahead);
    }
  }

  /** Nothing was done for the request: it may come again. */
  public void forget(int sequence) {
    int ahead = sequence - highest;
    if (any && ahead == 0) {
      highestForgotten = true;
    } else if (any && below(ahead)) {
      seen &= ~bit(-ahead);
    }
  }

  /** After a restart: nothing at or below this sequence is new any more, for what was seen below it is not known. */
  public void restore(int sequence) {
    if (!any || sequence - highest > 0) {
      any = true;
      highest = sequence;
    }
    seen = -1L;
    highestForgotten = false;
  }

  private static boolean below(int ahead) {
    return ahead < 0 && ahead >= -WIDTH;
  }

  private static long bit(int distance) {
    return 1L << distance - 1;
  }
}
