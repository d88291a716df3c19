package io.m2mgate.ops;

import io.m2mgate.bus.Addresses;
import io.m2mgate.bus.LaneMetrics;
import io.m2mgate.bus.Lanes;
import io.m2mgate.config.Endpoints;
import io.m2mgate.config.Endpoints.Endpoint;
import io.m2mgate.config.Settings;
import io.m2mgate.net.Admission;
import io.m2mgate.net.TcpFramingVerticle;
import io.m2mgate.net.TcpOptions;
import io.m2mgate.net.UdpFramingVerticle;
import io.m2mgate.net.UdpOptions;
import io.m2mgate.net.UdpPorts;
import io.m2mgate.session.Origin;
import io.m2mgate.session.Origins;
import io.micrometer.core.instrument.Gauge;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** The sockets that terminals come to. Opened once, while the gateway starts; may be drained on any thread. */
final class TerminalListeners implements Origins {

  private final Vertx vertx;
  private final Settings settings;
  private final TlsParts tls;
  private final Metrics metrics;
  private final AtomicInteger tcpPort = new AtomicInteger();
  private final List<String> bearers = new CopyOnWriteArrayList<>();
  private volatile Optional<Lanes> lanes = Optional.empty();
  private volatile Optional<UdpPorts> datagrams = Optional.empty();
  private volatile Optional<Endpoint> tcp = Optional.empty();
  private volatile Optional<Endpoint> udp = Optional.empty();

  TerminalListeners(Vertx vertx, Settings settings, TlsParts tls, Metrics metrics) {
    this.vertx = vertx;
    this.settings = settings;
    this.tls = tls;
    this.metrics = metrics;
  }

  /** The TCP port that is bound; 0 before. */
  int tcpPort() {
    return tcpPort.get();
  }

  /** Binds what is enabled; fails with a {@link StartFault} where an address is not to be had. */
  Future<Void> open(Lanes on, LaneMetrics laneMetrics) {
    lanes = Optional.of(on);
    Future<Void> streams =
        settings.terminal().tcp().enabled() ? streams(on) : Future.succeededFuture();
    return streams.compose(up -> settings.terminal().udp().enabled()
        ? datagrams(on, laneMetrics)
        : Future.succeededFuture());
  }

  private Future<Void> streams(Lanes on) {
    TcpOptions options = GatewayOptions.tcp(settings.terminal(), tls);
    Admission admission = new Admission(
        options.maxConnections(), options.acceptPerSecond(), options.unverifiedBytes());
    metrics.gauge("m2mgate_connections_limit", "What they are bounded by", options::maxConnections);
    Gauge.builder("m2mgate_connections", admission, Admission::connections)
        .description("TCP connections of terminals")
        .strongReference(true)
        .register(metrics.registry());
    return on.deploy("tcp", () -> new TcpFramingVerticle(options, admission, tcpPort))
        .recover(cause -> Future.failedFuture(
            StartFault.bind("terminal.tcp", options.host(), options.port(), cause)))
        .onSuccess(up -> {
          bearers.add(Origin.TCP);
          tcp = Optional.of(Endpoint.of(Origin.TCP, options.host(), tcpPort.get()));
        });
  }

  private Future<Void> datagrams(Lanes on, LaneMetrics laneMetrics) {
    UdpOptions options = GatewayOptions.udp(settings.terminal());
    UdpPorts ports = new UdpPorts(vertx, options, on.count(), laneMetrics);
    datagrams = Optional.of(ports);
    return on.deploy("udp", () -> new UdpFramingVerticle(ports))
        .recover(cause -> Future.failedFuture(
            StartFault.bind("terminal.udp", options.host(), options.port(), cause)))
        .onSuccess(up -> {
          bearers.add(Origin.UDP);
          udp = Optional.of(Endpoint.of(Origin.UDP, options.host(), ports.bound()));
        });
  }

  @Override
  public Optional<Origin> again(int lane, String bearer, String remote) {
    return datagrams.flatMap(ports -> ports.again(lane, bearer, remote));
  }

  /** What was bound, beside what else was. */
  Endpoints beside(Endpoints others) {
    return new Endpoints(tcp, udp, others.http(), others.mqtt());
  }

  /** Reads no more; completes when what was under way is answered and the sockets are closed. */
  Future<Void> drain() {
    List<Future<Void>> drained = new ArrayList<>();
    for (String bearer : bearers) {
      for (int lane = 0; lane < lanes.orElseThrow().count(); lane++) {
        CompletableFuture<Void> bySome = new CompletableFuture<>();
        lanes.orElseThrow().send(Addresses.drain(lane, bearer), bySome);
        drained.add(Future.fromCompletionStage(bySome));
      }
    }
    return Future.all(drained).mapEmpty();
  }
}
