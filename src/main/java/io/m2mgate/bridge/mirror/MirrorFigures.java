package io.m2mgate.bridge.mirror;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.function.BooleanSupplier;
import java.util.function.IntSupplier;

/** The mirror's figures. Safe for any thread. */
final class MirrorFigures {

  private final Counter connects;
  private final Counter failures;
  private final Counter oversized;
  private final Counter gaps;
  private final Counter taken;
  private final Counter refused;
  private final Counter dropped;

  MirrorFigures(MeterRegistry meters, BooleanSupplier connected, IntSupplier inFlight) {
    Gauge.builder("m2mgate_mirror_connected", () -> connected.getAsBoolean() ? 1 : 0)
        .description("Whether the broker of the mirror is connected")
        .register(meters);
    Gauge.builder("m2mgate_mirror_in_flight", inFlight::getAsInt)
        .description("Messages that the broker has not acknowledged")
        .register(meters);
    connects = meters.counter("m2mgate_mirror_connects");
    failures = meters.counter("m2mgate_mirror_failures");
    oversized = meters.counter("m2mgate_mirror_oversized");
    gaps = meters.counter("m2mgate_mirror_gaps");
    taken = requests(meters, "taken");
    refused = requests(meters, "refused");
    dropped = requests(meters, "dropped");
  }

  private static Counter requests(MeterRegistry meters, String outcome) {
    return meters.counter("m2mgate_mirror_requests", "outcome", outcome);
  }

  void connected() {
    connects.increment();
  }

  /** A connection that was lost, or did not come about. */
  void failed() {
    failures.increment();
  }

  void oversized() {
    oversized.increment();
  }

  void gap() {
    gaps.increment();
  }

  void requestTaken() {
    taken.increment();
  }

  void requestRefused() {
    refused.increment();
  }

  /** One without an answer: on a topic that takes none, or one that the broker only kept. */
  void requestDropped() {
    dropped.increment();
  }
}
