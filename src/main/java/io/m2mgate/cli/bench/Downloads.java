package io.m2mgate.cli.bench;

import io.m2mgate.cli.bench.Figure.Goal;
import io.m2mgate.cli.simulate.Fleet;
import io.m2mgate.cli.simulate.FleetOptions;
import io.m2mgate.cli.simulate.FleetOptions.Load;
import io.m2mgate.cli.simulate.FleetOptions.Mode;
import io.m2mgate.cli.simulate.FleetOptions.Persona;
import io.m2mgate.cli.simulate.SecurityOptions;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Terminals that fetch the blocks of one file, one request at a time each and as fast as they are answered: blocks of 8 KiB and of
 * 800 bytes, signed, and encrypted too. The load verifies every answer, and opens what is encrypted. The caller's thread.
 */
final class Downloads {
  private static final int TERMINALS = 100;
  private static final Duration WARM = Duration.ofSeconds(4);
  private static final Duration PROVISIONING = Duration.ofSeconds(2);
  private static final double MEGABYTE = 1e6;

  private record Shape(
      String key, String text, String app, SecurityOptions security, int blockBytes, double must) {}

  private static final List<Shape> SHAPES = List.of(
      new Shape(
          "large", "blocks of 8 KiB to 100 terminals", "BENCHF", SecurityOptions.NONE, 8_192, 100),
      new Shape("small", "blocks of 800 bytes", "BENCHF", SecurityOptions.NONE, 800, 25),
      new Shape(
          "encrypted",
          "blocks of 8 KiB under 3DES",
          "BENCHG",
          SecurityOptions.NONE.encrypting(),
          8_192,
          15));

  private Downloads() {}

  static List<Figure> measure(BenchOptions options, Path home) throws IOException {
    Map<String, String> terminals = new HashMap<>();
    try (Subject gateway = Subject.gateway(home, options)) {
      for (Shape shape : List.of(SHAPES.get(0), SHAPES.get(2))) {
        provision(options, gateway, shape).forEach(serial -> terminals.put(serial, shape.app()));
      }
    }
    OfferedFile.offer(home.resolve("data"), options.store(), terminals);
    List<Figure> figures = new ArrayList<>();
    try (Subject gateway = Subject.gateway(home, options)) {
      for (Shape shape : SHAPES) {
        figures.addAll(measure(options, gateway, shape));
      }
    }
    return figures;
  }

  /** Has the terminals made known to the gateway; gives their serials. */
  private static List<String> provision(BenchOptions options, Subject gateway, Shape shape)
      throws IOException {
    Vertx vertx = Vertx.vertx();
    try {
      Fleet fleet =
          Fleet.start(vertx, fleet(gateway, shape, Mode.TRAP, PROVISIONING), options.loops());
      LoadRun.report(fleet.report().toCompletionStage().toCompletableFuture());
      return IntStream.range(0, TERMINALS).mapToObj(fleet::serial).toList();
    } finally {
      vertx.close().toCompletionStage().toCompletableFuture().join();
    }
  }

  private static List<Figure> measure(BenchOptions options, Subject gateway, Shape shape)
      throws IOException {
    Rounds rounds = new Rounds();
    round(options, gateway, shape, WARM);
    for (int i = 0; i < options.rounds(); i++) {
      rounds.add(round(options, gateway, shape, options.time()));
    }
    String key = "download." + shape.key() + ".";
    List<Figure> figures = new ArrayList<>(List.of(
        Figure.of(
            key + "rate",
            shape.text(),
            rounds.median(LoadRun.Result::acknowledgedPerSecond) * shape.blockBytes() / MEGABYTE,
            "MB/s",
            Goal.atLeast(shape.must())),
        Figure.of(key + "noise", "  spread of the rounds", rounds.spread() * 100, "%"),
        Figure.of(key + "unanswered", "  unanswered", rounds.unanswered(), "", Goal.atMost(0)),
        Figure.of(
            key + "unclean",
            "  rounds with a refusal or a wrong digest",
            rounds.clean() ? 0 : 1,
            "",
            Goal.atMost(0))));
    figures.addAll(Costs.of(key, rounds));
    return figures;
  }

  private static LoadRun.Result round(
      BenchOptions options, Subject gateway, Shape shape, Duration time) throws IOException {
    return LoadRun.run(fleet(gateway, shape, Mode.DOWNLOAD, time), gateway, options.loops());
  }

  private static FleetOptions fleet(Subject gateway, Shape shape, Mode mode, Duration time) {
    return FleetOptions.of(gateway.target())
        .withApp(shape.app())
        .withTerminals(TERMINALS)
        .withPersona(new Persona(
            Persona.DEFAULT.retry(),
            Duration.ofSeconds(15),
            Persona.DEFAULT.sends(),
            Duration.ZERO))
        .withConnectionsPerSecond(2_000)
        .withSecurity(shape.security())
        .withLoad(new Load(mode, 0, time, 0, shape.blockBytes(), 1));
  }
}
