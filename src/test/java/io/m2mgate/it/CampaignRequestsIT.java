package io.m2mgate.it;

import static io.m2mgate.peer.PeerUpgrades.TAKEN;
import static io.m2mgate.peer.PeerUpgrades.announcement;
import static io.m2mgate.peer.PeerUpgrades.answer;
import static io.m2mgate.peer.PeerUpgrades.filtered;
import static io.m2mgate.peer.PeerUpgrades.request;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.m2mgate.peer.Api;
import io.m2mgate.peer.Await;
import io.m2mgate.peer.GatewayProcess;
import io.m2mgate.peer.Identity;
import io.m2mgate.peer.PeerTerminal;
import io.m2mgate.peer.PeerUpgrades;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What may be asked of campaigns, by whom, and how they are read (6.1.8). */
class CampaignRequestsIT {
  private static final String APP = "EC01";
  private static final String UNKNOWN = "urn:m2mgate:problem:upgrade-unknown";

  private static GatewayProcess gateway;
  private static Api app;
  private static Api foreign;
  private static PeerUpgrades upgrades;

  @BeforeAll
  static void start() {
    gateway = GatewayProcess.start();
    app = gateway.api().createApplication(APP);
    foreign = gateway.api().createApplication("EC02");
    upgrades = new PeerUpgrades(app);
  }

  @AfterAll
  static void stop() {
    gateway.closeClean();
  }

  private static Identity provisioned() {
    return gateway.api().createTerminal(Identity.fresh(), APP);
  }

  private static void assertRefused(ObjectNode request, String... pointers) {
    Api.Answer answer = upgrades.ask(request);
    assertThat(answer.status()).as(answer.body()).isEqualTo(422);
    List<String> named = new ArrayList<>();
    answer
        .json()
        .path("errors")
        .forEach(error -> named.add(error.path("pointer").asText()));
    assertThat(named).as(answer.body()).contains(pointers);
  }

  // Verifies that a dry run says how many terminals each group would have, and makes nothing.
  @Test
  void triesDry() {
    List<Identity> fleet = List.of(provisioned(), provisioned(), provisioned());
    JsonNode its = upgrades.upload("dry", "2.1");
    ObjectNode request = request(its, fleet).put("dryRun", true).put("name", "first try");
    request.putArray("groups").addObject().put("percent", 10);
    Api.Answer answer = upgrades.ask(request);
    assertThat(answer.status()).as(answer.body()).isEqualTo(200);
    JsonNode would = answer.json();
    assertThat(would.has("id")).isFalse();
    assertThat(would.path("terminals").asInt()).isEqualTo(3);
    assertThat(would.path("groups").path(0).path("terminals").asInt()).isEqualTo(1);
    assertThat(would.path("groups").path(1).path("terminals").asInt()).isEqualTo(2);
    JsonNode listed = app.get("/v1/upgrades?package=" + its.path("id").asText()).json();
    assertThat(listed.path("items")).isEmpty();
  }

