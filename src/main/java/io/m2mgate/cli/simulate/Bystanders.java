package io.m2mgate.cli.simulate;

import org.HdrHistogram.Histogram;

/**
 * The exchanges of terminals that are not told of a package, or of all where all are told, before a rollout and beside it. Owned by the
 * event loop of its shard.
 */
final class Bystanders {
  private final int told;
  private final boolean counts;
  private final Histogram before = new Histogram(Shard.LONGEST_MICROS, 3);
  private final Histogram beside = new Histogram(Shard.LONGEST_MICROS, 3);
  private boolean begun;
  private boolean over;

  Bystanders(FleetOptions options) {
    int all = options.rollout().told(options.terminals());
    this.counts = all > 0;
    this.told = all < options.terminals() ? all : 0;
  }

  void rollout(boolean begins) {
    begun |= begins;
    over |= !begins;
  }

  void exchanged(int terminal, long micros) {
    if (counts && terminal >= told && !over) {
      (begun ? beside : before).recordValue(micros);
    }
  }

  /** Adds what was before, and what was beside it. */
  void addTo(Histogram first, Histogram second) {
    first.add(before);
    second.add(beside);
  }
}
