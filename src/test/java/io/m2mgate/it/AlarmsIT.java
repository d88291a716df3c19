package io.m2mgate.it;

import static io.m2mgate.peer.PeerBytes.bytes;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.m2mgate.peer.Api;
import io.m2mgate.peer.Await;
import io.m2mgate.peer.GatewayProcess;
import io.m2mgate.peer.Identity;
import io.m2mgate.peer.MqttTap;
import io.m2mgate.peer.PeerTerminal;
import io.m2mgate.store.PostgresServer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Alarms of terminals from their opening to their end (behaviour 5.3.5, 6.1.5). */
class AlarmsIT {
  private static final String APP = "EC01";
  private static final int WEAK = 0x000B;
  private static final int NOT_OPENED = 0x0004;

  private static GatewayProcess gateway;
  private static Api admin;
  private static Api app;
  private static Api otherApp;

  @BeforeAll
  static void start() {
    gateway = GatewayProcess.start("retention.alarms.open=4");
    admin = gateway.api();
    app = admin.createApplication(APP);
    otherApp = admin.createApplication("EC02");
  }

  @AfterAll
  static void stop() {
    gateway.closeClean();
  }

  private static PeerTerminal provisioned() {
    return gateway.terminal(admin.createTerminal(Identity.fresh(), APP));
  }

  private static byte[] raise(int code) {
    return bytes()
        .tlv(0x300B, (byte) 1)
        .tlv(0x300C, (byte) 1)
        .tlv(0x300D, bytes().u16(code).toArray())
        .toArray();
  }

  private static byte[] restore(byte[] which) {
    return bytes().tlv(0x300B, (byte) 0).tlv(0x300E, which).toArray();
  }

  private static byte[] ascii(String text) {
    return bytes().ascii(text).toArray();
  }

  private static void trap(PeerTerminal terminal, byte[] tlvs) {
    assertThat(terminal.trap(tlvs).result()).isZero();
  }

  private static JsonNode items(Api who, String path) {
    Api.Answer answer = who.get(path);
    assertThat(answer.status()).as(answer.body()).isEqualTo(200);
    return answer.json().path("items");
  }

  private static JsonNode alarms(PeerTerminal terminal, String query) {
    return items(app, "/v1/terminals/" + terminal.who().serial() + "/alarms" + query);
  }

  private static List<JsonNode> events(PeerTerminal terminal, int count, String type) {
    return app.events(count, "m2m.alarm." + type, terminal.who().serial());
  }

  // Verifies that an alarm opens with an event, counts up without one, and ends by its code, in
  // hex text as in binary.
  @Test
  void opensCountsAndEnds() {
    try (PeerTerminal terminal = provisioned().login()) {
      // WHEN an alarm comes three times and another once
      for (int i = 0; i < 3; i++) {
        trap(terminal, raise(NOT_OPENED));
      }
      trap(terminal, raise(WEAK));
      // THEN there is one record of each, the newest first
      JsonNode open = alarms(terminal, "?state=open");
      assertThat(open).hasSize(2);
      JsonNode first = open.get(1);
      assertThat(first.path("code").asInt()).isEqualTo(NOT_OPENED);
      assertThat(first.path("hex").asText()).isEqualTo("0004");
      assertThat(first.path("name").asText()).isEqualTo("gprsNotOpened");
      assertThat(first.path("typeName").asText()).isEqualTo("communication");
      assertThat(first.path("count").asInt()).isEqualTo(3);
      assertThat(first.path("last").asText()).isGreaterThan(first.path("raised").asText());
      // AND one event of each that names the record
      List<JsonNode> raised = events(terminal, 2, "raised");
      assertThat(raised).hasSize(2);
      assertThat(raised.get(0).at("/data/id").asText())
          .isEqualTo(first.path("id").asText());
      assertThat(raised.get(0).at("/data/code").asInt()).isEqualTo(NOT_OPENED);
      // WHEN each is restored, one as text, one as a number
      trap(terminal, restore(ascii("0004")));
      trap(terminal, restore(new byte[] {0, WEAK}));
      // THEN both have ended, each with its event
      assertThat(alarms(terminal, "?state=open")).isEmpty();
      assertThat(alarms(terminal, "?state=cleared")).hasSize(2).allSatisfy(alarm -> {
        assertThat(alarm.path("clearedBy").asText()).isEqualTo("terminal");
        assertThat(alarm.path("cleared").asText()).isNotEmpty();
      });
      assertThat(events(terminal, 2, "cleared"))
          .extracting(event -> event.at("/data/code").asInt())
          .containsExactly(NOT_OPENED, WEAK);
      // AND the same alarm again is another record
      trap(terminal, raise(NOT_OPENED));
      assertThat(alarms(terminal, "?code=0004")).hasSize(2);
      assertThat(alarms(terminal, "?code=4&state=open").get(0).path("count").asInt())
          .isEqualTo(1);
    }
  }

