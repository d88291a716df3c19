package io.m2mgate.ops;

import io.m2mgate.bridge.Consumers;
import io.m2mgate.config.ConsumerSettings;
import io.m2mgate.store.Store;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Vertx;
import java.time.InstantSource;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The consumers of the event logs, and the look at those that nobody uses. Stateless; used once, at the start. */
final class ConsumerParts {

  private static final Logger LOG = LoggerFactory.getLogger(ConsumerParts.class);

  private ConsumerParts() {}

  static Consumers of(
      ConsumerSettings settings, Store store, InstantSource clock, MeterRegistry registry) {
    return new Consumers(
        store,
        new Consumers.Limits(
            settings.max(), TimeUnit.DAYS.toMillis(settings.idleDays()), settings.messageBytes()),
        clock,
        registry);
  }

  /** The first look comes one interval after the start, so that those who were held up can come back. */
  static void start(Vertx vertx, ConsumerSettings settings, Consumers consumers) {
    vertx.setPeriodic(
        TimeUnit.SECONDS.toMillis(settings.checkSeconds()),
        timer -> consumers
            .sweep()
            .onFailure(
                cause -> LOG.warn("unused consumers were not removed: {}", cause.getMessage())));
  }
}
