package io.m2mgate.cli.bench;

import io.m2mgate.cli.bench.Figure.Goal;
import io.m2mgate.cli.simulate.FleetOptions;
import io.m2mgate.cli.simulate.FleetOptions.Load;
import io.m2mgate.cli.simulate.FleetOptions.Mode;
import io.m2mgate.cli.simulate.FleetOptions.Persona;
import io.m2mgate.cli.simulate.SecurityOptions;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * LOGOUT, LOGIN and the trap that confirms it, one after the other over standing connections, as fast as they are answered: in clear,
 * and with the proof of a base key, its session key and bodies under it. Plain, keys, plain, keys. One thread.
 */
final class Logins {
  /** The gateway is not to hold logins back by rate while they are measured. */
  static final String UNLIMITED = "admission.loginsPerSecond=1000000";

  private static final int TERMINALS = 500;
  private static final Duration WARM = Duration.ofSeconds(4);

  private Logins() {}

  static List<Figure> measure(BenchOptions options, Subject gateway) throws IOException {
    var plain = new Rounds();
    var keys = new Rounds();
    round(options, gateway, "BENCHL", SecurityOptions.NONE, WARM);
    round(options, gateway, "BENCHK", SecurityOptions.NONE.encrypting(), WARM);
    double[] shares = new double[options.rounds()];
    for (int i = 0; i < options.rounds(); i++) {
      plain.add(round(options, gateway, "BENCHL", SecurityOptions.NONE, options.time()));
      keys.add(
          round(options, gateway, "BENCHK", SecurityOptions.NONE.encrypting(), options.time()));
      shares[i] = keys.at(i).acknowledgedPerSecond() / plain.at(i).acknowledgedPerSecond();
    }
    List<Figure> figures = new ArrayList<>();
    figures.add(Figure.of(
        "login.rate",
        "LOGIN, trap and LOGOUT, 500 terminals",
        plain.median(LoadRun.Result::acknowledgedPerSecond),
        "/s"));
    figures.addAll(more("login.", plain, gateway));
    figures.add(Figure.of(
        "login.keys.rate",
        "the same with session keys",
        keys.median(LoadRun.Result::acknowledgedPerSecond),
        "/s"));
    figures.add(Figure.of(
        "login.keys.share", "  share of the plain rate", Rounds.median(shares) * 100, "%"));
    figures.addAll(more("login.keys.", keys, gateway));
    return figures;
  }

  private static List<Figure> more(String key, Rounds rounds, Subject gateway) {
    List<Figure> figures = new ArrayList<>(List.of(
        Figure.of(key + "noise", "  spread of the rounds", rounds.spread() * 100, "%"),
        Figure.of(key + "unanswered", "  unanswered", rounds.unanswered(), "", Goal.atMost(0)),
        Figure.of(
            key + "unclean",
            "  rounds with a refused login or a missing key",
            rounds.clean() ? 0 : 1,
            "",
            Goal.atMost(0))));
    if (gateway.child().isPresent()) {
      figures.addAll(Costs.of(key, rounds));
    }
    return figures;
  }

  private static LoadRun.Result round(
      BenchOptions options, Subject gateway, String app, SecurityOptions security, Duration time)
      throws IOException {
    FleetOptions fleet = FleetOptions.of(gateway.target())
        .withApp(app)
        .withTerminals(TERMINALS)
        .withPersona(new Persona(
            Persona.DEFAULT.retry(),
            Duration.ofSeconds(15),
            Persona.DEFAULT.sends(),
            Duration.ZERO))
        .withConnectionsPerSecond(2_000)
        .withSecurity(security)
        .withLoad(new Load(Mode.LOGIN, 0, time, 0, Load.DEFAULT.payloadBytes(), 1));
    return LoadRun.run(fleet, gateway, options.loops());
  }
}
