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
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/**
 * Data for terminals that are online and silent, asked for over HTTP at a steady pace by requests that wait for the result: from the
 * moment when a request is due to its answer, with three commits on its way. The caller's thread.
 */
final class CommandTrips {
  private static final int TERMINALS = 1_000;
  private static final int RATE = 500;
  private static final Duration WARM = Duration.ofSeconds(4);
  private static final long LOOK_MILLIS = 20;

  /** Less than one exchange a day each. */
  private static final double SILENCE = 1e-6;

  private CommandTrips() {}

  static List<Figure> measure(BenchOptions options, Subject gateway) throws IOException {
    Vertx vertx = Vertx.vertx(new VertxOptions()
        .setEventLoopPoolSize(options.loops() + 1)
        .setPreferNativeTransport(true));
    try {
      return measure(options, gateway, vertx);
    } finally {
      vertx.close().toCompletionStage().toCompletableFuture().join();
    }
  }

  private static List<Figure> measure(BenchOptions options, Subject gateway, Vertx vertx)
      throws IOException {
    Fleet fleet = Fleet.start(vertx, fleet(gateway), options.loops());
    CompletableFuture<FleetReport> ended = fleet.report().toCompletionStage().toCompletableFuture();
    while (fleet.progress().phase().compareTo(Phase.SENDING) < 0 && !ended.isDone()) {
      LoadRun.pause(LOOK_MILLIS);
    }
    List<String> serials = IntStream.range(0, TERMINALS).mapToObj(fleet::serial).toList();
    var pace = new PacedCommands(vertx, gateway.target(), serials, RATE);
    round(pace, WARM);
    PacedCommands.Result[] rounds = new PacedCommands.Result[options.rounds()];
    for (int i = 0; i < rounds.length; i++) {
      rounds[i] = round(pace, options.time());
    }
    fleet.stop();
    LoadRun.report(ended);
    return figures(rounds);
  }

  private static FleetOptions fleet(Subject gateway) {
    return FleetOptions.of(gateway.target())
        .withApp("BENCHC")
        .withTerminals(TERMINALS)
        .withPersona(new Persona(
            Persona.DEFAULT.retry(),
            Duration.ofSeconds(15),
            Persona.DEFAULT.sends(),
            Duration.ZERO))
        .withConnectionsPerSecond(2_000)
        .withLoad(new Load(Mode.TRAP, SILENCE, Duration.ZERO, 0, Load.DEFAULT.payloadBytes(), 1));
  }

  private static PacedCommands.Result round(PacedCommands pace, Duration time) throws IOException {
    try {
      return pace.run(time).toCompletionStage().toCompletableFuture().get();
    } catch (ExecutionException e) {
      throw new IOException("the requests failed: " + e.getCause().getMessage(), e.getCause());
    } catch (InterruptedException e) {
      throw new IllegalStateException("interrupted", e);
    }
  }

  private static List<Figure> figures(PacedCommands.Result[] rounds) {
    return List.of(
        Figure.of(
            "command.median",
            "command to 1,000 terminals, 500/s, HTTP to HTTP, median",
            median(rounds, PacedCommands.Result::medianMillis),
            "ms"),
        Figure.of("command.p99", "  p99", median(rounds, PacedCommands.Result::p99Millis), "ms"),
        Figure.of("command.rate", "  answered", median(rounds, PacedCommands.Result::rate), "/s"),
        Figure.of(
            "command.unfinished",
            "  without success within the wait, all rounds",
            IntStream.range(0, rounds.length).mapToLong(i -> rounds[i].failed()).sum(),
            "",
            Goal.atMost(0)));
  }

  private static double median(
      PacedCommands.Result[] rounds, ToDoubleFunction<PacedCommands.Result> value) {
    return Rounds.median(IntStream.range(0, rounds.length)
        .mapToDouble(i -> value.applyAsDouble(rounds[i]))
        .toArray());
  }
}
