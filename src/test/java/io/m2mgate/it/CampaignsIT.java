package io.m2mgate.it;

import static io.m2mgate.peer.PeerUpgrades.FAILED;
import static io.m2mgate.peer.PeerUpgrades.TAKEN;
import static io.m2mgate.peer.PeerUpgrades.announcement;
import static io.m2mgate.peer.PeerUpgrades.answer;
import static io.m2mgate.peer.PeerUpgrades.request;
import static io.m2mgate.peer.PeerUpgrades.transaction;
import static io.m2mgate.peer.PeerUpgrades.url;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.m2mgate.peer.Api;
import io.m2mgate.peer.Await;
import io.m2mgate.peer.GatewayProcess;
import io.m2mgate.peer.Identity;
import io.m2mgate.peer.PeerTerminal;
import io.m2mgate.peer.PeerUpgrades;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Which terminals of a campaign begin, and what makes it go on, wait and end (5.3.8, 6.1.8). */
class CampaignsIT {
  private static final String APP = "EC01";
  private static final Duration A_MOMENT = Duration.ofMillis(20);

  private static GatewayProcess gateway;
  private static Api app;
  private static PeerUpgrades upgrades;

  @BeforeAll
  static void start() {
    gateway = GatewayProcess.start(
        "terminal.advertised.host=gw.example.net", "terminal.advertised.tcpPort=7001");
    app = gateway.api().createApplication(APP);
    upgrades = new PeerUpgrades(app);
  }

  @AfterAll
  static void stop() {
    gateway.closeClean();
  }

  private static Identity provisioned() {
    return gateway.api().createTerminal(Identity.fresh(), APP);
  }

