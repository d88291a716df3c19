package io.m2mgate.it;

import static io.m2mgate.peer.PeerBytes.bytes;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.m2mgate.peer.Api;
import io.m2mgate.peer.GatewayProcess;
import io.m2mgate.peer.Identity;
import io.m2mgate.peer.MqttTap;
import io.m2mgate.peer.PeerBytes;
import io.m2mgate.peer.PeerFrame;
import io.m2mgate.peer.PeerTerminal;
import io.m2mgate.peer.SseTap;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A terminal logs in and sends, its application reads it on every tap. */
class FirstLightIT {
  private static final String APP = "EC01";
  private static final byte[] HELLO = "hello".getBytes(StandardCharsets.US_ASCII);

  private static GatewayProcess gateway;
  private static Api admin;
  private static Api app;
  private static Api otherApp;

  @BeforeAll
  static void start() {
    gateway = GatewayProcess.start();
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

  // Verifies that LOGIN and the login trap are answered with good digests and tell the application.
  @Test
  void logsIn() {
    try (PeerTerminal terminal = provisioned()) {
      // WHEN a terminal logs in with an empty sync list and sends its login trap
      terminal.login();
      // THEN the digests were good (the peer checked) and the application hears of the login
      JsonNode event =
          app.events(1, "m2m.terminal.login", terminal.who().serial()).get(0);
      assertEnvelope(event, terminal.who());
    }
  }

  // Verifies that a CRC32 that the platform cannot know asks
  // for the sync values, and that they then compare equal.
  @Test
  void synchronisesItsConfiguration() {
    try (PeerTerminal terminal = provisioned()) {
      // GIVEN a sync list of the platform's number and the heartbeat interval
      byte[] values = bytes()
          .tlv(0x0007, "106571734")
          .tlv(0x0011, (byte) 0, (byte) 0, (byte) 0, (byte) 90)
          .toArray();
      long crc32 = PeerBytes.crc32(values);
      // WHEN the terminal logs in with their CRC32
      var first = terminal.exchangeLogin(terminal.loginFrame(terminal.nextSequence(), crc32));
      // THEN it is asked for 0025 and its tags
      assertThat(first.result()).isEqualTo(1);
      byte[] list = bytes().u16(0x0007).u16(0x0011).toArray();
      terminal.under(first.timestamp());
      assertThat(terminal.trap(bytes().tlv(0x0025, list).raw(values).toArray()).result())
          .isZero();
      // WHEN it logs in again with the same values
      var second = terminal.exchangeLogin(terminal.loginFrame(terminal.nextSequence(), crc32));
      // THEN they are equal
      assertThat(second.result()).isZero();
      assertThat(second.timestamp()).isGreaterThan(first.timestamp());
    }
  }

  // Verifies that data named for its application, or for
  // none, is acknowledged and read there, and by nobody else.
  @Test
  void deliversDataToItsApplication() {
    try (PeerTerminal terminal = provisioned().login()) {
      // WHEN the terminal sends one reading to EC01 and one to no application by name
      assertThat(terminal.data(APP, HELLO)).isZero();
      assertThat(terminal.data("", bytes().u8(1).u8(2).u8(3).toArray())).isZero();
      // THEN both stand in its application's log, in order, and in no other
      List<JsonNode> readings = app.readings(2, terminal.who());
      assertThat(readings).hasSize(2).allSatisfy(event -> assertEnvelope(event, terminal.who()));
      assertThat(readings.get(0).at("/data/payload").asText())
          .isEqualTo(Base64.getEncoder().encodeToString(HELLO));
      assertThat(readings.get(1).at("/data/payload").asText()).isEqualTo("AQID");
      assertThat(readings.get(0).at("/data/crcOk").asBoolean()).isTrue();
      assertThat(readings.get(0).at("/data/bearer").asText()).isEqualTo("tcp");
      assertThat(readings.get(0).at("/data/profile").asText()).isEqualTo("wmmp-3");
      assertThat(readings.get(0).at("/data/to/app").asText()).isEqualTo(APP);
      assertThat(readings.get(0).at("/data/suspectedDuplicate").asBoolean()).isFalse();
      assertThat(readings.get(1).path("offset").asLong())
          .isGreaterThan(readings.get(0).path("offset").asLong());
      assertThat(readings.get(1).path("tseq").asLong())
          .isGreaterThan(readings.get(0).path("tseq").asLong());
      assertThat(otherApp.readings(0, terminal.who())).isEmpty();
    }
  }

  // Verifies that the event stream and an MQTT subscriber get the same envelope as a pull does.
  @Test
  void showsTheSameEventOnEveryTap() throws Exception {
    try (PeerTerminal terminal = provisioned().login();
        var mqtt = new MqttTap(gateway.endpoint("mqtt"), APP, app.key(), 1);
        var mqttAtMostOnce = new MqttTap(gateway.endpoint("mqtt"), APP, app.key(), 0)) {
      // GIVEN taps of the application
      String serial = terminal.who().serial();
      // WHEN the terminal sends
      assertThat(terminal.data(APP, HELLO)).isZero();
      // THEN pull, SSE and MQTT show one and the same event
      JsonNode pulled = app.readings(1, terminal.who()).get(0);
      try (var sse = new SseTap(app, pulled.path("offset").asLong() - 1)) {
        var streamed = sse.await(event -> event.path("subject").asText().equals(serial));
        assertThat(streamed.event()).isEqualTo(pulled);
        assertThat(streamed.id()).isEqualTo(pulled.path("offset").asText());
      }
      for (MqttTap tap : List.of(mqtt, mqttAtMostOnce)) {
        var published = tap.await(event -> event.path("type").asText().equals("m2m.data.up")
            && event.path("subject").asText().equals(serial));
        assertThat(published.topic()).isEqualTo("m2m/v1/EC01/evt/" + serial + "/data");
        assertThat(published.event()).isEqualTo(pulled);
      }
    }
  }

  // Verifies that an event stream that is open already shows new events as they come.
  @Test
  void streamsLive() throws Exception {
    try (PeerTerminal terminal = provisioned().login();
        var sse = new SseTap(app, 0)) {
      // WHEN the terminal sends while the stream is open
      assertThat(terminal.data(APP, "live".getBytes(StandardCharsets.US_ASCII))).isZero();
      // THEN the stream shows it
      var streamed = sse.await(event -> event.path("type").asText().equals("m2m.data.up")
          && event.path("subject").asText().equals(terminal.who().serial()));
      assertEnvelope(streamed.event(), terminal.who());
    }
  }

  // Verifies that data for an application that does not
  // exist, or is not the terminal's, is refused with 2.
  @Test
  void refusesAnUnknownDestination() {
    try (PeerTerminal terminal = provisioned().login()) {
      // WHEN it sends to an unknown and to a foreign application THEN it gets 2
      assertThat(terminal.data("NOSUCH", HELLO)).isEqualTo(2);
      assertThat(terminal.data("EC02", HELLO)).isEqualTo(2);
      // AND nothing was logged
      assertThat(app.readings(0, terminal.who())).isEmpty();
      assertThat(otherApp.readings(0, terminal.who())).isEmpty();
    }
  }

  // Verifies that a wrong CRC16 is told to the application
  // by default, and refused where the profile says so.
  @Test
  void treatsAWrongCrcAsItsProfileSays() {
    // GIVEN a profile that refuses
    admin.createProfile("strict-crc", profile -> profile.put("crcError", "refuse"));
    Identity strict = admin.createTerminal(Identity.fresh(), APP, "strict-crc");
    byte[] wrong = PeerTerminal.dataBody(APP, HELLO, PeerBytes.crc16(HELLO) ^ 1);
    try (PeerTerminal warned = provisioned().login();
        PeerTerminal refused = gateway.terminal(strict).login()) {
      // WHEN both send data with a wrong CRC16
      PeerFrame taken = warned.exchange(warned.signed(PeerTerminal.DATA, wrong));
      PeerFrame rejected = refused.exchange(refused.signed(PeerTerminal.DATA, wrong));
      // THEN one is taken and marked, the other refused with 4
      assertThat(taken.result()).isZero();
      JsonNode event = app.readings(1, warned.who()).get(0);
      assertThat(event.at("/data/crcOk").isBoolean()).isTrue();
      assertThat(event.at("/data/crcOk").asBoolean()).isFalse();
      assertThat(rejected.result()).isEqualTo(4);
      assertThat(app.readings(0, refused.who())).isEmpty();
    }
  }

  // Verifies that an empty payload is taken with either of its two CRC16 (wire.md 5).
  @Test
  void takesAnEmptyPayload() {
    try (PeerTerminal terminal = provisioned().login()) {
      // WHEN it sends nothing, with CRC 0 and with FFFF
      for (int crc16 : List.of(0, 0xFFFF)) {
        byte[] body = PeerTerminal.dataBody(APP, new byte[0], crc16);
        assertThat(terminal.exchange(terminal.signed(PeerTerminal.DATA, body)).result())
            .isZero();
      }
      // THEN both are good
      assertThat(app.readings(2, terminal.who()))
          .hasSize(2)
          .allMatch(event -> event.at("/data/crcOk").asBoolean());
    }
  }

  // Verifies that an unsigned HEART_BEAT of a session
  // gets its 28 bytes, with TLVs in it or without.
  @Test
  void answersHeartbeats() {
    try (PeerTerminal terminal = provisioned().login()) {
      // WHEN it beats, bare and with cell and signal THEN the answer is 28 bytes, flags 00
      terminal.heartbeat();
      byte[] facts = bytes()
          .tlv(0x3006, (byte) 0x18, (byte) 0xA7, (byte) 0x5B, (byte) 0x1C)
          .tlv(0x3007, (byte) 20)
          .toArray();
      PeerFrame ack = terminal.exchangeUnsigned(
          terminal.unsigned(PeerTerminal.HEART_BEAT, terminal.nextSequence(), 0, facts));
      assertThat(ack.bytes()).hasSize(28);
    }
  }

  // Verifies that LOGOUT is answered as often as it is
  // sent, with the secrets of the session that it ended.
  @Test
  void logsOut() {
    try (PeerTerminal terminal = provisioned().login()) {
      // WHEN it logs out THEN the ack is empty and signed
      byte[] logout = terminal.signed(PeerTerminal.LOGOUT, bytes().u8(0).toArray());
      assertThat(terminal.exchange(logout).body()).isEmpty();
      // AND so is that of a repeat, with the same bytes or a new sequence
      assertThat(terminal.exchange(logout).body()).isEmpty();
      assertThat(terminal.logout(0).body()).isEmpty();
      // AND the application hears of it once
      assertThat(app.events(1, "m2m.terminal.logout", terminal.who().serial())).hasSize(1);
      // AND the session is over: data gets its refusal
      byte[] late = terminal.signed(PeerTerminal.DATA, PeerTerminal.dataBody(APP, HELLO));
      assertThat(terminal.exchangeUnsigned(late).result()).isEqualTo(3);
    }
  }

  // Verifies that what a terminal reports in a CONFIG_TRAP
  // is acknowledged and told, even where no tag is known.
  @Test
  void takesReports() {
    try (PeerTerminal terminal = provisioned().login()) {
      // WHEN it reports its signal level and a tag that no dictionary has
      PeerFrame ack = terminal.trap(
          bytes().tlv(0x3007, (byte) 17).tlv(0x7F7F, (byte) 1, (byte) 2).toArray());
      // THEN that is fine, and an event
      assertThat(ack.result()).isZero();
      assertThat(app.events(1, "m2m.report", terminal.who().serial())).hasSize(1);
    }
  }

  // Verifies that an application sees its own terminals and no others.
  @Test
  void hidesForeignTerminals() {
    Identity who = admin.createTerminal(Identity.fresh(), APP);
    // WHEN both applications ask for it THEN one sees it, for the other it does not exist
    assertThat(app.terminal(who.serial()).path("serial").asText()).isEqualTo(who.serial());
    assertThat(otherApp.get("/v1/terminals/" + who.serial()).status()).isEqualTo(404);
    assertThat(app.get("/v1/admin/terminals").status()).isEqualTo(403);
    // AND no password of it is shown to anybody
    assertThat(admin.get("/v1/admin/terminals/" + who.serial()).body())
        .doesNotContain(who.uplink(), who.downlink());
  }

  private static void assertEnvelope(JsonNode event, Identity who) {
    assertThat(event.path("specversion").asText()).isEqualTo("1.0");
    assertThat(event.path("id").asText()).isNotEmpty();
    assertThat(event.path("source").asText()).startsWith("/m2mgate/");
    assertThat(event.path("type").asText()).startsWith("m2m.");
    assertThat(event.path("subject").asText()).isEqualTo(who.serial());
    assertThat(Instant.parse(event.path("time").asText()))
        .isBefore(Instant.now().plusSeconds(1));
    assertThat(event.path("datacontenttype").asText()).isEqualTo("application/json");
    assertThat(event.path("appcode").asText()).isEqualTo(APP);
    assertThat(event.path("offset").isIntegralNumber()).isTrue();
    assertThat(event.path("offset").asLong()).isPositive();
    assertThat(event.path("tseq").asLong()).isPositive();
  }
}