  // Verifies that a restored code that names no open alarm ends them all.
  @Test
  void endsAllByAnUnknownCode() {
    try (PeerTerminal terminal = provisioned().login()) {
      trap(terminal, raise(NOT_OPENED));
      trap(terminal, raise(WEAK));
      trap(terminal, restore(ascii("0001")));
      assertThat(alarms(terminal, ""))
          .hasSize(2)
          .allSatisfy(alarm -> assertThat(alarm.path("clearedBy").asText()).isEqualTo("all"));
      assertThat(events(terminal, 2, "cleared")).hasSize(2);
      // AND where nothing is open nothing is told
      trap(terminal, restore(ascii("0001")));
      assertThat(events(terminal, 2, "cleared")).hasSize(2);
    }
  }

  // Verifies that a confirmed session ends the alarms that it shows to be over, and no others.
  @Test
  void endsByLogin() {
    try (PeerTerminal terminal = provisioned().login()) {
      for (int code : List.of(0x001C, 0x0020, WEAK)) {
        trap(terminal, raise(code));
      }
      terminal.logout(0);
      terminal.reconnect().login();
      Await.until(
          "alarms ended by the login",
          Await.PATIENCE,
          () -> alarms(terminal, "?state=open").size() == 1);
      assertThat(alarms(terminal, "?state=open").get(0).path("name").asText())
          .isEqualTo("signalWeak");
      assertThat(alarms(terminal, "?state=cleared"))
          .extracting(alarm -> alarm.path("clearedBy").asText())
          .containsExactly("login", "login");
      assertThat(events(terminal, 2, "cleared")).hasSize(2);
    }
  }

  // Verifies that what a terminal raises beyond its bound is told, and is no record.
  @Test
  void keepsNoMoreThanTheBound() {
    try (PeerTerminal terminal = provisioned().login()) {
      for (int code = 1; code <= 5; code++) {
        trap(terminal, raise(code));
      }
      assertThat(alarms(terminal, "")).hasSize(4);
      List<JsonNode> raised = events(terminal, 5, "raised");
      assertThat(raised).hasSize(5);
      assertThat(raised.get(4).at("/data/id").isNull()).isTrue();
      assertThat(raised.get(4).at("/data/code").asInt()).isEqualTo(5);
      assertThat(admin.metric("m2mgate_alarms_not_kept_total")).isPositive();
      assertThat(admin.metric("m2mgate_alarms_open")).isGreaterThanOrEqualTo(4);
    }
  }

  // Verifies that a person can say that an alarm was seen: once, with a note, in the audit.
  @Test
  void isAcknowledgedOnce() {
    try (PeerTerminal terminal = provisioned().login()) {
      trap(terminal, raise(WEAK));
      String id = alarms(terminal, "").get(0).path("id").asText();
      String path = "/v1/alarms/" + id + "/ack";
      var body = Api.JSON.createObjectNode().put("operator", "Li").put("note", "on the roof");
      // WHEN one says so, then another
      assertThat(app.call("POST", path, body).status()).isEqualTo(200);
      Api.Answer again = app.call("POST", path, Api.JSON.createObjectNode().put("note", "other"));
      // THEN the first stays, and is one entry of the audit
      assertThat(again.status()).isEqualTo(200);
      assertThat(again.json().at("/ack/by").asText()).isEqualTo("Li");
      assertThat(again.json().at("/ack/note").asText()).isEqualTo("on the roof");
      assertThat(app.get("/v1/alarms/" + id).json()).isEqualTo(again.json());
      assertThat(items(admin, "/v1/admin/audit?limit=1000"))
          .filteredOn(entry -> entry.path("action").asText().equals("alarm.ack")
              && entry.at("/detail/alarm").asText().equals(id))
          .hasSize(1);
      // AND it stays when the alarm goes on and ends
      trap(terminal, raise(WEAK));
      trap(terminal, restore(ascii("000B")));
      assertThat(alarms(terminal, "").get(0).at("/ack/by").asText()).isEqualTo("Li");
      // AND nobody else can
      assertThat(otherApp.call("POST", path, body).status()).isEqualTo(404);
      assertThat(app.call("POST", "/v1/alarms/none/ack", body).status()).isEqualTo(404);
    }
  }

