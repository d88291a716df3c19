package io.m2mgate.bridge.webhook;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** The figures of webhooks. Safe for any thread. */
final class WebhookFigures {

  private final Map<Outcome.Kind, Timer> requests = new EnumMap<>(Outcome.Kind.class);
  private final Counter gaps;
  private final Counter disabled;
  private final AtomicInteger running = new AtomicInteger();
  private final AtomicInteger standing = new AtomicInteger();

  WebhookFigures(MeterRegistry meters) {
    for (var kind : Outcome.Kind.values()) {
      requests.put(
          kind,
          Timer.builder("m2mgate_webhook_requests").tag("outcome", kind.tag()).register(meters));
    }
    gaps = Counter.builder("m2mgate_webhook_gaps").register(meters);
    disabled = Counter.builder("m2mgate_webhook_disablings").register(meters);
    gauge(meters, "enabled", running);
    gauge(meters, "disabled", standing);
  }

  private static void gauge(MeterRegistry meters, String state, AtomicInteger value) {
    Gauge.builder("m2mgate_webhooks", value, AtomicInteger::get)
        .tag("state", state)
        .register(meters);
  }

  void ended(Outcome.Kind kind, long millis) {
    requests.get(kind).record(Math.max(0, millis), TimeUnit.MILLISECONDS);
  }

  void gap() {
    gaps.increment();
  }

  void disabled() {
    disabled.increment();
  }

  void count(int enabled, int all) {
    running.set(enabled);
    standing.set(all - enabled);
  }
}
