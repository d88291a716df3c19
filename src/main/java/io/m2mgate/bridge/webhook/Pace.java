package io.m2mgate.bridge.webhook;

import java.util.OptionalLong;

/**
 * Owns when a receiver is tried again: each shipment has its own back-off; once many shipments have failed and none succeeded, the
 * receiver is taken to be down and tried with one at a time. Knows no clock: it is told the time. One thread.
 */
final class Pace {

  private static final int TOLERANCE = 4;

  private final Backoff backoff;
  private final int tolerance;
  private int failures;
  private int failedShipments;
  private int probes;
  private long streak = 1;
  private long failingSince;
  private long pausedUntil;

  /**
   * @param inFlight so many shipments must have failed before the receiver is taken to be down
   * @param failingSince as it was before a restart, or 0
   */
  Pace(Backoff backoff, int inFlight, long failingSince) {
    this.backoff = backoff;
    this.tolerance = Math.max(TOLERANCE, inFlight);
    this.failingSince = failingSince;
  }

  /** Whether a request may leave now beside those under way. */
  boolean free(long now, int underWay) {
    return now >= pausedUntil && (!isDown() || underWay == 0);
  }

  /** True where the receiver was taken to be down. */
  boolean succeeded() {
    boolean back = isDown();
    failures = 0;
    failedShipments = 0;
    probes = 0;
    failingSince = 0;
    streak++;
    return back;
  }

  /** @param retryAfterMillis what the receiver asked for, of all its requests */
  void failed(Shipment shipment, long now, OptionalLong retryAfterMillis) {
    failures++;
    failingSince = failingSince == 0 ? now : failingSince;
    if (shipment.streak != streak) {
      shipment.streak = streak;
      failedShipments++;
    }
    shipment.failures++;
    shipment.notBeforeMillis = now + backoff.after(shipment.failures);
    retryAfterMillis.ifPresent(asked ->
        pausedUntil = Math.max(pausedUntil, now + Math.min(asked, backoff.maxMillis())));
    if (isDown()) {
      probes++;
      pausedUntil = Math.max(pausedUntil, now + backoff.after(probes));
    }
  }

  boolean isDown() {
    return failedShipments >= tolerance;
  }

  /** In a row, without a success between. */
  int failures() {
    return failures;
  }

  /** Milliseconds since 1970, or 0. */
  long failingSince() {
    return failingSince;
  }

  long pausedUntil() {
    return pausedUntil;
  }
}
