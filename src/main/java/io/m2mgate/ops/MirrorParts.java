package io.m2mgate.ops;

import io.m2mgate.bridge.BridgeParts;
import io.m2mgate.bridge.http.ReadinessPart;
import io.m2mgate.bridge.mirror.MirrorOptions;
import io.m2mgate.bridge.mirror.MirrorVerticle;
import io.m2mgate.bus.Lanes;
import io.m2mgate.config.MirrorSettings;
import io.m2mgate.config.Settings;
import io.vertx.core.Future;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** The mirror, where there is one. Made once, at the start. */
final class MirrorParts {

  private final Optional<MirrorVerticle> mirror;

  MirrorParts(Settings settings, BridgeParts parts) {
    mirror = Optional.of(settings.mirror())
        .filter(MirrorSettings::enabled)
        .map(on -> new MirrorVerticle(parts, options(on, settings.node().name())));
  }

  /** A broker that is away is told of, and makes nobody unready. */
  List<ReadinessPart> readiness() {
    return mirror.stream()
        .map(running -> ReadinessPart.told(
            "mirror",
            () -> running.isConnected()
                ? Future.succeededFuture()
                : Future.failedFuture("not connected")))
        .toList();
  }

  Future<Void> start(Lanes beside) {
    return mirror.map(beside::deployBeside).orElseGet(Future::succeededFuture);
  }

  private static MirrorOptions options(MirrorSettings of, String node) {
    return new MirrorOptions(
        broker(of, node),
        of.selection().applications(),
        of.selection().types(),
        of.selection().qos(),
        of.selection().fromOldest(),
        new MirrorOptions.Limits(
            of.limits().window(),
            of.limits().queueBytes(),
            of.limits().maxMessageBytes(),
            of.limits().commitMillis(),
            of.limits().drainMillis()),
        new MirrorOptions.Requests(
            of.requests().enabled(), of.requests().waiting(), of.requests().maxMessageBytes()));
  }

  private static MirrorOptions.Broker broker(MirrorSettings of, String node) {
    var tls = new MirrorOptions.Tls(
        of.tls().caFile(),
        of.tls().certificateFile(),
        of.tls().keyFile(),
        of.tls().verifyHost());
    return new MirrorOptions.Broker(
        of.host(),
        of.port(),
        Optional.of(tls).filter(files -> of.secure()),
        of.clientId().orElse("m2mgate-" + node),
        of.user().map(user -> new MirrorOptions.Credentials(user, of.password().value())),
        of.connection().keepAliveSeconds(),
        of.connection().connectSeconds(),
        of.connection().firstMillis(),
        TimeUnit.SECONDS.toMillis(of.connection().maxSeconds()));
  }
}