  private static List<Identity> provisioned(int count) {
    List<Identity> all = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      all.add(provisioned());
    }
    return all;
  }

  private static PeerTerminal online(Identity who) {
    return gateway.terminal(who).login();
  }

  private static void group(ObjectNode request, int percent, int success) {
    request
        .withArray("groups")
        .addObject()
        .put("percent", percent)
        .put("successThreshold", success);
  }

  private static void takeBack(JsonNode item) {
    var answer = app.delete("/v1/commands/" + item.path("command").asText());
    assertThat(answer.status()).as(answer.body()).isEqualTo(200);
  }

  // Verifies the announcement byte for byte, that the next one of the terminal has another
  // transaction id, what the application is told, and that only an ended campaign can be removed.
  @Test
  void announces() {
    Identity who = provisioned();
    JsonNode its = upgrades.upload("bytes", "2.1");
    try (PeerTerminal terminal = online(who)) {
      String id = upgrades.start(request(its, who));
      // THEN the terminal is told where the file is
      var asked = answer(terminal, TAKEN);
      assertThat(url(asked))
          .isEqualTo("WMMP://gw.example.net:7001/" + its.path("id").asText()
              + "?TRANS_ID=00000001&FILE_SIZE=" + its.path("sizeBytes").asLong() + "&CRC16="
              + its.path("crc16").asText() + "&CRC32=" + its.path("crc32").asText()
              + "&VER_DSC=2.1");
      JsonNode item = upgrades.await(id, who, "notified");
      assertThat(item.path("transaction").asInt()).isEqualTo(1);
      assertThat(item.path("why").asText()).contains("has asked for nothing yet");
      assertThat(app.events(3, "m2m.upgrade.updated", who.serial()))
          .extracting(event -> event.path("data").path("state").asText())
          .containsExactly("queued", "sent", "notified");
      assertThat(app.delete("/v1/upgrades/" + id).status()).isEqualTo(409);
      // WHEN its command is taken back THEN it has ended, and so has the campaign
      takeBack(item);
      assertThat(upgrades.await(id, "finished").path("counts").path("cancelled").asInt())
          .isEqualTo(1);
      assertThat(app.delete("/v1/upgrades/" + id).status()).isEqualTo(204);
      assertThat(app.get("/v1/upgrades/" + id).status()).isEqualTo(404);
      // WHEN it is told anew THEN under another transaction
      upgrades.start(request(its, who));
      assertThat(transaction(answer(terminal, TAKEN))).isEqualTo(2);
    }
  }

  // Verifies that a campaign of which a fifth fails pauses and says why, that nobody begins then,
  // and that it goes on when it is told.
  @Test
  void pausesAtItsThreshold() {
    List<Identity> fleet = provisioned(50);
    List<PeerTerminal> terminals = fleet.stream().map(CampaignsIT::online).toList();
    ObjectNode request = request(upgrades.upload("threshold", "2.1"), fleet)
        .put("concurrency", 20)
        .put("retries", 0)
        .put("errorThreshold", 20);
    String id = upgrades.start(request);
    int failed = 0;
    for (int i = 0; failed < 10; i++) {
      // All of the first ones refuse: a fifth of the fleet.
      answer(terminals.get(i), FAILED);
      failed++;
    }
    // THEN it pauses
    JsonNode paused = upgrades.await(id, "paused");
    assertThat(paused.path("reason").asText())
        .contains("group 1: 10 of 50 terminals failed, the error threshold is 20 %");
    assertThat(upgrades.item(id, fleet.get(0)).path("why").asText())
        .contains("the terminal answered 5");
    assertThat(upgrades.item(id, fleet.get(49)).path("why").asText())
        .contains("the campaign is paused: group 1");
    // AND nobody else begins
    List<PeerTerminal> waiting = new ArrayList<>(terminals.subList(10, 50));
    // What had begun before may still be on its way.
    Await.until("as many without an announcement as wait", Await.PATIENCE, () -> {
      waiting.removeIf(terminal -> announcement(terminal, A_MOMENT).isPresent());
      return waiting.size() == upgrades.count(id, "waiting");
    });
    assertThat(waiting).hasSizeGreaterThanOrEqualTo(20);
    waiting.get(0).link().expectSilence();
    // WHEN somebody lets it go on THEN the next ones begin
    assertThat(upgrades.tell(id, "resume").status()).isEqualTo(200);
    Await.until("more begin", Await.PATIENCE, () -> upgrades.count(id, "waiting") < waiting.size());
    assertThat(announcement(waiting.get(0), Await.PATIENCE)).isPresent();
    assertThat(upgrades.tell(id, "cancel").status()).isEqualTo(200);
    upgrades.await(id, "cancelled");
    terminals.forEach(PeerTerminal::close);
  }

  // Verifies that the second group waits for the first one's success, and that one that had the
  // version before counts as one.
  @Test
  void beginsTheNextGroupAfterSuccess() {
    List<Identity> fleet = provisioned(4);
    ObjectNode request = request(upgrades.upload("groups", "7.7"), fleet);
    group(request, 50, 50);
    try (PeerTerminal second = online(fleet.get(1));
        PeerTerminal third = online(fleet.get(2));
        PeerTerminal first = gateway.terminal(fleet.get(0)).runningVersion("7.7")) {
      String id = upgrades.start(request);
      announcement(second);
      upgrades.awaitWhy(id, fleet.get(2), "group 2 begins after group 1");
      third.link().expectSilence();
      // WHEN the first one shows the version THEN half of the group has it
      first.login();
      assertThat(upgrades.await(id, fleet.get(0), "skipped").path("why").asText())
          .contains("7.7");
      announcement(third);
      JsonNode groups = upgrades.show(id).path("groups");
      assertThat(groups.path(0).path("skipped").asInt()).isEqualTo(1);
      assertThat(groups.path(1).path("begun").asBoolean()).isTrue();
      upgrades.awaitWhy(id, fleet.get(3), "never heard");
    }
  }

  // Verifies that a group that ends with too few successes makes the campaign pause, and that the
  // next one begins when somebody lets it go on.
  @Test
  void pausesAfterTooFewSuccesses() {
    List<Identity> fleet = provisioned(2);
    ObjectNode request = request(upgrades.upload("few", "2.1"), fleet);
    group(request, 50, 100);
    try (PeerTerminal first = online(fleet.get(0));
        PeerTerminal second = online(fleet.get(1))) {
      String id = upgrades.start(request);
      answer(first, TAKEN);
      takeBack(upgrades.await(id, fleet.get(0), "notified"));
      assertThat(upgrades.await(id, "paused").path("reason").asText())
          .contains("0 of 1 terminals have the version, the success threshold is 100 %");
      upgrades.tell(id, "resume");
      announcement(second);
      assertThat(upgrades.show(id).path("group").asInt()).isEqualTo(2);
    }
  }

  // Verifies that no more are under way than may, that who is not there waits, and that he begins
  // when he comes.
  @Test
  void letsAsManyBeginAsMay() {
    List<Identity> fleet = provisioned(3);
    try (PeerTerminal first = online(fleet.get(0));
        PeerTerminal second = online(fleet.get(1));
        PeerTerminal third = gateway.terminal(fleet.get(2))) {
      String id = upgrades.start(
          request(upgrades.upload("concurrency", "2.1"), fleet).put("concurrency", 1));
      answer(first, TAKEN);
      upgrades.awaitWhy(id, fleet.get(1), "as many as may are under way");
      second.link().expectSilence();
      takeBack(upgrades.await(id, fleet.get(0), "notified"));
      answer(second, TAKEN);
      takeBack(upgrades.await(id, fleet.get(1), "notified"));
      assertThat(
              upgrades.awaitWhy(id, fleet.get(2), "never heard").path("state").asText())
          .isEqualTo("waiting");
      third.login();
      announcement(third);
    }
  }

  // Verifies that one that refuses is told anew after a while, under another transaction, and so
  // often as was asked.
  @Test
  void triesAgain() {
    Identity who = provisioned();
    try (PeerTerminal terminal = online(who)) {
      String id = upgrades.start(request(upgrades.upload("again", "2.1"), who)
          .put("retries", 1)
          .put("retryAfter", "PT2S"));
      answer(terminal, FAILED);
      JsonNode item = upgrades.awaitWhy(id, who, "attempt 1 failed: the terminal answered 5");
      assertThat(item.path("why").asText()).contains("it begins again at");
      assertThat(transaction(answer(terminal, FAILED))).isEqualTo(2);
      JsonNode end = upgrades.await(id, "finished").path("terminals").path(0);
      assertThat(end.path("state").asText()).isEqualTo("failed");
      assertThat(end.path("attempts").asInt()).isEqualTo(2);
    }
  }

  // Verifies that a terminal waits while another campaign has it, and says which.
  @Test
  void waitsForAnotherCampaign() {
    Identity who = provisioned();
    try (PeerTerminal terminal = online(who)) {
      String one = upgrades.start(request(upgrades.upload("one", "2.1"), who));
      answer(terminal, TAKEN);
      String other = upgrades.start(request(upgrades.upload("other", "3.1"), who));
      upgrades.awaitWhy(other, who, "upgrade " + one + " is under way");
      terminal.link().expectSilence();
    }
  }

  // Verifies that a cancelled campaign lets go of those that wait and takes back what was
  // announced.
  @Test
  void cancels() {
    List<Identity> fleet = provisioned(2);
    try (PeerTerminal terminal = online(fleet.get(0))) {
      String id = upgrades.start(request(upgrades.upload("cancel", "2.1"), fleet));
      answer(terminal, TAKEN);
      String command =
          upgrades.await(id, fleet.get(0), "notified").path("command").asText();
      assertThat(upgrades.tell(id, "cancel").status()).isEqualTo(200);
      assertThat(
              upgrades.await(id, "cancelled").path("counts").path("cancelled").asInt())
          .isEqualTo(2);
      assertThat(app.get("/v1/commands/" + command).json().path("state").asText())
          .isEqualTo("cancelled");
      Optional<String> type = Optional.of(upgrades.tell(id, "resume"))
          .filter(answer -> answer.status() == 409)
          .map(answer -> answer.json().path("type").asText());
      assertThat(type).contains("urn:m2mgate:problem:upgrade-state");
    }
  }

  // Verifies that deleted terminals leave a campaign, and that one that was given to another
  // application is not told.
  @Test
  void losesTerminals() {
    List<Identity> fleet = provisioned(2);
    gateway.api().createApplication("EC03");
    String id = upgrades.start(request(upgrades.upload("lost", "2.1"), fleet));
    upgrades.awaitWhy(id, fleet.get(1), "never heard");
    String path = "/v1/admin/terminals/";
    assertThat(gateway.api().delete(path + fleet.get(0).serial()).status()).isEqualTo(204);
    ObjectNode moved = Api.JSON.createObjectNode().put("app", "EC03");
    assertThat(gateway.api().call("PATCH", path + fleet.get(1).serial(), moved).status())
        .isEqualTo(200);
    try (PeerTerminal terminal = online(fleet.get(1))) {
      JsonNode end = upgrades.await(id, "finished");
      assertThat(end.path("terminals")).hasSize(1);
      assertThat(end.path("terminals").path(0).path("state").asText()).isEqualTo("failed");
      assertThat(end.path("terminals").path(0).path("why").asText())
          .isEqualTo("the terminal is another application's now");
      terminal.link().expectSilence();
    }
  }
}