  // Verifies filters and pages of the list of all, and that other applications see nothing.
  @Test
  void listsWhatIsTheCallers() {
    try (PeerTerminal terminal = provisioned().login()) {
      for (int code = 1; code <= 4; code++) {
        trap(terminal, raise(code));
      }
      String serial = terminal.who().serial();
      List<Integer> codes = new ArrayList<>();
      String cursor = "";
      do {
        JsonNode page = app.get("/v1/alarms?limit=3&serial=" + serial + cursor).json();
        page.path("items").forEach(alarm -> codes.add(alarm.path("code").asInt()));
        cursor = "&cursor=" + page.path("next").asText();
      } while (!cursor.endsWith("null"));
      assertThat(codes).containsExactly(4, 3, 2, 1);
      String own = "/v1/alarms?state=open&serial=" + serial;
      assertThat(items(app, own + "&code=gprsConnection")).hasSize(1);
      assertThat(items(admin, own)).hasSize(4);
      assertThat(items(admin, own + "&app=EC02")).isEmpty();
      assertThat(items(otherApp, own)).isEmpty();
      assertThat(otherApp.get("/v1/terminals/" + serial + "/alarms").status()).isEqualTo(404);
      assertThat(otherApp.get(own + "&app=EC01").status()).isEqualTo(404);
      assertThat(app.get("/v1/alarms?state=shut").status()).isEqualTo(422);
      assertThat(app.get("/v1/alarms?code=*").status()).isEqualTo(422);
      assertThat(app.get("/v1/alarms?cursor=*").status()).isEqualTo(400);
    }
  }

  // Verifies that a subscriber gets an alarm on its topic.
  @Test
  void publishesAlarms() throws Exception {
    try (PeerTerminal terminal = provisioned().login();
        var mqtt = new MqttTap(gateway.endpoint("mqtt"), APP, app.key(), 1)) {
      trap(terminal, raise(WEAK));
      String serial = terminal.who().serial();
      var published = mqtt.await(event -> event.path("subject").asText().equals(serial)
          && event.path("type").asText().equals("m2m.alarm.raised"));
      assertThat(published.topic()).isEqualTo("m2m/v1/EC01/evt/" + serial + "/alarm");
    }
  }

  // Verifies that an alarm counts once and is told once when the gateway is killed between the
  // trap and its ack, on either store.
  @Test
  void survivesKillsBeforeTheAck() {
    killedBeforeTheAck();
    killedBeforeTheAck("store.url=" + PostgresServer.freshUrl());
  }

  private static void killedBeforeTheAck(String... settings) {
    try (GatewayProcess mortal = GatewayProcess.start(settings)) {
      Api own = mortal.api().createApplication(APP);
      Identity who = mortal.api().createTerminal(Identity.fresh(), APP);
      try (PeerTerminal terminal = mortal.terminal(who).login()) {
        for (int code = 1; code <= 3; code++) {
          // GIVEN a trap whose ack the gateway does not live to give, or just does
          byte[] trap = terminal.signed(PeerTerminal.CONFIG_TRAP, raise(code));
          terminal.link().write(trap);
          mortal.kill().restart();
          // WHEN the terminal repeats it
          terminal.reconnect();
          assertThat(terminal.exchange(trap).result()).isZero();
        }
        // THEN every alarm is there and was told of once
        JsonNode alarms = items(own, "/v1/terminals/" + who.serial() + "/alarms");
        assertThat(alarms)
            .hasSize(3)
            .allSatisfy(alarm -> assertThat(alarm.path("count").asInt()).isEqualTo(1));
        assertThat(own.events(3, "m2m.alarm.raised", who.serial())).hasSize(3);
        assertThat(own.events(3, "m2m.report", who.serial())).hasSize(3);
        assertThat(own.metric("m2mgate_alarms_open")).isEqualTo(3);
      }
    }
  }
}
