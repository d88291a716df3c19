package io.m2mgate.cli.bench;

import io.m2mgate.cli.bench.Figure.Goal;
import io.m2mgate.cli.simulate.Bearer;
import io.m2mgate.cli.simulate.BearerOptions;
import io.m2mgate.cli.simulate.FleetOptions;
import io.m2mgate.cli.simulate.FleetOptions.Finish;
import io.m2mgate.cli.simulate.FleetOptions.Load;
import io.m2mgate.cli.simulate.FleetOptions.Mode;
import io.m2mgate.cli.simulate.FleetOptions.Persona;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Signed empty CONFIG_TRAPs of 48 bytes, answered from memory, beside a raw echo of the same frames: echo, gateway, echo, gateway.
 * The load signs and verifies in both cases, so what it costs is on both sides of the ratio. One thread.
 */
final class Exchanges {
  private static final double MUST = 0.65;
  private static final Duration WARM = Duration.ofSeconds(4);

  private final BenchOptions options;
  private final Subject gateway;
  private final Subject echo;
  private final Bearer bearer;

  /** How the terminals ask: how many there are, and how many exchanges each has open. */
  private record Shape(String key, String text, int terminals, int pipeline) {}

  private static final List<Shape> SHAPES = List.of(
      new Shape("pipelined", "100 terminals, 16 exchanges at a time", 100, 16),
      new Shape("single", "1,000 terminals, one exchange at a time", 1_000, 1));

  private Exchanges(BenchOptions options, Subject gateway, Subject echo, Bearer bearer) {
    this.bearer = bearer;
    this.options = options;
    this.gateway = gateway;
    this.echo = echo;
  }

  static List<Figure> measure(BenchOptions options, Subject gateway, Subject echo, Bearer bearer)
      throws IOException {
    List<Figure> figures = new ArrayList<>();
    for (Shape shape : SHAPES) {
      figures.addAll(new Exchanges(options, gateway, echo, bearer).measure(shape));
    }
    return figures;
  }

  private List<Figure> measure(Shape shape) throws IOException {
    Rounds raw = new Rounds();
    Rounds ours = new Rounds();
    round(shape, Mode.ECHO, echo, WARM);
    round(shape, Mode.TRAP, gateway, WARM);
    double[] ratios = new double[options.rounds()];
    for (int i = 0; i < options.rounds(); i++) {
      raw.add(round(shape, Mode.ECHO, echo, options.time()));
      ours.add(round(shape, Mode.TRAP, gateway, options.time()));
      ratios[i] = ours.at(i).acknowledgedPerSecond() / raw.at(i).acknowledgedPerSecond();
    }
    boolean datagrams = bearer == Bearer.UDP;
    String key = (datagrams ? "udp." : "") + "exchange." + shape.key() + ".";
    String over = datagrams ? " over UDP: to raw UDP echo" : ": to raw echo";
    Goal goal = shape.pipeline() == 1 && !datagrams ? Goal.atLeast(MUST) : Goal.NONE;
    List<Figure> figures = new ArrayList<>(List.of(
        Figure.of(key + "ratio", shape.text() + over, Rounds.median(ratios), "", goal),
        Figure.of(
            key + "rate", "  gateway", ours.median(LoadRun.Result::acknowledgedPerSecond), "/s"),
        Figure.of(
            key + "echo", "  raw echo", raw.median(LoadRun.Result::acknowledgedPerSecond), "/s"),
        Figure.of(key + "noise", "  spread of the echo rounds", raw.spread() * 100, "%"),
        Figure.of(key + "unanswered", "  unanswered", ours.unanswered(), "", Goal.atMost(0))));
    if (gateway.child().isPresent()) {
      figures.addAll(Costs.of(key, ours));
      figures.add(Figure.of(
          key + "echo.cpu", "  CPU of the echo", raw.median(LoadRun.Result::cpuMicros), "µs/msg"));
    }
    return figures;
  }

  private LoadRun.Result round(Shape shape, Mode mode, Subject subject, Duration time)
      throws IOException {
    FleetOptions fleet = FleetOptions.of(subject.target())
        .withApp("BENCHX")
        .withTerminals(shape.terminals())
        .withPersona(new Persona(
            Persona.DEFAULT.retry(),
            Duration.ofSeconds(15),
            Persona.DEFAULT.sends(),
            Duration.ZERO))
        .withBearers(BearerOptions.TCP.over(bearer))
        .withConnectionsPerSecond(2_000)
        .withLoad(new Load(mode, 0, time, 0, Load.DEFAULT.payloadBytes(), shape.pipeline()))
        .withFinish(Finish.DEFAULT);
    return LoadRun.run(fleet, subject, options.loops());
  }
}
