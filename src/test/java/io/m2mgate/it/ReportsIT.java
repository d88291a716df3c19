package io.m2mgate.it;

import static io.m2mgate.peer.PeerBytes.bytes;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.m2mgate.peer.Api;
import io.m2mgate.peer.GatewayProcess;
import io.m2mgate.peer.Identity;
import io.m2mgate.peer.MqttTap;
import io.m2mgate.peer.PeerBytes;
import io.m2mgate.peer.PeerTerminal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What terminals report, as their application reads it (behaviour 5.3.5, 6.1.13). */
class ReportsIT {
  private static final String APP = "EC01";

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

  private static PeerTerminal loggedIn() {
    return gateway.terminal(admin.createTerminal(Identity.fresh(), APP)).login();
  }

  private static void trap(PeerTerminal terminal, PeerBytes tlvs) {
    assertThat(terminal.trap(tlvs.toArray()).result()).isZero();
  }

  private static JsonNode list(Api who, PeerTerminal terminal, String query) {
    Api.Answer answer = who.get("/v1/terminals/" + terminal.who().serial() + "/reports" + query);
    assertThat(answer.status()).as(answer.body()).isEqualTo(200);
    return answer.json();
  }

  /** The value of a name in the last report. */
  private static JsonNode last(PeerTerminal terminal, String name) {
    JsonNode values = list(app, terminal, "?limit=1").at("/items/0/data/values");
    for (JsonNode value : values) {
      if (value.path("name").asText().equals(name)) {
        return value;
      }
    }
    throw new AssertionError(name + " is not in " + values);
  }

  private static JsonNode reported(PeerTerminal terminal) {
    return app.get("/v1/terminals/" + terminal.who().serial() + "/reported")
        .json()
        .path("reported");
  }

  // Verifies that the counters 2004 and 2008 to 200E are
  // decoded, listed and kept as reported state with their time.
  @Test
  void takesStatistics() {
    try (PeerTerminal terminal = loggedIn()) {
      // WHEN a terminal sends its monthly report
      PeerBytes tlvs = bytes().tlv(0x2004, (byte) 1);
      for (int tag = 0x2008; tag <= 0x200E; tag++) {
        tlvs.tlv(tag, (byte) 0x80, (byte) 0, (byte) 0, (byte) tag);
      }
      trap(terminal, tlvs);
      // THEN each value has its name beside its tag
      assertThat(last(terminal, "stat-monthly-business-flag").path("value").asInt())
          .isEqualTo(1);
      JsonNode bytes = last(terminal, "stat-gprs-bytes");
      assertThat(bytes.path("tag").asText()).isEqualTo("200B");
      assertThat(bytes.path("value").asLong()).isEqualTo(0x8000000BL);
      assertThat(list(app, terminal, "").at("/items/0/data/values")).hasSize(8);
      // AND is reported state
      JsonNode received = reported(terminal).path("stat-ussd-received");
      assertThat(received.path("value").asLong()).isEqualTo(0x8000000EL);
      assertThat(received.path("tag").asText()).isEqualTo("200E");
      assertThat(Instant.parse(received.path("at").asText()))
          .isAfter(Instant.now().minusSeconds(60));
    }
  }

  // Verifies that the series of short messages and of traffic are lists of what the dictionary
  // names.
  @Test
  void takesSeries() {
    try (PeerTerminal terminal = loggedIn()) {
      // WHEN it sends two records of each
      byte[] sms = bytes()
          .u32(1_700_000_000)
          .u16(3)
          .u16(4)
          .u32(1_700_003_600)
          .u16(5)
          .u16(6)
          .toArray();
      byte[] gprs = bytes()
          .u32(1_700_000_000)
          .u32(100_000)
          .u32(200_000)
          .u32(1_700_003_600)
          .u32(7)
          .u32(8)
          .toArray();
      trap(terminal, bytes().tlv(0x2013, sms).tlv(0x2014, sms).tlv(0x2017, gprs).tlv(0x2018, gprs));
      // THEN every record is there
      assertThat(last(terminal, "m2m-sms-stat").path("value").toString())
          .isEqualTo("[{\"time\":1700000000,\"sent\":3,\"received\":4},"
              + "{\"time\":1700003600,\"sent\":5,\"received\":6}]");
      assertThat(last(terminal, "business-sms-stat").path("value")).hasSize(2);
      assertThat(last(terminal, "m2m-gprs-stat").at("/value/0/sentBytes").asInt())
          .isEqualTo(100_000);
      assertThat(
              last(terminal, "business-gprs-stat").at("/value/1/receivedBytes").asInt())
          .isEqualTo(8);
    }
  }

