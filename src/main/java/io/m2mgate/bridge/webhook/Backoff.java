package io.m2mgate.bridge.webhook;

import java.util.random.RandomGenerator;

/** How long to wait after failures: doubling, with full jitter, so that what failed together does not come again together. One thread. */
final class Backoff {

  private final long firstMillis;
  private final long maxMillis;
  private final RandomGenerator random;

  Backoff(long firstMillis, long maxMillis, RandomGenerator random) {
    this.firstMillis = firstMillis;
    this.maxMillis = maxMillis;
    this.random = random;
  }

  /**
   * @param failures in a row, from 1
   * @return milliseconds, from 1 up to the bound of so many failures
   */
  long after(int failures) {
    return 1 + random.nextLong(bound(failures));
  }

  long maxMillis() {
    return maxMillis;
  }

  private long bound(int failures) {
    long bound = Math.min(firstMillis, maxMillis);
    for (int i = 1; i < failures && bound < maxMillis; i++) {
      bound = Math.min(maxMillis, 2 * bound);
    }
    return bound;
  }
}
