package io.m2mgate.ops;

import io.m2mgate.bridge.Access;
import io.m2mgate.bridge.Admission;
import io.m2mgate.bridge.ApplicationRegistry;
import io.m2mgate.bridge.Taps;
import io.m2mgate.bus.SecurityTrail;
import io.m2mgate.config.Settings;
import io.m2mgate.store.Store;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.InstantSource;
import java.util.function.Supplier;

/** What access of applications is made of: who asks, the taps that end with it, and what is allowed. Made once, at the start. */
final class AccessParts {

  private static final long TICK_MILLIS = 1_000;

  private final Vertx vertx;
  private final Access access;
  private final Taps taps;
  private final Admission admission;

  AccessParts(
      Vertx vertx,
      Settings settings,
      String adminKey,
      Store store,
      ApplicationRegistry applications,
      Metrics metrics,
      InstantSource clock) {
    this.vertx = vertx;
    MeterRegistry registry = metrics.registry();
    access = new Access(
        vertx,
        new Access.Stores(store.applications(), store.grants()),
        applications,
        adminKey,
        clock);
    taps = new Taps(store.events(), access, applications, registry);
    SecurityTrail trail =
        new SecurityTrail(store.audit(), clock, settings.security().auditsPerMinute(), registry);
    admission = new Admission(
        new Admission.Parts(store, access, applications, taps, trail),
        settings.applications(),
        clock);
    figure(metrics, "online", () -> admission.count(true));
    figure(metrics, "offline", () -> admission.count(false));
    metrics.gauge(
        "m2mgate_application_sessions",
        "Open sessions of applications",
        admission.sessions()::size);
  }

  private static void figure(Metrics metrics, String state, Supplier<Number> count) {
    metrics.gauge(
        "m2mgate_applications", "Applications by whether they are there", count, "state", state);
  }

  Access access() {
    return access;
  }

  Taps taps() {
    return taps;
  }

  Admission admission() {
    return admission;
  }

  /** Reads what is open; what is over by time ends from now on. */
  Future<Void> open() {
    return admission
        .load()
        .onSuccess(done -> vertx.setPeriodic(TICK_MILLIS, timer -> admission.tick()));
  }
}