  // Verifies that peripherals read the same in binary and as hex digits in ASCII.
  @Test
  void takesPeripheralsInBothForms() {
    try (PeerTerminal terminal = loggedIn()) {
      byte[] binary = {0, 1, 0, 0, 3, 2};
      List<JsonNode> seen = new ArrayList<>();
      for (PeerBytes form :
          List.of(bytes().tlv(0x300F, binary), bytes().tlv(0x300F, "000100000302"))) {
        // WHEN it sends them THEN device and status stand apart
        trap(terminal, form);
        seen.add(last(terminal, "peripheral-status"));
      }
      assertThat(seen.get(0)).isEqualTo(seen.get(1));
      assertThat(seen.get(0).path("value").toString())
          .isEqualTo("[{\"deviceNo\":1,\"status\":0},{\"deviceNo\":3,\"status\":2}]");
      assertThat(seen.get(0).has("unexpected")).isFalse();
    }
  }

  // Verifies that unknown tags, unexpected lengths and repeated tags are taken, kept raw and
  // marked.
  @Test
  void keepsOddValuesRaw() {
    try (PeerTerminal terminal = loggedIn()) {
      // WHEN all three come in one trap
      trap(
          terminal,
          bytes()
              .tlv(0x7F7E, (byte) 1, (byte) 2)
              .tlv(0x2008, (byte) 9)
              .tlv(0x3007, (byte) 17)
              .tlv(0x3007, (byte) 18));
      // THEN nothing is refused or lost
      JsonNode values = list(app, terminal, "?limit=1").at("/items/0/data/values");
      assertThat(values).hasSize(4);
      assertThat(values.get(0).path("name").asText()).isEqualTo("tag-7F7E");
      assertThat(values.get(0).path("raw").asText()).isEqualTo("0102");
      assertThat(values.get(1).path("unexpected").asBoolean()).isTrue();
      assertThat(values.get(1).path("raw").asText()).isEqualTo("09");
      assertThat(values.get(3).path("repeated").asBoolean()).isTrue();
      assertThat(values.get(3).path("raw").asText()).isEqualTo("12");
      assertThat(reported(terminal).at("/signal-level/value").asInt()).isEqualTo(18);
      assertThat(reported(terminal).at("/stat-sms-sent-ok/value/hex").asText()).isEqualTo("09");
    }
  }

  // Verifies that results of settings and the mark of local changes are reports like others.
  @Test
  void takesResultsAndMarks() {
    try (PeerTerminal terminal = loggedIn()) {
      trap(
          terminal,
          bytes()
              .tlv(0x4010, bytes().u8(0).u32(77).toArray())
              .tlv(0x4017, bytes().u32(0xCAFEBABE).toArray()));
      assertThat(last(terminal, "param-execution-result").at("/value/sequence").asInt())
          .isEqualTo(77);
      assertThat(last(terminal, "config-crc32").path("value").asLong()).isEqualTo(0xCAFEBABEL);
      trap(terminal, bytes().tlv(0x4011));
      assertThat(last(terminal, "local-config-applied").path("tag").asText()).isEqualTo("4011");
    }
  }

