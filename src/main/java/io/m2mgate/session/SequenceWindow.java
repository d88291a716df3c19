package io.m2mgate.session;

/**
 * Which sequences of one session were seen: the highest and the 64 below it, in 32-bit serial arithmetic (ground rule 3).
 * Owned by the terminal's lane.
 */
public final class SequenceWindow {

  private static final int WIDTH = 64;

  private boolean any;
  private int highest;
  /** Bit i set: highest - 1 - i was seen. */
  private long seen;

  /** True for a sequence above the highest or among the 64 below it and unseen. */
  public boolean isNew(int sequence) {
    if (!any) {
      return true;
    }
    int ahead = sequence - highest;
    return ahead > 0 || below(ahead) && (seen & bit(-ahead)) == 0;
  }

  public void mark(int sequence) {
    int ahead = sequence - highest;
    if (!any) {
      any = true;
      highest = sequence;
    } else if (ahead > 0) {
      seen = ahead > WIDTH ? 0 : bit(ahead) | (ahead < WIDTH ? seen << ahead : 0);
      highest = sequence;
    } else if (below(ahead)) {
      seen |= bit(-ahead);
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

  private static boolean below(int ahead) {
    return ahead < 0 && ahead >= -WIDTH;
  }

  private static long bit(int distance) {
    return 1L << distance - 1;
  }
}
