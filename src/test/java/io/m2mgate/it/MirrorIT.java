package io.m2mgate.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.m2mgate.cli.simulate.FleetOptions.Load;
import io.m2mgate.cli.simulate.FleetOptions.Mode;
import io.m2mgate.peer.Api;
import io.m2mgate.peer.Await;
import io.m2mgate.peer.BrokerTap;
import io.m2mgate.peer.GatewayProcess;
import io.m2mgate.peer.LedgerBook;
import io.m2mgate.peer.LedgerBook.Balance;
import io.m2mgate.peer.Mosquitto;
import io.m2mgate.peer.StallingProxy;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The mirror and a broker that comes and goes, while terminals send and the gateway is killed, too. */
class MirrorIT {
  private static final String APP = "SIM";
  private static final int WINDOW = 32;
  private static final int FURTHER = 80;
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @TempDir
  Path directory;

  private enum Outage {
    STOP,
    KILL,
    FREEZE,
    GATEWAY
  }

  // Verifies that every event reaches the broker, in order, and twice only what it had not
  // acknowledged.
  @Test
  void outlivesBroker() throws Exception {
    outages(5);
  }

  // Verifies the same over many outages.
  @Test
  @Tag("long")
  void outlivesBrokerManyTimes() throws Exception {
    outages(50);
  }

  private void outages(int count) throws Exception {
    var ledger = new MirrorLedger();
    try (Mosquitto broker = Mosquitto.open(directory);
        StallingProxy line = new StallingProxy(broker.port());
        GatewayProcess gateway = gateway(line.port())) {
      BrokerTap tap = tap(broker, ledger);
      try (Ordeal ordeal = Ordeal.of(
          Ordeal.eager(gateway, 4).withLoad(new Load(Mode.DATA, 400, Duration.ZERO, 0, 67, 2)))) {
        awaitFurther(ledger, gateway.api());
        for (int i = 0; i < count; i++) {
          Outage outage = Outage.values()[i % Outage.values().length];
          tap = happen(outage, broker, line, gateway, tap, ledger);
          awaitFurther(ledger, gateway.api());
          long furthest = ledger.furthest();
          if (outage != Outage.GATEWAY) {
            assertThat(furthest).as("told again after %s", outage).isLessThanOrEqualTo(WINDOW);
          }
        }
        ordeal.balance("broker of the mirror goes", "SQLite", count, ledger.rewinds() + " rewinds");
        expectAll(ledger, gateway.api(), count);
      } finally {
        tap.close();
      }
    }
  }

  private static GatewayProcess gateway(int port) {
    return GatewayProcess.start(
        "mirror.enabled=true",
        "mirror.url=mqtt://127.0.0.1:" + port,
        "mirror.from=oldest",
        "mirror.window=" + WINDOW,
        "mirror.keepAliveSeconds=1",
        "mirror.connectSeconds=5",
        "mirror.backoff.firstMillis=50",
        "mirror.backoff.maxSeconds=1");
  }

  private static BrokerTap tap(Mosquitto broker, MirrorLedger ledger) throws Exception {
    return BrokerTap.on(
        broker.port(), "m2m/v1/" + APP + "/evt/#", heard -> ledger.take(heard.body()));
  }

  private static BrokerTap happen(
      Outage outage,
      Mosquitto broker,
      StallingProxy line,
      GatewayProcess gateway,
      BrokerTap tap,
      MirrorLedger ledger)
      throws Exception {
    switch (outage) {
      case FREEZE -> {
        broker.freeze();
        awaitConnected(gateway.api(), 0);
        broker.thaw();
        return tap;
      }
      case GATEWAY -> {
        gateway.kill().restart();
        return tap;
      }
      default -> {
        line.stallAll();
        awaitHeard(tap, ledger);
        if (outage == Outage.KILL) {
          broker.kill();
        } else {
          broker.stop();
        }
        awaitConnected(gateway.api(), 0);
        // Who listens is there before who publishes.
        tap.close();
        broker.start();
        BrokerTap next = tap(broker, ledger);
        line.release();
        return next;
      }
    }
  }

  /** What the broker acknowledged so far was heard: a broker that dies keeps nothing for this listener, nor does its library. */
  private static void awaitHeard(BrokerTap tap, MirrorLedger ledger) throws Exception {
    int before = ledger.markers();
    tap.publish("m2m/v1/" + APP + "/evt/-/marker", "{\"" + MirrorLedger.MARKER + "\":true}", false);
    Await.until("the marker", PATIENCE, () -> ledger.markers() > before);
  }

  private static void awaitConnected(Api admin, int value) {
    Await.until(
        "mirror connected " + value,
        PATIENCE,
        () -> admin.metric("m2mgate_mirror_connected") == value);
    assertThat(admin.get("/health/ready").status()).isEqualTo(200);
  }

  /** Waits until the mirror is connected and so many further events have come. */
  private static void awaitFurther(MirrorLedger ledger, Api admin) {
    awaitConnected(admin, 1);
    long enough = ledger.newest() + FURTHER;
    Await.until("further events", PATIENCE, () -> ledger.newest() >= enough);
  }

  private static void expectAll(MirrorLedger ledger, Api admin, int kills) {
    long end = lastOffset(admin);
    Await.until("the log's end at the broker", PATIENCE, () -> ledger.newest() >= end);
    LedgerBook.enter(new Balance(
        "mirror to a broker that goes",
        "SQLite",
        kills,
        end,
        ledger.newest(),
        ledger.lost(),
        0,
        ledger.reordered()));
    System.out.printf(
        "mirror: %,d events, %,d told again in %d rewinds%n",
        ledger.newest(), ledger.repeated(), ledger.rewinds());
    assertThat(ledger.faults()).isEmpty();
    assertThat(ledger.newest()).isEqualTo(end);
    Await.until("no lag", PATIENCE, () -> admin.metric("m2mgate_tap_lag_max", "mirror") == 0);
  }

  private static long lastOffset(Api admin) {
    long after = 0;
    long next = -1;
    while (next != after) {
      after = Math.max(0, next);
      next = admin
          .get("/v1/events?app=" + APP + "&limit=1000&after=" + after)
          .json()
          .path("next")
          .asLong();
    }
    return next;
  }
}
