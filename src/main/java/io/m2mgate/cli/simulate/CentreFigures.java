package io.m2mgate.cli.simulate;

import java.util.concurrent.atomic.LongAdder;

/** What became of the messages of a fleet. Any thread. */
final class CentreFigures {
  final LongAdder taken = new LongAdder();
  final LongAdder again = new LongAdder();
  final LongAdder given = new LongAdder();
  final LongAdder nobody = new LongAdder();
  final LongAdder strange = new LongAdder();
  final LongAdder tooLong = new LongAdder();
  final LongAdder full = new LongAdder();

  /** @param held messages that the gateway has not acknowledged */
  CentreReport report(long held) {
    return new CentreReport(
        taken.sum(),
        again.sum(),
        held,
        given.sum(),
        nobody.sum(),
        strange.sum(),
        tooLong.sum(),
        full.sum());
  }
}
