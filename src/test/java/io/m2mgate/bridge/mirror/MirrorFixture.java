package io.m2mgate.bridge.mirror;

import io.m2mgate.bridge.BridgeFixture;
import io.m2mgate.peer.Await;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;

/** Mirrors of a test, in its own process. */
final class MirrorFixture {
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private MirrorFixture() {}

  static MirrorOptions to(int port) {
    return new MirrorOptions(
        broker("127.0.0.1", port),
        Set.of(),
        Set.of(),
        1,
        false,
        new MirrorOptions.Limits(8, 100_000, 2_000, 50, 2_000),
        new MirrorOptions.Requests(false, 8, 2_000));
  }

  static MirrorOptions.Broker broker(String host, int port) {
    return new MirrorOptions.Broker(
        host, port, Optional.empty(), "mirror-of-test", Optional.empty(), 5, 5, 20, 100);
  }

  static MirrorOptions with(MirrorOptions options, MirrorOptions.Broker broker) {
    return new MirrorOptions(
        broker,
        options.applications(),
        options.types(),
        options.qos(),
        options.fromOldest(),
        options.limits(),
        options.requests());
  }

  static MirrorOptions selecting(
      MirrorOptions options, Set<String> applications, Set<String> types) {
    return new MirrorOptions(
        options.broker(),
        applications,
        types,
        options.qos(),
        options.fromOldest(),
        options.limits(),
        options.requests());
  }

  static MirrorOptions from(MirrorOptions options, boolean oldest, int qos) {
    return new MirrorOptions(
        options.broker(),
        options.applications(),
        options.types(),
        qos,
        oldest,
        options.limits(),
        options.requests());
  }

  /** Gives the deployment's id. */
  static String start(BridgeFixture bridge, MirrorOptions options) {
    return BridgeFixture.await(
        bridge.vertx.deployVerticle(new MirrorVerticle(bridge.parts, options)));
  }

  /** Every cursor is where its log ends. */
  static void awaitStored(BridgeFixture bridge, String app, long offset) {
    Await.until("the cursor at " + offset, PATIENCE, () -> stored(bridge, app) == offset);
  }

  static long stored(BridgeFixture bridge, String app) {
    return BridgeFixture.await(bridge.store.consumers().read(app, MirrorLog.NAME))
        .map(cursor -> cursor.offset())
        .orElse(-1L);
  }

  static void awaitFigure(BridgeFixture bridge, String name, double atLeast) {
    Await.until(name + " of " + atLeast, PATIENCE, () -> figure(bridge, name) >= atLeast);
  }

  static double figure(BridgeFixture bridge, String name) {
    var meter = bridge.meters.find(name).meter();
    return meter == null ? 0 : meter.measure().iterator().next().getValue();
  }
}
