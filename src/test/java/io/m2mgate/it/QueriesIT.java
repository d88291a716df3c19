package io.m2mgate.it;

import static io.m2mgate.peer.PeerBytes.bytes;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.m2mgate.peer.Api;
import io.m2mgate.peer.Await;
import io.m2mgate.peer.GatewayProcess;
import io.m2mgate.peer.Identity;
import io.m2mgate.peer.PeerTerminal;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What applications ask of their terminals, by filters and page by page (6.1.4 to 6.1.6, 6.1.13, 6.1.14). */
class QueriesIT {
  private static final String FAR = "2100-01-01T00:00:00Z";

  private static GatewayProcess gateway;
  private static Api admin;

  @BeforeAll
  static void start() {
    gateway = GatewayProcess.start();
    admin = gateway.api();
  }

  @AfterAll
  static void stop() {
    gateway.closeClean();
  }

  private static JsonNode ask(Api who, String path) {
    Api.Answer answer = who.get(path);
    assertThat(answer.status()).as(answer.body()).isEqualTo(200);
    return answer.json();
  }

  private static void refused(Api who, String path, int status, String type) {
    Api.Answer answer = who.get(path);
    assertThat(answer.status()).as(answer.body()).isEqualTo(status);
    assertThat(answer.json().path("type").asText()).endsWith(":" + type);
  }

  /** A member of all items, over all pages of one item. */
  private static List<String> all(Api who, String path, String member) {
    List<String> found = new ArrayList<>();
    String cursor = "";
    do {
      JsonNode page = ask(who, path + (path.contains("?") ? "&" : "?") + "limit=1" + cursor);
      page.path("items").forEach(item -> found.add(item.path(member).asText()));
      cursor = page.path("next").isNull() ? "" : "&cursor=" + page.path("next").asText();
    } while (!cursor.isEmpty());
    return found;
  }

  private static List<String> serials(JsonNode page) {
    return StreamSupport.stream(page.path("items").spliterator(), false)
        .map(item -> item.path("serial").asText())
        .toList();
  }

  private static byte[] alarm(int code) {
    return bytes()
        .tlv(0x300B, (byte) 1)
        .tlv(0x300C, (byte) 1)
        .tlv(0x300D, bytes().u16(code).toArray())
        .toArray();
  }

  // Verifies that terminals are found by their serials and by when they were heard, as it is now
  // and
  // not as it was stored last, that states are counted, and that none of it shows another's.
  @Test
  void findsTerminals() {
    Api app = admin.createApplication("QT1");
    Api other = admin.createApplication("QT2");
    Identity never = admin.createTerminal(Identity.fresh(), "QT1");
    Identity foreign = admin.createTerminal(Identity.fresh(), "QT2");
    Identity who = admin.createTerminal(Identity.fresh(), "QT1");
    try (PeerTerminal terminal = gateway.terminal(who).login()) {
      // The login may be noted once more after its answer.
      Instant between = Await.value(
          "time after which it was not heard",
          Await.PATIENCE,
          () -> Optional.of(Instant.parse(
                      ask(app, "/v1/terminals/" + who.serial()).path("heard").asText())
                  .plusMillis(1))
              .filter(time -> serials(ask(app, "/v1/terminals?heardBefore=" + time))
                  .equals(List.of(who.serial()))));
      // WHEN it is heard again, which is stored nowhere
      terminal.heartbeat();
      while (ask(app, "/v1/terminals/" + who.serial())
              .path("heard")
              .asText()
              .compareTo(between.toString())
          < 0) {
        terminal.heartbeat();
      }
      // THEN it is no more among those that were heard before
      assertThat(serials(ask(app, "/v1/terminals?heardBefore=" + between))).isEmpty();
      assertThat(serials(ask(app, "/v1/terminals?heardAfter=" + between)))
          .containsExactly(who.serial());
      assertThat(serials(ask(app, "/v1/terminals?heardAfter=" + FAR))).isEmpty();

      String both = "/v1/terminals?serials=" + never.serial() + "," + foreign.serial();
      assertThat(serials(ask(app, both))).containsExactly(never.serial());
      assertThat(serials(ask(admin, both))).hasSize(2);
      assertThat(serials(ask(admin, both + "&app=QT2"))).containsExactly(foreign.serial());
      refused(app, both + "&app=QT2", 404, "application-unknown");
      refused(app, "/v1/terminals?serials=x", 422, "invalid-request");
      refused(app, "/v1/terminals?heardAfter=yesterday", 422, "invalid-request");

      JsonNode counts = ask(app, "/v1/terminals/counts");
      assertThat(counts.path("total").asInt()).isEqualTo(2);
      assertThat(counts.at("/states/online").asInt()).isEqualTo(1);
      assertThat(counts.at("/states/never").asInt()).isEqualTo(1);
      assertThat(counts.at("/states/disabled").asInt()).isZero();
      assertThat(ask(other, "/v1/terminals/counts").path("total").asInt()).isEqualTo(1);
      assertThat(ask(admin, "/v1/terminals/counts?app=QT2").path("total").asInt())
          .isEqualTo(1);
    }
  }

