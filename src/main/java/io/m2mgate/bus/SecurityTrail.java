package io.m2mgate.bus;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.github.f4b6a3.ulid.UlidCreator;
import io.m2mgate.store.AuditLog;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the data plane writes into the audit: so many entries a minute and no more, for strangers cause them, and never more under
 * way than the store's queue can bear. What is left out is counted. May be used from any thread; never waits.
 */
public final class SecurityTrail {

  private static final Logger LOG = LoggerFactory.getLogger(SecurityTrail.class);
  private static final String ACTOR = "gateway";
  private static final int UNDER_WAY = 64;
  private static final long MINUTE_MILLIS = 60_000;

  private final AuditLog log;
  private final InstantSource clock;
  private final int perMinute;
  private final AtomicInteger underWay = new AtomicInteger();
  private final Counter dropped;
  private long minuteMillis; // with the count, of this object's lock
  private int inMinute;

  public SecurityTrail(AuditLog log, InstantSource clock, int perMinute, MeterRegistry registry) {
    this.log = log;
    this.clock = clock;
    this.perMinute = perMinute;
    this.dropped = Counter.builder("m2mgate_audit_dropped")
        .description("Entries of the audit that were too many or that the store refused")
        .register(registry);
  }

  /**
   * Appends an entry, or counts that it could not.
   *
   * @param detail never a secret
   */
  public void append(String action, String target, ObjectNode detail) {
    long now = clock.millis();
    if (!admit(now)) {
      dropped.increment();
      return;
    }
    underWay.incrementAndGet();
    log.append(new AuditLog.Entry(
            UlidCreator.getMonotonicUlid(now).toString(),
            now,
            ACTOR,
            action,
            target,
            detail.toString()))
        .onComplete(done -> {
          underWay.decrementAndGet();
          if (done.failed()) {
            dropped.increment();
            LOG.debug("audit entry lost: {} {}", action, target, done.cause());
          }
        });
  }

  private synchronized boolean admit(long nowMillis) {
    if (nowMillis - minuteMillis >= MINUTE_MILLIS) {
      minuteMillis = nowMillis;
      inMinute = 0;
    }
    if (inMinute >= perMinute || underWay.get() >= UNDER_WAY) {
      return false;
    }
    inMinute++;
    return true;
  }
}
