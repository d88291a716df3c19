package io.m2mgate.it;

import static io.m2mgate.peer.PeerBytes.bytes;
import static org.assertj.core.api.Assertions.assertThat;

import io.m2mgate.peer.Api;
import io.m2mgate.peer.Await;
import io.m2mgate.peer.GatewayProcess;
import io.m2mgate.peer.Identity;
import io.m2mgate.peer.PeerFrame;
import io.m2mgate.peer.PeerTerminal;
import io.m2mgate.peer.SmallDisk;
import io.m2mgate.store.PostgresInstance;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A store on a file system that is filled to its last byte while a fleet sends, and has room again. */
@Tag("long")
class FullDiskIT {
  private static final String APP = "EC01";
  private static final int TERMINALS = 20;
  private static final long MOST_TAKEN = 500;
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @TempDir
  Path directory;

  // Verifies that a full disk acknowledges nothing falsely, refuses at the third copy and not
  // before, answers heartbeats and
  // LOGOUTs, is told by /health/ready, and ends without a restart when there is room.
  @Test
  void refusesWhileTheDiskIsFull() {
    try (SmallDisk disk = SmallDisk.mount(directory, 48);
        GatewayProcess gateway = GatewayProcess.startIn(directory.resolve("gateway"));
        Ordeal ordeal =
            Ordeal.of(Ordeal.eager(gateway, TERMINALS).withPersona(Ordeal.patient(2)))) {
      Api app = gateway.api().createApplication(APP);
      PeerTerminal reader = loggedIn(gateway);
      PeerTerminal leaver = loggedIn(gateway);
      // WHEN the disk is filled THEN that is told, and readings are refused
      disk.fill();
      Await.until("503 for the store", PATIENCE, () -> {
        var ready = gateway.api().get("/health/ready");
        return ready.status() == 503
            && ready.json().path("parts").path("store").asText().equals("down");
      });
      long taken = refusesTheThirdCopy(reader);
      reader.heartbeat();
      leaver.exchange(leaver.signed(PeerTerminal.LOGOUT, bytes().u8(0).toArray()));
      ordeal.until("refusals", () -> ordeal.now().refused() >= TERMINALS);
      // WHEN there is room again THEN the gateway goes on by itself
      disk.free();
      long freed = System.nanoTime();
      long atFull = ordeal.now().acknowledged();
      ordeal.until("an acknowledgement", () -> ordeal.now().acknowledged() > atFull);
      long millis = (System.nanoTime() - freed) / 1_000_000;
      Await.until("ready", PATIENCE, () -> gateway.api().get("/health/ready").status() == 200);
      ordeal.awaitFurther(500);
      var report =
          ordeal.balance("full disk", "SQLite", 0, "first acknowledgement after " + millis + " ms");
      assertThat(report.reconnects()).as("reconnects").isZero();
      assertThat(app.readings((int) taken, reader.who()).size())
          .as("readings in the log, %s of them acknowledged", taken)
          .isBetween((int) taken, (int) taken + 1);
    }
  }

  // Verifies that a full disk of PostgreSQL, which may end it, is outlasted by the gateway just so.
  @Test
  void refusesWhileTheDiskOfPostgresIsFull() {
    try (SmallDisk disk = SmallDisk.mount(directory, 192);
        PostgresInstance database = PostgresInstance.in(directory);
        GatewayProcess gateway = GatewayProcess.start("store.url=" + database.url());
        Ordeal ordeal =
            Ordeal.of(Ordeal.eager(gateway, TERMINALS).withPersona(Ordeal.patient(2)))) {
      gateway.api().createApplication(APP);
      PeerTerminal reader = loggedIn(gateway);
      PeerTerminal leaver = loggedIn(gateway);
      // WHEN the disk is filled THEN readings are refused, and what needs no store is answered
      disk.fill();
      ordeal.until("refusals", () -> ordeal.now().refused() >= TERMINALS);
      reader.heartbeat();
      leaver.exchange(leaver.signed(PeerTerminal.LOGOUT, bytes().u8(0).toArray()));
      // WHEN there is room again, and the database is there THEN the gateway goes on by itself
      disk.free();
      long freed = System.nanoTime();
      long atFull = ordeal.now().acknowledged();
      ordeal.until("an acknowledgement", () -> {
        if (!database.alive()) {
          database.restart();
        }
        return ordeal.now().acknowledged() > atFull;
      });
      long millis = (System.nanoTime() - freed) / 1_000_000;
      Await.until("ready", PATIENCE, () -> gateway.api().get("/health/ready").status() == 200);
      ordeal.awaitFurther(500);
      var report = ordeal.balance(
          "full disk", "PostgreSQL", 0, "first acknowledgement after " + millis + " ms");
      assertThat(report.reconnects()).as("reconnects").isZero();
    }
  }

  private static PeerTerminal loggedIn(GatewayProcess gateway) {
    return gateway.terminal(gateway.api().createTerminal(Identity.fresh(), APP)).login();
  }

  /**
   * Sends readings until one is refused, at its third copy; gives how many were acknowledged before it. Its log may have room
   * of its own for some, and one that is refused may be there in the end: it is none of those.
   */
  private static long refusesTheThirdCopy(PeerTerminal terminal) {
    for (long taken = 0; taken < MOST_TAKEN; taken++) {
      byte[] reading = terminal.signed(
          PeerTerminal.DATA,
          PeerTerminal.dataBody(APP, ("full " + taken).getBytes(StandardCharsets.US_ASCII)));
      Optional<PeerFrame> answer = Optional.empty();
      int copy = 0;
      while (answer.isEmpty() && ++copy < 3) {
        answer = terminal.link().write(reading).read(Duration.ofMillis(1_200));
      }
      int result = answer.orElseGet(() -> terminal.exchange(reading)).result();
      if (result != 0) {
        assertThat(result).as("answer").isEqualTo(3);
        assertThat(copy).as("refused copy").isEqualTo(3);
        return taken;
      }
    }
    throw new AssertionError("a full disk takes " + MOST_TAKEN + " readings");
  }
}