  // Verifies that the alarms of all terminals come newest first, by their stage, type and time.
  @Test
  void findsAlarms() {
    Api app = admin.createApplication("QA1");
    Api other = admin.createApplication("QA2");
    Identity who = admin.createTerminal(Identity.fresh(), "QA1");
    try (PeerTerminal terminal = gateway.terminal(who).login()) {
      for (int code = 1; code <= 3; code++) {
        assertThat(terminal.trap(alarm(code)).result()).isZero();
      }
      assertThat(all(app, "/v1/alarms", "code")).containsExactly("3", "2", "1");
      String second = ask(app, "/v1/alarms?code=2").at("/items/0/id").asText();
      app.call("POST", "/v1/alarms/" + second + "/ack", Api.JSON.createObjectNode());
      byte[] restored = bytes()
          .tlv(0x300B, (byte) 0)
          .tlv(0x300E, bytes().ascii("0003").toArray())
          .toArray();
      assertThat(terminal.trap(restored).result()).isZero();

      assertThat(all(app, "/v1/alarms?state=open", "code")).containsExactly("2", "1");
      assertThat(all(app, "/v1/alarms?state=raised", "code")).containsExactly("1");
      assertThat(all(app, "/v1/alarms?state=acknowledged", "code")).containsExactly("2");
      assertThat(all(app, "/v1/alarms?state=cleared", "code")).containsExactly("3");
      assertThat(all(app, "/v1/alarms?type=1", "code")).hasSize(3);
      assertThat(all(app, "/v1/alarms?type=2", "code")).isEmpty();
      String raised = ask(app, "/v1/alarms/" + second).path("raised").asText();
      assertThat(all(app, "/v1/alarms?from=" + raised, "code")).contains("3").contains("2");
      assertThat(all(app, "/v1/alarms?serial=" + who.serial() + "&before=" + raised, "code"))
          .isSubsetOf("1", "2")
          .doesNotContain("2");
      assertThat(all(other, "/v1/alarms?serial=" + who.serial(), "code")).isEmpty();
      refused(app, "/v1/alarms?state=closed", 422, "invalid-request");
    }
  }

  // Verifies that a terminal's comings and goings, its reports and everything of it come newest
  // first,
  // by type and time, and not to others.
  @Test
  void listsNoticesAndEvents() {
    Api app = admin.createApplication("QN1");
    Api other = admin.createApplication("QN2");
    Identity who = admin.createTerminal(Identity.fresh(), "QN1");
    try (PeerTerminal terminal = gateway.terminal(who).login()) {
      assertThat(terminal.data("QN1", new byte[] {1})).isZero();
      terminal.logout(1);
    }
    String base = "/v1/terminals/" + who.serial();
    assertThat(all(app, base + "/notices", "type"))
        .containsExactly("m2m.terminal.logout", "m2m.terminal.login");
    assertThat(all(app, base + "/notices?types=m2m.terminal.login", "type"))
        .containsExactly("m2m.terminal.login");
    String left = ask(app, base + "/notices?limit=1").at("/items/0/time").asText();
    assertThat(all(app, base + "/notices?before=" + left, "type"))
        .containsExactly("m2m.terminal.login");
    assertThat(all(app, base + "/notices?from=" + left, "type"))
        .containsExactly("m2m.terminal.logout");
    List<String> everything = all(app, base + "/events", "type");
    assertThat(everything)
        .startsWith("m2m.terminal.logout")
        .containsSubsequence("m2m.data.up", "m2m.terminal.login");
    assertThat(all(app, base + "/events?types=m2m.data.up", "type")).containsExactly("m2m.data.up");
    refused(app, base + "/notices?types=m2m.data.up", 422, "invalid-request");
    refused(other, base + "/notices", 404, "terminal-unknown");
    refused(other, base + "/events", 404, "terminal-unknown");
  }

