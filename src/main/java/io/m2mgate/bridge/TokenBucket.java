package io.m2mgate.bridge;

/** So many in a second in the long run, and so many at once. Knows no clock; safe for any thread. */
final class TokenBucket {

  private static final double SECOND_NANOS = 1e9;

  private final int perSecond;
  private final int burst;
  private double tokens;
  private long filledNanos;

  /**
   * @param perSecond more than 0
   * @param burst at least 1; it begins full
   */
  TokenBucket(int perSecond, int burst, long nowNanos) {
    this.perSecond = perSecond;
    this.burst = burst;
    this.tokens = burst;
    this.filledNanos = nowNanos;
  }

  /** Takes one; otherwise gives the nanoseconds until there will be one. 0 when it was taken. */
  synchronized long take(long nowNanos) {
    long passed = nowNanos - filledNanos;
    if (passed > 0) {
      tokens = Math.min(burst, tokens + passed / SECOND_NANOS * perSecond);
      filledNanos = nowNanos;
    }
    if (tokens >= 1) {
      tokens--;
      return 0;
    }
    return Math.max(1, (long) Math.ceil((1 - tokens) / perSecond * SECOND_NANOS));
  }
}
