package io.m2mgate.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.m2mgate.peer.Api;
import io.m2mgate.peer.Await;
import io.m2mgate.peer.Flow;
import io.m2mgate.peer.GatewayProcess;
import io.m2mgate.peer.Identity;
import io.m2mgate.peer.LedgerBook;
import io.m2mgate.peer.LedgerBook.Balance;
import io.m2mgate.peer.WebhookDesk;
import io.m2mgate.peer.WebhookReceiver;
import io.m2mgate.peer.WebhookReceiver.Hit;
import io.m2mgate.store.PostgresServer;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A receiver or the gateway is killed again and again while events are posted; every event arrives, in order. */
@Tag("alone")
class WebhookKillIT {
  private static final long SEED = Long.getLong("m2mgate.seed", 20_260_101L);
  private static final String APP = "EC01";
  private static final String NAME = "orders";
  private static final int TERMINALS = 8;
  private static final int WINDOW = 100;
  private static final Duration PATIENCE = Duration.ofSeconds(120);
  private static final String[] SETTINGS = {
    "webhooks.firstBackoffMillis=20",
    "webhooks.maxBackoffSeconds=1",
    "webhooks.responseMillis=1000",
    "webhooks.commitMillis=50",
    "webhooks.window=" + WINDOW
  };

  // Verifies that a receiver that is killed or stands still at random points gets every event.
  @Test
  void reachesAReceiverThatDies() throws Exception {
    receiverDies(12, SEED);
  }

  // Verifies the same over a hundred times.
  @Test
  @Tag("long")
  void reachesAReceiverThatDiesAHundredTimes() throws Exception {
    receiverDies(100, SEED + 1);
  }

  // Verifies that killing the gateway loses no event of a webhook.
  @Test
  void goesOnWhenTheGatewayDies() throws Exception {
    gatewayDies(2, SEED + 2, "SQLite");
  }

  // Verifies the same over many kills.
  @Test
  @Tag("long")
  void goesOnWhenTheGatewayDiesOften() throws Exception {
    gatewayDies(40, SEED + 3, "SQLite");
  }

  // Verifies the same on PostgreSQL.
  @Test
  @Tag("long")
  void goesOnWhenTheGatewayDiesOnPostgres() throws Exception {
    gatewayDies(10, SEED + 4, "PostgreSQL", "store.url=" + PostgresServer.freshUrl());
  }

  private static GatewayProcess gateway(String... more) {
    var settings = new java.util.ArrayList<>(java.util.List.of(SETTINGS));
    settings.addAll(java.util.List.of(more));
    return GatewayProcess.start(settings.toArray(String[]::new));
  }

  private static void receiverDies(int times, long seed) throws Exception {
    var random = new SplittableRandom(seed);
    try (GatewayProcess gateway = gateway();
        WebhookReceiver receiver = WebhookReceiver.start()) {
      Api admin = gateway.api();
      var desk = new WebhookDesk(admin.createApplication(APP));
      desk.create(NAME, receiver, body -> {});
      try (var flow = new Flow(
          TERMINALS,
          60,
          APP,
          () -> gateway.terminal(admin.createTerminal(Identity.fresh(), APP)).login())) {
        for (int i = 0; i < times; i++) {
          // GIVEN events that arrive
          receiver.await(receiver.hits().size() + random.nextInt(1, 100), PATIENCE, any -> true);
          // WHEN the receiver dies, or stands still, while more events come
          boolean dies = random.nextBoolean();
          long enough = flow.acknowledged() + random.nextInt(1, 200);
          if (dies) {
            receiver.kill();
          } else {
            receiver.stall();
          }
          Await.until("more readings", PATIENCE, () -> flow.acknowledged() >= enough);
          if (dies) {
            receiver.restart();
          } else {
            receiver.goOn();
          }
        }
        flow.stop();
      }
      // THEN all of them arrived
      judge("kills of a receiver", "SQLite", times, desk, receiver);
    }
  }

  private static void gatewayDies(int kills, long seed, String engine, String... settings)
      throws Exception {
    var random = new SplittableRandom(seed);
    try (GatewayProcess gateway = gateway(settings);
        WebhookReceiver receiver = WebhookReceiver.start()) {
      // GIVEN a fleet that sends as fast as it is answered, and goes on when the gateway is back
      var desk = new WebhookDesk(gateway.api().createApplication(APP));
      desk.create(NAME, receiver, body -> {});
      try (Ordeal ordeal = Ordeal.of(Ordeal.eager(gateway, TERMINALS).withApp(APP))) {
        for (int i = 0; i < kills; i++) {
          // WHEN the gateway is killed in the middle of it
          ordeal.awaitFurther(random.nextInt(20, 600));
          receiver.await(receiver.hits().size() + random.nextInt(1, 100), PATIENCE, any -> true);
          gateway.kill().restart();
        }
        ordeal.awaitFurther(50);
        ordeal.balance("kills of the gateway beside a webhook", engine, kills, "seed " + seed);
      }
      // THEN all of it arrives
      judge("kills of the gateway, webhook", engine, kills, desk, receiver);
    }
  }

  private static void judge(
      String what, String engine, int kills, WebhookDesk desk, WebhookReceiver receiver) {
    JsonNode end = Await.value(
        "no lag",
        PATIENCE,
        () -> java.util.Optional.of(desk.read(NAME)).filter(it -> it.path("lag").asLong() == 0));
    Set<String> log = new HashSet<>();
    long after = 0;
    for (JsonNode page = desk.api().pull(after, 0);
        !page.path("events").isEmpty();
        page = desk.api().pull(after, 0)) {
      page.path("events").forEach(event -> log.add(event.path("id").asText()));
      after = page.path("next").asLong();
    }
    Set<String> seen = new HashSet<>();
    Map<String, Long> last = new HashMap<>();
    long reordered = 0;
    long duplicates = 0;
    long newest = 0;
    long oldestAgain = 0;
    for (Hit hit : receiver.hits()) {
      JsonNode event = hit.event();
      long offset = event.path("offset").asLong();
      if (seen.add(event.path("id").asText())) {
        long tseq = event.path("tseq").asLong();
        reordered += last.merge(event.path("subject").asText(), tseq, Math::max) == tseq ? 0 : 1;
      } else {
        duplicates++;
        oldestAgain = Math.max(oldestAgain, newest - offset);
      }
      newest = Math.max(newest, offset);
    }
    var lost = new HashSet<>(log);
    lost.removeAll(seen);
    System.out.printf(
        "%s on %s: %d events, %d again, at most %d behind the newest, offset %d%n",
        what, engine, seen.size(), duplicates, oldestAgain, end.path("offset").asLong());
    LedgerBook.enter(
        new Balance(what, engine, kills, log.size(), seen.size(), lost.size(), 0, reordered));
    assertThat(lost).as("lost").isEmpty();
    assertThat(seen).as("delivered").isEqualTo(log);
    assertThat(reordered).as("out of order").isZero();
    // What was confirmed within the last commit or two comes again, beside what is in the window.
    assertThat(oldestAgain).as("behind the newest").isLessThan(4L * WINDOW);
  }
}
