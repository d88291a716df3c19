package io.m2mgate.cli.bench;

import io.m2mgate.cli.bench.Figure.Goal;
import io.m2mgate.cli.simulate.Bearer;
import io.m2mgate.cli.simulate.BearerOptions;
import io.m2mgate.cli.simulate.Fleet;
import io.m2mgate.cli.simulate.Fleet.Phase;
import io.m2mgate.cli.simulate.FleetOptions;
import io.m2mgate.cli.simulate.FleetOptions.Load;
import io.m2mgate.cli.simulate.FleetOptions.Mode;
import io.m2mgate.cli.simulate.FleetOptions.Persona;
import io.m2mgate.cli.simulate.FleetReport;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * Many terminals that are logged in over one bearer and silent: what one costs in memory, and how long all of them take to come back to a
 * gateway that was started again. One thread.
 */
final class IdleTerminals {
  private static final Musts TCP = new Musts(10 * 1024, 19_000, 20_000);
  private static final Musts UDP = new Musts(3 * 1024, 200_000, 5_000);
  private static final double MUST_SECONDS = 60;
  private static final double MUST_BEAT_MILLIS = 200;
  private static final double LEAST_SHARE = 0.1;
  private static final int PROBES = 100;
  private static final long LOOK_MILLIS = 20;

  /** Less than one exchange a day each. */
  private static final double SILENCE = 1e-6;

  private final BenchOptions options;
  private final Path home;

  private final Bearer bearer;
  private final Musts musts;

  /**
   * What is asked of terminals of one bearer.
   *
   * @param storm so many are to be online within a minute
   * @param perSecond how fast they come
   */
  private record Musts(double bytes, double storm, int perSecond) {}

  private record Stay(double heap, double kernel, FleetReport report) {}

  private IdleTerminals(BenchOptions options, Path home, Bearer bearer) {
    this.bearer = bearer;
    this.musts = bearer == Bearer.UDP ? UDP : TCP;
    this.options = options;
    this.home = home;
  }

  static List<Figure> measure(BenchOptions options, Path home, Bearer bearer) throws IOException {
    return new IdleTerminals(options, home, bearer).measure();
  }

  private List<Figure> measure() throws IOException {
    int count = options.terminals();
    double heap;
    double kernel;
    try (Subject gateway = Subject.gateway(home, options)) {
      Stay one = stay(gateway, 1);
      Stay all = stay(gateway, count);
      heap = (all.heap() - one.heap()) / (count - 1);
      kernel = (all.kernel() - one.kernel()) / (count - 1);
    }
    FleetReport storm;
    double ready;
    try (Subject again = Subject.gateway(home, options)) {
      storm = stay(again, count).report();
      ready = again.readyMillis();
    }
    String terminals = String.format(java.util.Locale.ROOT, "%,d", count);
    String over = bearer == Bearer.UDP ? "UDP" : "TCP";
    String key = bearer == Bearer.UDP ? "udp." : "";
    double share = Math.max(bearer == Bearer.UDP ? LEAST_SHARE : 1, count / musts.storm());
    List<Figure> figures = new ArrayList<>(List.of(
        Figure.of(
            key + "idle.bytes",
            "idle terminal over " + over + ", heap and kernel (" + terminals + ")",
            heap + kernel,
            "B",
            Goal.atMost(musts.bytes())),
        Figure.of(key + "idle.heap", "  heap", heap, "B"),
        Figure.of(key + "idle.kernel", "  kernel, half of both ends", kernel, "B"),
        Figure.of(
            key + "storm.seconds",
            "login storm of " + terminals + " after a restart",
            storm.onlineSeconds(),
            "s",
            Goal.atMost(MUST_SECONDS * share)),
        Figure.of(key + "storm.rate", "  logins", storm.loginsPerSecond(), "/s"),
        Figure.of(key + "ready.stored", "  ready with them in the store", ready / 1e3, "s")));
    if (bearer == Bearer.UDP) {
      figures.addAll(beats(storm));
    }
    return figures;
  }

  private static List<Figure> beats(FleetReport storm) {
    var beats = storm.bearing().heartbeats();
    return List.of(
        Figure.of(
            "udp.storm.beat.p99",
            "  p99 of a beat of those online meanwhile",
            beats.p99() / 1e3,
            "ms",
            Goal.atMost(MUST_BEAT_MILLIS)),
        Figure.of("udp.storm.beat.p50", "  median of a beat", beats.p50() / 1e3, "ms"),
        Figure.of("udp.storm.beat.max", "  longest", beats.max() / 1e3, "ms"),
        Figure.of("udp.storm.beats", "  beats", beats.count(), ""));
  }

  /** Everybody logs in and is silent; memory is looked at; everybody goes. */
  private Stay stay(Subject gateway, int terminals) throws IOException {
    FleetOptions fleet = FleetOptions.of(gateway.target())
        .withApp("BENCHI")
        .withTerminals(terminals)
        .withPersona(new Persona(
            Persona.DEFAULT.retry(),
            Duration.ofSeconds(15),
            Persona.DEFAULT.sends(),
            Duration.ZERO))
        .withBearers(bearers(terminals))
        .withConnectionsPerSecond(musts.perSecond())
        .withLoad(new Load(Mode.TRAP, SILENCE, Duration.ZERO, 0, Load.DEFAULT.payloadBytes(), 1));
    Vertx vertx = Vertx.vertx(new VertxOptions()
        .setEventLoopPoolSize(options.loops() + 1)
        .setPreferNativeTransport(true));
    try {
      return stay(gateway, Fleet.start(vertx, fleet, options.loops()));
    } finally {
      vertx.close().toCompletionStage().toCompletableFuture().join();
    }
  }

  private BearerOptions bearers(int terminals) {
    boolean probing = bearer == Bearer.UDP && terminals > PROBES;
    BearerOptions bearers = BearerOptions.TCP.over(bearer);
    return probing ? bearers.probing(PROBES, Duration.ofSeconds(1)) : bearers;
  }

  private static Stay stay(Subject gateway, Fleet running) throws IOException {
    CompletableFuture<FleetReport> ended =
        running.report().toCompletionStage().toCompletableFuture();
    while (running.progress().phase() == Phase.PROVISIONING && !ended.isDone()) {
      LoadRun.pause(LOOK_MILLIS);
    }
    long before = KernelMemory.readable() ? KernelMemory.bytes() : 0;
    while (running.progress().phase() != Phase.SENDING && !ended.isDone()) {
      LoadRun.pause(LOOK_MILLIS);
    }
    double heap = gateway.child().orElseThrow().memory(true).heapBytes();
    double kernel = KernelMemory.readable() ? (KernelMemory.bytes() - before) / 2.0 : 0;
    running.stop();
    return new Stay(heap, kernel, LoadRun.report(ended));
  }
}
