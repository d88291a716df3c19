package io.m2mgate.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.m2mgate.peer.Await;
import io.m2mgate.peer.GatewayProcess;
import io.m2mgate.store.PostgresServer;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A gateway that is stopped by SIGSTOP while a fleet sends, and goes on as if nothing had been. */
@Tag("alone")
class FreezeIT {
  private static final int TERMINALS = 200;

  // Verifies that after a freeze nothing is missing,
  // sessions and connections are the same, and nobody has to come back.
  @Test
  void goesOnAfterAFreeze() {
    freeze(5, "SQLite");
  }

  // Verifies the same for twenty seconds, in which terminals repeat what they have open.
  @Test
  @Tag("long")
  void goesOnAfterALongFreeze() {
    freeze(20, "SQLite");
  }

  // Verifies the same where the database sees its client fall silent.
  @Test
  @Tag("long")
  void goesOnAfterALongFreezeOnPostgres() {
    freeze(20, "PostgreSQL", "store.url=" + PostgresServer.freshUrl());
  }

  private static void freeze(int seconds, String engine, String... settings) {
    try (GatewayProcess gateway = GatewayProcess.start(settings);
        Ordeal ordeal = Ordeal.of(
            Ordeal.eager(gateway, TERMINALS).withPersona(Ordeal.patient(seconds > 10 ? 20 : 4)))) {
      ordeal.awaitFurther(1_000);
      // WHEN the gateway stands still for a while
      gateway.freeze();
      long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
      Await.until(
          "end of the freeze",
          Duration.ofSeconds(seconds + 5),
          () -> System.nanoTime() - until >= 0);
      long before = ordeal.now().acknowledged();
      gateway.thaw();
      long thawed = System.nanoTime();
      ordeal.until("an acknowledgement", () -> ordeal.now().acknowledged() > before);
      long millis = (System.nanoTime() - thawed) / 1_000_000;
      ordeal.awaitFurther(1_000);
      // THEN it goes on at once, with the connections it had
      var report = ordeal.balance(
          "gateway frozen for " + seconds + " s",
          engine,
          0,
          "first acknowledgement after " + millis + " ms");
      assertThat(millis).as("milliseconds to the first acknowledgement").isLessThan(15_000);
      assertThat(report.reconnects()).as("reconnects").isZero();
    }
  }
}