  // Verifies that a filter finds the terminals that are there when it is asked, and that they are
  // read page by page and by state, also those that were announced and gave no sign.
  @Test
  void findsAndShowsTerminals() {
    List<Identity> fleet = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      fleet.add(gateway.api().createTerminal(Identity.numbered(700_000 + i), APP));
    }
    Identity first = fleet.get(0);
    String prefix = "PEER00000070000";
    try (PeerTerminal terminal = gateway.terminal(first).login()) {
      String id = upgrades.start(filtered(upgrades.upload("filter", "2.1"), prefix));
      announcement(terminal);
      JsonNode shown = upgrades.await(id, "running");
      int total = shown.path("terminals").size();
      assertThat(total).isEqualTo(5);
      assertThat(shown.path("counts").path("queued").asInt()).isEqualTo(1);
      assertThat(upgrades.show(id, "?state=queued").path("terminals"))
          .extracting(item -> item.path("serial").asText())
          .containsExactly(first.serial());
      // Page by page
      List<String> serials = new ArrayList<>();
      String cursor = "";
      do {
        JsonNode page = upgrades.show(id, "?state=waiting&limit=2" + cursor);
        assertThat(page.path("terminals").size()).isBetween(1, 2);
        page.path("terminals").forEach(item -> serials.add(item.path("serial").asText()));
        cursor =
            page.path("next").isNull() ? "" : "&cursor=" + page.path("next").asText();
      } while (!cursor.isEmpty());
      assertThat(serials).hasSize(total - 1).isSorted().doesNotHaveDuplicates();
      assertThat(app.get("/v1/upgrades/" + id + "?state=nowhere").status()).isEqualTo(422);
      assertThat(app.get("/v1/upgrades/" + id + "?cursor=nonsense").status()).isEqualTo(400);
    }
  }

  // Verifies that an application learns nothing more of a terminal that has become another's:
  // neither
  // whether it is there, nor by the moment at which it leaves the campaign.
  @Test
  void tellsNothingOfATerminalThatWasMoved() {
    Identity gone = provisioned();
    JsonNode its = upgrades.upload("moved", "2.1");
    String id = upgrades.start(request(its, gone));
    String later = upgrades.start(request(its, gone).put("startAt", "2999-01-01T00:00:00Z"));
    upgrades.awaitWhy(id, gone, "never heard");
    String record = "/v1/admin/terminals/" + gone.serial();
    ObjectNode moved = Api.JSON.createObjectNode().put("app", "EC02");
    assertThat(gateway.api().call("PATCH", record, moved).status()).isEqualTo(200);
    // THEN it is out of the one, though it never came, and what it is doing is not told in the
    // other
    assertThat(upgrades.await(id, gone, "failed").path("why").asText())
        .isEqualTo("the terminal is another application's now");
    try (PeerTerminal terminal = gateway.terminal(gone).login()) {
      assertThat(terminal.who()).isEqualTo(gone);
      JsonNode waits = upgrades.item(later, gone);
      assertThat(waits.path("state").asText()).isEqualTo("waiting");
      assertThat(waits.path("why").asText()).isEqualTo("the terminal is another application's now");
    }
  }

  // Verifies that nothing begins outside of a window, before the start and after the end, and that
  // this is said.
  @Test
  void keepsToItsTimes() {
    Identity who = provisioned();
    JsonNode its = upgrades.upload("times", "2.1");
    LocalTime now = LocalTime.now(ZoneOffset.UTC).truncatedTo(ChronoUnit.MINUTES);
    try (PeerTerminal terminal = gateway.terminal(who).login()) {
      ObjectNode windowed = request(its, who);
      windowed
          .putArray("windows")
          .addObject()
          .put("from", now.plusHours(2).toString())
          .put("to", now.plusHours(3).toString());
      String closed = upgrades.start(windowed);
      upgrades.awaitWhy(closed, who, "the next window opens at");
      Instant soon = Instant.now().plusSeconds(3600);
      String later = upgrades.start(request(its, who).put("startAt", soon.toString()));
      upgrades.awaitWhy(later, who, "the campaign starts at");
      terminal.link().expectSilence();
    }
    Identity away = provisioned();
    String ends = upgrades.start(
        request(its, away).put("endAt", Instant.now().plusSeconds(2).toString()));
    upgrades.awaitWhy(ends, away, "never heard");
    assertThat(upgrades.await(ends, "finished").path("counts").path("expired").asInt())
        .isEqualTo(1);
    assertThat(upgrades.item(ends, away).path("why").asText()).contains("end has come");
  }

  // Verifies that campaigns, packages and terminals of one application do not exist for another.
  @Test
  void belongToTheirApplication() {
    Identity who = provisioned();
    JsonNode its = upgrades.upload("own", "2.1");
    String id = upgrades.start(request(its, who));
    String path = "/v1/upgrades/" + id;
    List<Api.Answer> answers = new ArrayList<>(List.of(
        foreign.get(path), foreign.get(path + "/terminals/" + who.serial()), foreign.delete(path)));
    for (String action : List.of("pause", "resume", "cancel")) {
      answers.add(foreign.call("POST", path + "/" + action, Api.JSON.createObjectNode()));
    }
    assertThat(answers).allSatisfy(answer -> {
      assertThat(answer.status()).isEqualTo(404);
      assertThat(answer.json().path("type").asText()).isEqualTo(UNKNOWN);
    });
    assertThat(foreign.get("/v1/upgrades").json().path("items")).isEmpty();
    // AND neither its package nor its terminals can be used
    var stranger = new PeerUpgrades(foreign);
    assertThat(stranger.ask(request(its, who)).status()).isEqualTo(404);
    ObjectNode request = request(stranger.upload("theirs", "2.1"), who);
    Api.Answer answer = stranger.ask(request);
    assertThat(answer.status()).as(answer.body()).isEqualTo(422);
    assertThat(answer.json().path("errors").path(0).path("pointer").asText())
        .isEqualTo("/terminals/0");
  }

  // Verifies that every place that is wrong is named.
  @Test
  void namesWhatIsWrong() {
    Identity who = provisioned();
    JsonNode its = upgrades.upload("wrong", "2.1");
    assertRefused(
        request(its, who)
            .put("zone", "Mars/Olympus")
            .put("retryAfter", "soon")
            .put("concurrency", 0)
            .put("errorThreshold", 101)
            .put("endAt", "yesterday"),
        "/zone",
        "/retryAfter",
        "/concurrency",
        "/errorThreshold",
        "/endAt");
    ObjectNode both = request(its, who);
    both.putObject("filter");
    assertRefused(both, "/terminals");
    ObjectNode groups = request(its, who);
    groups.putArray("groups").addObject().put("percent", 60);
    groups.withArray("groups").addObject().put("percent", 60);
    assertRefused(groups, "/groups");
    assertRefused(request(its), "/terminals");
  }

  // Verifies that the figure of the open campaigns counts all of them.
  @Test
  void countsOpenCampaigns() {
    ObjectNode request = request(upgrades.upload("many", "2.1"), provisioned())
        .put("startAt", Instant.now().plusSeconds(3600).toString());
    for (int i = 0; i < 101; i++) {
      upgrades.start(request);
    }
    Await.until(
        "the figure", Await.PATIENCE, () -> gateway.api().metric("m2mgate_upgrades_open") > 100);
    assertThat(gateway.api().metric("m2mgate_upgrades_open")).isGreaterThan(100);
  }

  // Verifies that a terminal whose campaign was cancelled can be told of another file at once.
  @Test
  void tellsOfAnotherFileAfterACancel() {
    Identity who = provisioned();
    try (PeerTerminal terminal = gateway.terminal(who).login()) {
      String one = upgrades.start(request(upgrades.upload("two-a", "2.1"), who));
      answer(terminal, TAKEN);
      upgrades.await(one, who, "notified");
      assertThat(upgrades.tell(one, "cancel").status()).isEqualTo(200);
      upgrades.await(one, "cancelled");
      upgrades.start(request(upgrades.upload("two-b", "2.2"), who));
      assertThat(PeerUpgrades.url(answer(terminal, TAKEN))).endsWith("&VER_DSC=2.2");
    }
  }
}
