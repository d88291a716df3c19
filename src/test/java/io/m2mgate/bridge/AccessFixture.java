package io.m2mgate.bridge;

import io.m2mgate.bus.SecurityTrail;
import io.m2mgate.config.AccessSettings;
import io.m2mgate.store.Store;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Vertx;
import java.time.InstantSource;
import java.util.List;

/** Who asks, the taps that end with it and what is allowed, with the usual settings but without a rate. Immutable. */
record AccessFixture(Access access, Taps taps, Admission admission) {

  private static final AccessSettings SETTINGS =
      new AccessSettings(0, 20, 1_000, 3_600, 100, 60, 3_600, 86_400, List.of());

  static AccessFixture of(
      Vertx vertx,
      Store store,
      ApplicationRegistry applications,
      String adminKey,
      MeterRegistry meters) {
    var clock = InstantSource.system();
    var stores = new Access.Stores(store.applications(), store.grants());
    var access = new Access(vertx, stores, applications, adminKey, clock);
    var taps = new Taps(store.events(), access, applications, meters);
    var trail = new SecurityTrail(store.audit(), clock, 60, meters);
    var parts = new Admission.Parts(store, access, applications, taps, trail);
    return new AccessFixture(access, taps, new Admission(parts, SETTINGS, clock));
  }
}
