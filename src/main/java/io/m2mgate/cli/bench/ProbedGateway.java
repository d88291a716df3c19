package io.m2mgate.cli.bench;

import io.m2mgate.cli.Main;

/** The gateway as {@code Main} runs it, with a probe beside it. The bench starts it as a process of its own. */
final class ProbedGateway {
  private ProbedGateway() {}

  public static void main(String[] args) {
    Probe.start();
    Main.main(args);
  }
}
