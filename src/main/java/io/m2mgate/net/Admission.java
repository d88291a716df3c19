package io.m2mgate.net;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** How many connections there may be and how fast they may come, over all lanes. May be used from any thread. */
public final class Admission {

  private final int maxConnections;
  private final int perSecond;
  private final long unverifiedBytes;
  private final AtomicLong heldBytes = new AtomicLong();
  private final AtomicInteger connections = new AtomicInteger();
  private final AtomicLong second = new AtomicLong();
  private final AtomicInteger inSecond = new AtomicInteger();

  /** @param unverifiedBytes that may be kept for peers that have not proven anything yet */
  public Admission(int maxConnections, int perSecond, long unverifiedBytes) {
    this.unverifiedBytes = unverifiedBytes;
    this.maxConnections = maxConnections;
    this.perSecond = perSecond;
  }

  /** True when a connection may be had; {@link #leave()} gives it back. */
  boolean enter(long nowMillis) {
    long now = nowMillis / 1000;
    long seen = second.get();
    if (now != seen && second.compareAndSet(seen, now)) {
      inSecond.set(0);
    }
    if (inSecond.incrementAndGet() > perSecond) {
      return false;
    }
    if (connections.incrementAndGet() > maxConnections) {
      connections.decrementAndGet();
      return false;
    }
    return true;
  }

  void leave() {
    connections.decrementAndGet();
  }

  /** Counts what is kept for unproven peers; false when that is too much. */
  boolean hold(int moreBytes) {
    return heldBytes.addAndGet(moreBytes) <= unverifiedBytes || moreBytes <= 0;
  }

  public int connections() {
    return connections.get();
  }
}
