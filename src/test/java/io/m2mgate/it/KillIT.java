package io.m2mgate.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.m2mgate.cli.simulate.Fleet;
import io.m2mgate.cli.simulate.FleetOptions;
import io.m2mgate.cli.simulate.FleetOptions.Finish;
import io.m2mgate.cli.simulate.FleetOptions.Load;
import io.m2mgate.cli.simulate.FleetOptions.Mode;
import io.m2mgate.cli.simulate.FleetOptions.Persona;
import io.m2mgate.cli.simulate.FleetOptions.Retry;
import io.m2mgate.cli.simulate.FleetOptions.Target;
import io.m2mgate.cli.simulate.FleetReport;
import io.m2mgate.peer.Await;
import io.m2mgate.peer.GatewayProcess;
import io.m2mgate.store.PostgresServer;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A fleet sends while the gateway is killed again and again; the ledger must balance. */
class KillIT {
  private static final long SEED = Long.getLong("m2mgate.seed", 20_260_101L);
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final int TERMINALS = 40;

  // Verifies that killing the gateway loses no acknowledged
  // reading and no session, doubles none, and keeps order.
  @Test
  void losesNothingWhenKilled() throws Exception {
    killWhileSending(6, SEED);
  }

  // Verifies that the same holds on PostgreSQL, whose commits a kill can leave without an answer.
  @Test
  void losesNothingOnPostgres() throws Exception {
    killWhileSending(3, SEED + 2, "store.url=" + PostgresServer.freshUrl());
  }

  // Verifies the same over a hundred kills.
  @Test
  @Tag("long")
  void losesNothingWhenKilledAHundredTimes() throws Exception {
    killWhileSending(100, SEED + 1);
  }

  private static void killWhileSending(int kills, long seed, String... settings) throws Exception {
    var random = new SplittableRandom(seed);
    Vertx vertx = Vertx.vertx();
    try (GatewayProcess gateway = GatewayProcess.start(settings)) {
      // GIVEN terminals of both retry habits that send as fast as they are answered
      Fleet fleet = Fleet.start(vertx, options(gateway), 1);
      Await.until("readings delivered", PATIENCE, () -> fleet.progress().delivered() > 100);
      for (int i = 0; i < kills; i++) {
        // WHEN the gateway is killed after a random number
        // of further acknowledgements, and started again
        long enough = fleet.progress().acknowledged() + random.nextInt(20, 2_000);
        Await.until("acknowledgements before kill " + i, PATIENCE, () -> going(fleet, enough));
        gateway.kill().restart();
      }
      long enough = fleet.progress().acknowledged() + 200;
      Await.until("acknowledgements after the last kill", PATIENCE, () -> going(fleet, enough));
      fleet.stop();
      FleetReport report =
          fleet.report().toCompletionStage().toCompletableFuture().get(120, TimeUnit.SECONDS);
      // THEN the ledger balances
      assertThat(report.ledger().lost()).as("lost, seed %s", seed).isZero();
      assertThat(report.ledger().duplicatesUnmarked())
          .as("duplicated unmarked, seed %s", seed)
          .isZero();
      assertThat(report.ledger().reordered()).as("out of order, seed %s", seed).isZero();
      assertThat(report.sessionsLost()).as("sessions lost, seed %s", seed).isZero();
      assertThat(report.logins()).as("logins").isEqualTo(TERMINALS);
      assertThat(report.wrongDigests()).isZero();
      assertThat(report.unanswered()).isZero();
      assertThat(report.refused()).isEmpty();
      assertThat(report.reconnects()).isGreaterThanOrEqualTo(TERMINALS);
      System.out.printf(
          "%d kills: %,d acknowledged, %,d delivered, %,d repeated, %,d marked duplicates%n",
          kills,
          report.acknowledged(),
          report.ledger().delivered(),
          report.repeated(),
          report.ledger().duplicatesMarked());
    } finally {
      vertx.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
    }
  }

  private static FleetOptions options(GatewayProcess gateway) {
    return FleetOptions.of(
            new Target(gateway.terminals(), gateway.endpoint("http"), gateway.adminKey()))
        .withTerminals(TERMINALS)
        .withLoad(new Load(Mode.DATA, 0, Duration.ZERO, 0, 67, 2))
        .withPersona(new Persona(Retry.MIXED, Duration.ofSeconds(5), 3, Duration.ofSeconds(1)))
        .withFinish(new Finish(true, false, Duration.ofSeconds(20)));
  }

  private static boolean going(Fleet fleet, long acknowledged) {
    Optional.ofNullable(fleet.report().cause()).ifPresent(failure -> {
      throw new AssertionError("the fleet failed", failure);
    });
    return fleet.progress().acknowledged() >= acknowledged;
  }
}
