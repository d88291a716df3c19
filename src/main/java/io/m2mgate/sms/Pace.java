package io.m2mgate.sms;

import java.util.concurrent.TimeUnit;

/** How fast messages leave: evenly, slower when the centre has no room, faster again with what it takes. One thread's. */
final class Pace {

  private static final double SECOND = TimeUnit.SECONDS.toNanos(1);
  private static final long CATCH_UP_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
  private static final double SLOWEST = 0.1;
  private static final double GAIN = 0.05;

  private final double most;
  private double rate;
  private long nextNanos;
  private long slowedNanos;

  Pace(int perSecond, long nowNanos) {
    most = perSecond;
    rate = perSecond;
    nextNanos = nowNanos;
    slowedNanos = nowNanos - (long) SECOND;
  }

  /** How long the next message has to wait; 0 when it may go. */
  long waitNanos(long nowNanos) {
    return Math.max(0, nextNanos - nowNanos);
  }

  /** One goes. What a late timer has lost is caught up, but no more than a tenth of a second of it. */
  void gone(long nowNanos) {
    long from = nowNanos - nextNanos > CATCH_UP_NANOS ? nowNanos - CATCH_UP_NANOS : nextNanos;
    nextNanos = from + (long) (SECOND / rate);
  }

  /** The centre had no room. All messages of a window may hear so at once: that counts once a second. */
  void slower(long nowNanos) {
    if (nowNanos - slowedNanos >= SECOND) {
      slowedNanos = nowNanos;
      rate = Math.max(Math.min(SLOWEST, most), rate / 2);
    }
  }

  /** The centre took one. */
  void faster() {
    rate = Math.min(most, rate + Math.max(SLOWEST, most * GAIN));
  }

  double rate() {
    return rate;
  }
}
