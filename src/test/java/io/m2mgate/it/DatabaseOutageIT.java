package io.m2mgate.it;

import static io.m2mgate.peer.PeerBytes.bytes;
import static org.assertj.core.api.Assertions.assertThat;

import io.m2mgate.cli.simulate.FleetOptions.Load;
import io.m2mgate.cli.simulate.FleetOptions.Mode;
import io.m2mgate.peer.Api;
import io.m2mgate.peer.GatewayProcess;
import io.m2mgate.peer.Identity;
import io.m2mgate.peer.PeerFrame;
import io.m2mgate.peer.PeerTerminal;
import io.m2mgate.store.PostgresInstance;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A database that is away for long under a fleet that sends: stopped, so that nobody listens, or frozen, so that nobody answers. */
@Tag("long")
class DatabaseOutageIT {
  private static final String APP = "EC01";
  /** Generous: a heartbeat's answer needs no store, a LOGOUT's half a second, the rest is the machine's. */
  private static final long ANSWER_MILLIS = 8_000;

  private static final long QUEUED_UNITS = 20_000;

  @TempDir
  Path directory;

  private long slowestBeat;
  private long slowestLogout;
  private double mostQueued;
  private double mostHeapMegabytes;

  /** How the database goes away, and how it comes back. */
  private enum Outage {
    STOPPED,
    FROZEN;

    void begin(PostgresInstance database) {
      if (this == STOPPED) {
        database.stop();
      } else {
        database.freeze();
      }
    }

    void end(PostgresInstance database) {
      if (this == STOPPED) {
        database.restart();
      } else {
        database.thaw();
      }
    }
  }

  // Verifies that a stopped database costs no session, no false
  // acknowledgement and no restart, and that heartbeats and LOGOUTs are answered.
  @Test
  void outlastsAStop() {
    outlast(Outage.STOPPED, 200, 10, 2);
  }

  // Verifies the same of a database that keeps its connections and does not answer.
  @Test
  void outlastsAFreeze() {
    outlast(Outage.FROZEN, 200, 10, 2);
  }

  // Verifies the same for longer than the gateway waits for an answer of its database.
  @Test
  void outlastsAFreezeBeyondItsOwnPatience() {
    outlast(Outage.FROZEN, 200, 60, 15);
  }

  // Verifies the same over five minutes and two thousand terminals.
  @Test
  void outlastsALongStop() {
    outlast(Outage.STOPPED, 2_000, 300, 20);
  }

  // Verifies the same of two minutes without an answer.
  @Test
  void outlastsALongFreeze() {
    outlast(Outage.FROZEN, 2_000, 120, 20);
  }

