package io.m2mgate.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.m2mgate.cli.simulate.FleetOptions;
import io.m2mgate.cli.simulate.FleetOptions.Load;
import io.m2mgate.cli.simulate.FleetOptions.Mode;
import io.m2mgate.cli.simulate.FleetOptions.Persona;
import io.m2mgate.cli.simulate.FleetOptions.Retry;
import io.m2mgate.cli.simulate.FleetReport;
import io.m2mgate.peer.Await;
import io.m2mgate.peer.GatewayProcess;
import io.m2mgate.store.PostgresServer;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** One terminal that sends ten thousand readings a second beside a thousand that send one now and then. */
@Tag("long")
class LoudNeighbourIT {
  private static final int HEAP = 256;
  private static final int QUIET = 1_000;
  private static final double READINGS_OF_QUIET = 100;
  private static final int LOUD_RATE = 10_000;
  private static final int LOUD_IN_FLIGHT = 256;
  private static final Duration LOUD_FOR = Duration.ofSeconds(60);

  // Verifies that in a fixed heap both are served, with balanced ledgers, and reports what the many
  // feel of the one.
  @Test
  void servesBoth() {
    besideOneAnother("SQLite");
  }

  // Verifies the same on PostgreSQL.
  @Test
  void servesBothOnPostgres() {
    besideOneAnother("PostgreSQL", "store.url=" + PostgresServer.freshUrl());
  }

  private static void besideOneAnother(String engine, String... settings) {
    try (GatewayProcess gateway = GatewayProcess.startWithin(HEAP, settings)) {
      FleetReport alone;
      try (Ordeal quiet = Ordeal.of(quiet(gateway))) {
        quiet.awaitFurther(2_000);
        alone = quiet.balance("1000 terminals alone", engine, 0, "100 readings a second");
      }
      // WHEN one sends without waiting for its answers beside the same thousand
      try (Ordeal quiet = Ordeal.of(quiet(gateway));
          Ordeal loud = Ordeal.of(loud(gateway))) {
        long end = System.nanoTime() + LOUD_FOR.toNanos();
        Await.until("end of the noise", LOUD_FOR.multipliedBy(2), () -> System.nanoTime() > end);
        long resident = gateway.residentMegabytes();
        // THEN all are answered
        FleetReport noise = loud.balance("one terminal at full speed", engine, 0, "beside 1,000");
        FleetReport beside = quiet.balance("1000 terminals beside it", engine, 0, "the same");
        System.out.printf(
            "one terminal sent %,.0f readings a second; p50 and p99 of the others %.1f and %.1f ms"
                + " alone, %.1f and %.1f ms beside it; resident %d MB%n",
            noise.exchangesPerSecond(),
            alone.exchange().p50() / 1e3,
            alone.exchange().p99() / 1e3,
            beside.exchange().p50() / 1e3,
            beside.exchange().p99() / 1e3,
            resident);
        assertThat(resident).isLessThan(4L * HEAP);
      }
    }
  }

  private static FleetOptions quiet(GatewayProcess gateway) {
    return Ordeal.eager(gateway, QUIET)
        .withLoad(new Load(Mode.DATA, READINGS_OF_QUIET, Duration.ZERO, 0, 67, 1))
        .withPersona(Ordeal.patient(20));
  }

  /** It never repeats: what is so far behind its own newest reading is taken for a replay. */
  private static FleetOptions loud(GatewayProcess gateway) {
    return Ordeal.eager(gateway, 1)
        .withApp("LOUD")
        .withLoad(new Load(Mode.DATA, LOUD_RATE, Duration.ZERO, 0, 67, LOUD_IN_FLIGHT))
        .withPersona(new Persona(Retry.SAME, Duration.ofMinutes(5), 3, Duration.ofSeconds(1)));
  }
}
