package io.m2mgate.ops;

import io.m2mgate.store.Reconciliation.Stage;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/** The reconciliations' figures. Safe for any thread. */
final class ReconcileFigures {

  private final AtomicLong open = new AtomicLong();
  private final Map<Stage, Counter> reached = new EnumMap<>(Stage.class);

  ReconcileFigures(MeterRegistry meters) {
    for (Stage stage : Stage.values()) {
      reached.put(
          stage,
          Counter.builder("m2mgate_reconciled_terminals")
              .description("Terminals of reconciliations, by the states that they reached")
              .tag("state", stage.text())
              .register(meters));
    }
    Gauge.builder("m2mgate_reconciliations_open", open, AtomicLong::get)
        .description("Reconciliations that have not ended")
        .strongReference(true)
        .register(meters);
  }

  void open(long count) {
    open.set(count);
  }

  void reached(Stage stage) {
    reached.get(stage).increment();
  }
}