  private void outlast(Outage outage, int terminals, int seconds, int repeatSeconds) {
    try (PostgresInstance database = PostgresInstance.in(directory);
        GatewayProcess gateway = GatewayProcess.start("store.url=" + database.url());
        Ordeal ordeal = Ordeal.of(Ordeal.eager(gateway, terminals)
            .withLoad(new Load(Mode.DATA, terminals / 4.0, Duration.ZERO, 0, 67, 1))
            .withPersona(Ordeal.patient(repeatSeconds)))) {
      Api admin = gateway.api();
      admin.createApplication(APP);
      List<PeerTerminal> others = IntStream.range(0, 20)
          .mapToObj(
              i -> gateway.terminal(admin.createTerminal(Identity.fresh(), APP)).login())
          .toList();
      double loginsBefore = figure(admin, "m2mgate_answers_total{command=\"LOGIN\"");
      // WHEN the database is away
      outage.begin(database);
      long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
      refusesTheThirdCopy(others.get(0));
      long during = ordeal.now().acknowledged();
      probe(admin, others, end);
      // THEN nothing was acknowledged, and nobody had to come back
      assertThat(ordeal.now().acknowledged()).as("acknowledged meanwhile").isEqualTo(during);
      assertThat(ordeal.now().refused()).as("refused at the third copy").isPositive();
      assertThat(ordeal.now().online()).as("online").isEqualTo(terminals);
      assertThat(admin.get("/health/ready").status()).isEqualTo(503);
      assertThat(figure(admin, "m2mgate_answers_total{command=\"LOGIN\"")).isEqualTo(loginsBefore);
      // WHEN it is back THEN the gateway goes on by itself, and the ledger balances
      outage.end(database);
      long back = System.nanoTime();
      ordeal.until("an acknowledgement", () -> ordeal.now().acknowledged() > during);
      long millis = (System.nanoTime() - back) / 1_000_000;
      ordeal.awaitFurther(terminals);
      others.forEach(PeerTerminal::close);
      var what = String.format(
          "PostgreSQL %s for %d s under %d terminals",
          outage.name().toLowerCase(Locale.ROOT), seconds, terminals);
      var remarks = String.format(
          "slowest beat %d ms, slowest LOGOUT %d ms, most queued %.0f, most heap %.0f MB, first"
              + " acknowledgement after %d ms",
          slowestBeat, slowestLogout, mostQueued, mostHeapMegabytes, millis);
      var report = ordeal.balance(what, "PostgreSQL", 0, remarks);
      assertThat(millis).as("milliseconds to recover").isLessThan(60_000);
      assertThat(report.reconnects()).as("reconnects").isZero();
    }
  }

  /** Beats and LOGOUTs until the time is up; the first terminal stays. */
  private void probe(Api admin, List<PeerTerminal> others, long end) {
    var staying = new ArrayList<>(others);
    for (int round = 0; System.nanoTime() - end < 0; round++) {
      PeerTerminal one = staying.get(round % staying.size());
      slowestBeat = Math.max(slowestBeat, millis(one::heartbeat));
      if (staying.size() > 1 && round % 4 == 3) {
        PeerTerminal leaver = staying.remove(staying.size() - 1);
        byte[] logout = leaver.signed(PeerTerminal.LOGOUT, bytes().u8(0).toArray());
        slowestLogout = Math.max(slowestLogout, millis(() -> leaver.exchange(logout)));
      }
      mostQueued = Math.max(mostQueued, figure(admin, "m2mgate_store_units_queued"));
      mostHeapMegabytes = Math.max(
          mostHeapMegabytes, figure(admin, "jvm_memory_used_bytes{area=\"heap\"") / (1 << 20));
      one.link().expectSilence();
    }
    assertThat(slowestBeat).as("milliseconds to a heartbeat's answer").isLessThan(ANSWER_MILLIS);
    assertThat(slowestLogout).as("milliseconds to a LOGOUT's answer").isLessThan(ANSWER_MILLIS);
    assertThat(mostQueued).as("units in the journal's queue").isLessThan(QUEUED_UNITS);
  }

  private static long millis(Runnable exchange) {
    long began = System.nanoTime();
    exchange.run();
    return (System.nanoTime() - began) / 1_000_000;
  }

  /** The sum over the lines that start so. */
  private static double figure(Api admin, String start) {
    return admin
        .metrics()
        .lines()
        .filter(line -> line.startsWith(start))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
        .sum();
  }

  /** Copies a little apart, as they come from a terminal and not from a line that was held up. */
  private static void refusesTheThirdCopy(PeerTerminal terminal) {
    byte[] reading = terminal.signed(
        PeerTerminal.DATA, PeerTerminal.dataBody(APP, "away".getBytes(StandardCharsets.US_ASCII)));
    Duration apart = Duration.ofMillis(1_200);
    for (int copy = 1; copy <= 2; copy++) {
      Optional<PeerFrame> answer = terminal.link().write(reading).read(apart);
      assertThat(answer).as("answer to copy %s", copy).isEmpty();
    }
    assertThat(terminal.exchange(reading).result())
        .as("answer to the third copy")
        .isEqualTo(3);
  }
}
