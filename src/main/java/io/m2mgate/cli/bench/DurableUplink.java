package io.m2mgate.cli.bench;

import io.m2mgate.cli.bench.Figure.Goal;
import io.m2mgate.cli.simulate.FleetOptions;
import io.m2mgate.cli.simulate.FleetOptions.Load;
import io.m2mgate.cli.simulate.FleetOptions.Mode;
import io.m2mgate.cli.simulate.FleetOptions.Persona;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Readings in frames of 128 bytes, acknowledged after the commit that holds them and pulled by one reader over HTTP, as fast as
 * they are answered. One thread.
 */
final class DurableUplink {
  private static final double MUST = 12_000;
  private static final int TERMINALS = 500;
  private static final int PIPELINE = 8;
  private static final Duration WARM = Duration.ofSeconds(4);

  private DurableUplink() {}

  static List<Figure> measure(BenchOptions options, Subject gateway) throws IOException {
    Rounds rounds = new Rounds();
    round(options, gateway, WARM);
    for (int i = 0; i < options.rounds(); i++) {
      rounds.add(round(options, gateway, options.time()));
    }
    double delivered = rounds.median(LoadRun.Result::deliveredPerSecond);
    String key = "uplink.";
    List<Figure> figures = new ArrayList<>(List.of(
        Figure.of(
            key + "delivered",
            "durable uplink, 128 B, delivered to one HTTP reader",
            delivered,
            "/s",
            Goal.atLeast(MUST)),
        Figure.of(
            key + "acknowledged",
            "  acknowledged",
            rounds.median(LoadRun.Result::acknowledgedPerSecond),
            "/s"),
        Figure.of(key + "lost", "  lost end to end, all rounds", rounds.lost(), "", Goal.atMost(0)),
        Figure.of(
            key + "unclean",
            "  rounds with a doubled, reordered or refused one",
            rounds.clean() ? 0 : 1,
            "",
            Goal.atMost(0))));
    if (gateway.child().isPresent()) {
      figures.addAll(Costs.of(key, rounds));
    }
    return figures;
  }

  private static LoadRun.Result round(BenchOptions options, Subject gateway, Duration time)
      throws IOException {
    FleetOptions fleet = FleetOptions.of(gateway.target())
        .withApp("BENCHU")
        .withTerminals(TERMINALS)
        .withPersona(new Persona(
            Persona.DEFAULT.retry(),
            Duration.ofSeconds(15),
            Persona.DEFAULT.sends(),
            Duration.ZERO))
        .withConnectionsPerSecond(2_000)
        .withLoad(new Load(Mode.DATA, 0, time, 0, Load.DEFAULT.payloadBytes(), PIPELINE));
    return LoadRun.run(fleet, gateway, options.loops());
  }
}