  // Verifies that cell, signal and firmware that a report tells are on the terminal's record.
  @Test
  void keepsFactsOnTheRecord() {
    try (PeerTerminal terminal = loggedIn()) {
      trap(
          terminal,
          bytes()
              .tlv(0x3004, bytes().ascii("2.07", 8).toArray())
              .tlv(0x3006, bytes().u16(0x18A7).u16(0x5B1C).toArray())
              .tlv(0x3007, (byte) 21));
      JsonNode facts = app.terminal(terminal.who().serial()).path("facts");
      assertThat(facts.path("softwareVersion").asText()).isEqualTo("2.07");
      assertThat(facts.path("lac").asInt()).isEqualTo(0x18A7);
      assertThat(facts.path("cell").asInt()).isEqualTo(0x5B1C);
      assertThat(facts.path("signal").asInt()).isEqualTo(21);
    }
  }

  // Verifies that the list goes page by page from the newest back, and between two times.
  @Test
  void pagesNewestFirst() {
    try (PeerTerminal terminal = loggedIn()) {
      // GIVEN seven reports among other events
      for (int i = 0; i < 7; i++) {
        trap(terminal, bytes().tlv(0x3007, (byte) i));
        assertThat(terminal.data(APP, new byte[] {1})).isZero();
      }
      // WHEN they are read by three
      List<Integer> signals = new ArrayList<>();
      List<String> times = new ArrayList<>();
      String cursor = "";
      do {
        JsonNode page = list(app, terminal, "?limit=3" + cursor);
        page.path("items").forEach(report -> {
          signals.add(report.at("/data/values/0/value").asInt());
          times.add(report.path("time").asText());
        });
        cursor = "&cursor=" + page.path("next").asText();
      } while (!cursor.endsWith("null"));
      // THEN each came once
      assertThat(signals).containsExactly(6, 5, 4, 3, 2, 1, 0);
      // AND a span holds its beginning and not its end
      String span = "?from=" + times.get(4) + "&to=" + times.get(1);
      assertThat(list(app, terminal, span).path("items"))
          .hasSizeBetween(1, 5)
          .allSatisfy(report -> assertThat(report.path("time").asText())
              .isBetween(times.get(4), times.get(1))
              .isNotEqualTo(times.get(1)));
      assertThat(list(admin, terminal, "").path("items")).hasSize(7);
    }
  }

  // Verifies that others see nothing, that a key needs its scope, and what is no time or cursor.
  @Test
  void refusesWhatIsNotTheirs() {
    try (PeerTerminal terminal = loggedIn()) {
      trap(terminal, bytes().tlv(0x3007, (byte) 1));
      String path = "/v1/terminals/" + terminal.who().serial();
      assertThat(otherApp.get(path + "/reports").status()).isEqualTo(404);
      assertThat(otherApp.get(path + "/reported").status()).isEqualTo(404);
      assertThat(app.get(path + "/reports?from=yesterday").status()).isEqualTo(422);
      assertThat(app.get(path + "/reports?cursor=AAAA").status()).isEqualTo(400);
      assertThat(app.get(path + "/reports?sort=asc").status()).isEqualTo(422);
      Api narrow = admin.as(admin
          .call(
              "POST",
              "/v1/admin/applications",
              Api.JSON
                  .createObjectNode()
                  .put("appCode", "NARROW")
                  .set("scopes", Api.JSON.createArrayNode().add("terminals:read")))
          .json()
          .path("apiKey")
          .asText());
      assertThat(narrow.get(path + "/reports").status()).isEqualTo(403);
      assertThat(narrow.get(path + "/reported").status()).isEqualTo(404);
    }
  }

  // Verifies that a subscriber gets a report on its topic.
  @Test
  void publishesReports() throws Exception {
    try (PeerTerminal terminal = loggedIn();
        var mqtt = new MqttTap(gateway.endpoint("mqtt"), APP, app.key(), 1)) {
      trap(terminal, bytes().tlv(0x3007, (byte) 9));
      String serial = terminal.who().serial();
      var published = mqtt.await(event -> event.path("subject").asText().equals(serial)
          && event.path("type").asText().equals("m2m.report"));
      assertThat(published.topic()).isEqualTo("m2m/v1/EC01/evt/" + serial + "/report");
      assertThat(published.event()).isEqualTo(list(app, terminal, "").at("/items/0"));
    }
  }
}
