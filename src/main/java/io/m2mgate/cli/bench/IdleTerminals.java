package io.m2mgate.cli.bench;

import io.m2mgate.cli.bench.Figure.Goal;
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
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * Many terminals that are logged in over TCP and silent: what one costs in memory, and how long all of them take to come back to a
 * gateway that was started again. One thread.
 */
final class IdleTerminals {
  private static final double MUST_BYTES = 10 * 1024;
  private static final double MUST_SECONDS = 60;
  private static final double STORM = 19_000;
  private static final long LOOK_MILLIS = 20;

  /** Less than one exchange a day each. */
  private static final double SILENCE = 1e-6;

  private final BenchOptions options;
  private final Path home;

  private record Stay(double heap, double kernel, FleetReport report) {}

  private IdleTerminals(BenchOptions options, Path home) {
    this.options = options;
    this.home = home;
  }

  static List<Figure> measure(BenchOptions options, Path home) throws IOException {
    return new IdleTerminals(options, home).measure();
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
    double storm;
    double ready;
    try (Subject again = Subject.gateway(home, options)) {
      storm = stay(again, count).report().onlineSeconds();
      ready = again.readyMillis();
    }
    String terminals = String.format(java.util.Locale.ROOT, "%,d", count);
    return List.of(
        Figure.of(
            "idle.bytes",
            "idle terminal over TCP, heap and kernel (" + terminals + ")",
            heap + kernel,
            "B",
            Goal.atMost(MUST_BYTES)),
        Figure.of("idle.heap", "  heap", heap, "B"),
        Figure.of("idle.kernel", "  kernel, half of both ends", kernel, "B"),
        Figure.of(
            "storm.seconds",
            "login storm of " + terminals + " after a restart",
            storm,
            "s",
            Goal.atMost(MUST_SECONDS * Math.max(1, count / STORM))),
        Figure.of("storm.rate", "  logins", count / storm, "/s"),
        Figure.of("ready.stored", "  ready with them in the store", ready / 1e3, "s"));
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
        .withConnectionsPerSecond(20_000)
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