  // Verifies that secrets that expire are listed soonest first with their state, never with a
  // secret.
  @Test
  void listsWhatExpires() {
    Api app = admin.createApplication("QK1");
    Api other = admin.createApplication("QK2");
    Identity who = Identity.fresh();
    Instant now = Instant.now().truncatedTo(ChronoUnit.SECONDS);
    var body = Api.terminalJson(who, "QK1", "wmmp-3")
        .put("uplinkPasswordExpires", now.plus(10, ChronoUnit.DAYS).toString())
        .put("downlinkPasswordExpires", now.plus(2, ChronoUnit.SECONDS).toString());
    assertThat(admin.call("POST", "/v1/admin/terminals", body).status()).isEqualTo(201);

    Await.until(
        "an expired secret",
        Await.PATIENCE,
        () -> !all(app, "/v1/keys?state=expired", "secret").isEmpty());
    Api.Answer both = app.get("/v1/keys");
    assertThat(both.body()).doesNotContain(who.uplink()).doesNotContain(who.downlink());
    assertThat(all(app, "/v1/keys", "secret"))
        .containsExactly("downlinkPassword", "uplinkPassword");
    assertThat(both.json().at("/items/0/state").asText()).isEqualTo("expired");
    assertThat(both.json().at("/items/1/expires").asText())
        .isEqualTo(now.plus(10, ChronoUnit.DAYS).toString());
    assertThat(all(app, "/v1/keys?state=expired", "secret")).containsExactly("downlinkPassword");
    assertThat(all(app, "/v1/keys?state=expiring", "secret")).containsExactly("uplinkPassword");
    assertThat(all(app, "/v1/keys?state=expiring&within=P9D", "secret")).isEmpty();
    assertThat(all(app, "/v1/keys?serial=" + who.serial(), "secret")).hasSize(2);
    assertThat(all(other, "/v1/keys?serial=" + who.serial(), "secret")).isEmpty();
    assertThat(all(admin, "/v1/keys?app=QK1", "secret")).hasSize(2);
    refused(admin, "/v1/keys", 422, "invalid-request");
    refused(app, "/v1/keys?within=month", 422, "invalid-request");
  }

  // Verifies that what must be done at once is refused with its reason: a terminal that has no
  // secrets
  // has to register first, one that has is just not there; what may wait is taken from both.
  @Test
  void tellsWhoNeverRegistered() {
    Api app = admin.createApplication("QR1");
    Identity bare = Identity.fresh();
    var body = Api.terminalJson(bare, "QR1", "wmmp-3");
    body.remove(List.of("uplinkPassword", "downlinkPassword"));
    assertThat(admin.call("POST", "/v1/admin/terminals", body).status()).isEqualTo(201);
    Identity absent = admin.createTerminal(Identity.fresh(), "QR1");
    var command = Api.JSON.createObjectNode().put("type", "control").put("control", "reboot");
    var now = command.deepCopy();
    now.putObject("delivery").put("mode", "immediate");

    Api.Answer toBare = app.call("POST", "/v1/terminals/" + bare.serial() + "/commands", now);
    assertThat(toBare.status()).isEqualTo(409);
    assertThat(toBare.json().path("type").asText()).endsWith(":terminal-not-registered");
    Api.Answer toAbsent = app.call("POST", "/v1/terminals/" + absent.serial() + "/commands", now);
    assertThat(toAbsent.json().path("type").asText()).endsWith(":terminal-offline");
    assertThat(app.call("POST", "/v1/terminals/" + bare.serial() + "/commands", command)
            .status())
        .isEqualTo(202);
  }
}
