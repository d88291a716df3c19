package io.m2mgate.net;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** How many connections there may be and how fast they may come, over all lanes. May be used from any thread. */
public final class Admission {

  private final int maxConnections;
  private final int perSecond;
  private final AtomicInteger connections = new AtomicInteger();
  private final AtomicLong second = new AtomicLong();
  private final AtomicInteger inSecond = new AtomicInteger();

  public Admission(int maxConnections, int perSecond) {
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

  public int connections() {
    return connections.get();
  }
}
