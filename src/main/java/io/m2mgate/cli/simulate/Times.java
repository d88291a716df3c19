package io.m2mgate.cli.simulate;

import org.HdrHistogram.Histogram;

/** How long the answers to the terminals of one event loop took, in microseconds. Owned by that event loop. */
final class Times {
  private final Histogram exchanges = new Histogram(Shard.LONGEST_MICROS, 3);
  private final Histogram beats = new Histogram(Shard.LONGEST_MICROS, 3);
  private final Bystanders bystanders;

  Times(FleetOptions options) {
    this.bystanders = new Bystanders(options);
  }

  void exchanged(int terminal, Exchange exchange, long now) {
    long micros = micros(exchange, now);
    exchanges.recordValue(micros);
    bystanders.exchanged(terminal, micros);
  }

  void beaten(Exchange beat, long now) {
    beats.recordValue(micros(beat, now));
  }

  private static long micros(Exchange exchange, long now) {
    return Math.min((now - exchange.madeNanos) / 1_000, Shard.LONGEST_MICROS);
  }

  Histogram exchanges() {
    return exchanges;
  }

  /** Of beats while terminals came. */
  Histogram beats() {
    return beats;
  }

  Bystanders bystanders() {
    return bystanders;
  }
}
