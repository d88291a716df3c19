package io.m2mgate.upgrade;

/**
 * How many bytes may go in a second; what a large block takes too much is made up for before the next. May be used from any thread.
 */
public final class ByteRate {

  private static final double MILLIS = 1000;

  /** A tenth of a second's bytes may go at once. */
  private static final double BURSTS = 10;

  /** By so much two threads may see the same time. */
  private static final long LATE_MILLIS = 1000;

  private final double perMilli;
  private final double burst;
  private double level;
  private long atMillis;

  /** @param bytesPerSecond 0 for no limit */
  public ByteRate(long bytesPerSecond, long nowMillis) {
    this.perMilli = bytesPerSecond / MILLIS;
    this.burst = Math.max(1, bytesPerSecond / BURSTS);
    this.level = burst;
    this.atMillis = nowMillis;
  }

  /** True when bytes may go now. */
  public synchronized boolean open(long nowMillis) {
    refill(nowMillis);
    return perMilli == 0 || level > 0;
  }

  /** Takes them if bytes may go now: of several threads that ask at once not all may. */
  public synchronized boolean take(int bytes, long nowMillis) {
    boolean may = open(nowMillis);
    if (may) {
      level -= bytes;
    }
    return may;
  }

  private void refill(long nowMillis) {
    // A thread that is late must not count time twice; a clock that was put back counts on from
    // there.
    if (nowMillis >= atMillis || atMillis - nowMillis > LATE_MILLIS) {
      long passed = Math.max(0, nowMillis - atMillis);
      level = Math.min(burst, level + passed * perMilli);
      atMillis = nowMillis;
    }
  }
}
