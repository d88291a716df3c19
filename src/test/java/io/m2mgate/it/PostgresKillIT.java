package io.m2mgate.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.m2mgate.peer.GatewayProcess;
import io.m2mgate.store.PostgresInstance;
import java.nio.file.Path;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A fleet sends while its database, or database and gateway, are killed; the ledger must balance. */
@Tag("alone")
class PostgresKillIT {
  private static final long SEED = Long.getLong("m2mgate.seed", 20_260_102L);
  private static final int TERMINALS = 40;

  @TempDir
  Path directory;

  // Verifies that killing PostgreSQL loses no acknowledged
  // reading and no session, doubles none, and keeps order.
  @Test
  void losesNothingWhenTheDatabaseIsKilled() {
    kill(2, false);
  }

  // Verifies that the same holds when the gateway is killed together with its database.
  @Test
  void losesNothingWhenBothAreKilled() {
    kill(1, true);
  }

  // Verifies the same over twenty kills.
  @Test
  @Tag("long")
  void losesNothingWhenTheDatabaseIsKilledTwentyTimes() {
    kill(20, false);
  }

  // Verifies the same over ten kills of both.
  @Test
  @Tag("long")
  void losesNothingWhenBothAreKilledTenTimes() {
    kill(10, true);
  }

  private void kill(int kills, boolean gatewayToo) {
    var random = new SplittableRandom(SEED);
    try (PostgresInstance database = PostgresInstance.in(directory);
        GatewayProcess gateway = GatewayProcess.start("store.url=" + database.url());
        Ordeal ordeal = Ordeal.of(Ordeal.eager(gateway, TERMINALS))) {
      for (int i = 0; i < kills; i++) {
        // WHEN the database is killed after a random number of
        // further acknowledgements, and started again on the same data
        ordeal.awaitFurther(random.nextInt(20, 2_000));
        if (gatewayToo && random.nextBoolean()) {
          gateway.kill();
          database.kill();
        } else {
          database.kill();
        }
        if (gatewayToo) {
          gateway.kill();
        }
        database.restart();
        if (gatewayToo) {
          gateway.restart();
        }
      }
      ordeal.awaitFurther(200);
      // THEN the ledger balances, and without a kill of its own the gateway keeps its connections
      String what = "kills of " + (gatewayToo ? "gateway and PostgreSQL" : "PostgreSQL");
      var report =
          ordeal.balance(what, "PostgreSQL", gatewayToo ? 2 * kills : kills, "seed " + SEED);
      if (!gatewayToo) {
        assertThat(report.reconnects()).as("reconnects").isZero();
      }
    }
  }
}
