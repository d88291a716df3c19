package io.m2mgate.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.m2mgate.peer.GatewayProcess;
import io.m2mgate.store.PostgresServer;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A fleet sends while the gateway is killed again and again; the ledger must balance. */
@Tag("alone")
class KillIT {
  private static final long SEED = Long.getLong("m2mgate.seed", 20_260_101L);
  private static final int TERMINALS = 40;

  // Verifies that killing the gateway loses no acknowledged
  // reading and no session, doubles none, and keeps order.
  @Test
  void losesNothingWhenKilled() {
    killWhileSending(6, SEED, "SQLite");
  }

  // Verifies that the same holds on PostgreSQL, whose commits a kill can leave without an answer.
  @Test
  void losesNothingOnPostgres() {
    killWhileSending(3, SEED + 2, "PostgreSQL", "store.url=" + PostgresServer.freshUrl());
  }

  // Verifies the same over a hundred kills.
  @Test
  @Tag("long")
  void losesNothingWhenKilledAHundredTimes() {
    killWhileSending(100, SEED + 1, "SQLite");
  }

  // Verifies the same over many kills on PostgreSQL.
  @Test
  @Tag("long")
  void losesNothingOnPostgresForLong() {
    killWhileSending(40, SEED + 3, "PostgreSQL", "store.url=" + PostgresServer.freshUrl());
  }

  private static void killWhileSending(int kills, long seed, String engine, String... settings) {
    var random = new SplittableRandom(seed);
    // GIVEN terminals of both retry habits that send as fast as they are answered
    try (GatewayProcess gateway = GatewayProcess.start(settings);
        Ordeal ordeal = Ordeal.of(Ordeal.eager(gateway, TERMINALS))) {
      for (int i = 0; i < kills; i++) {
        // WHEN the gateway is killed after a random number
        // of further acknowledgements, and started again
        ordeal.awaitFurther(random.nextInt(20, 2_000));
        gateway.kill().restart();
      }
      ordeal.awaitFurther(200);
      // THEN the ledger balances, and nobody was refused
      var report = ordeal.balance("kills of the gateway", engine, kills, "seed " + seed);
      assertThat(report.refused()).isEmpty();
      assertThat(report.reconnects()).isGreaterThanOrEqualTo(TERMINALS);
    }
  }
}
