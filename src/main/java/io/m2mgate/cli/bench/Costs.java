package io.m2mgate.cli.bench;

import java.util.List;

/** What one exchange costs the process that serves it. Stateless. */
final class Costs {
  private Costs() {}

  static List<Figure> of(String key, Rounds rounds) {
    return List.of(
        Figure.of(
            key + "cpu",
            "  CPU of the gateway",
            rounds.median(LoadRun.Result::cpuMicros),
            "µs/msg"),
        Figure.of(
            key + "allocated",
            "  allocated by the gateway",
            rounds.median(LoadRun.Result::allocatedBytes),
            "B/msg"));
  }
}
