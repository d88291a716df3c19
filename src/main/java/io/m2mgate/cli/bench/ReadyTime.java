package io.m2mgate.cli.bench;

import io.m2mgate.cli.bench.Figure.Goal;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** From the start of the process to its ready line: on an empty directory, and on one that was used before. One thread. */
final class ReadyTime {
  private static final double MUST_FIRST = 3;
  private static final double MUST_WARM = 1.5;

  private ReadyTime() {}

  static List<Figure> measure(BenchOptions options) throws IOException {
    double[] first = new double[options.rounds()];
    double[] warm = new double[options.rounds()];
    for (int i = 0; i < options.rounds(); i++) {
      Path home = Subject.temporaryHome();
      try {
        first[i] = once(home, options);
        warm[i] = once(home, options);
      } finally {
        Subject.delete(home);
      }
    }
    return List.of(
        Figure.of(
            "ready.first",
            "ready, first start on an empty directory",
            Rounds.median(first) / 1e3,
            "s",
            Goal.atMost(MUST_FIRST)),
        Figure.of(
            "ready.warm",
            "ready, later start",
            Rounds.median(warm) / 1e3,
            "s",
            Goal.atMost(MUST_WARM)));
  }

  private static double once(Path home, BenchOptions options) throws IOException {
    try (Subject gateway = Subject.gateway(home, options)) {
      return gateway.readyMillis();
    }
  }
}
