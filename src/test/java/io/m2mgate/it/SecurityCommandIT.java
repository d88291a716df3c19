package io.m2mgate.it;

import static io.m2mgate.peer.PeerBytes.bytes;
import static io.m2mgate.peer.PeerCommands.ack;
import static io.m2mgate.peer.PeerCommands.expect;
import static io.m2mgate.peer.PeerCommands.pairs;
import static io.m2mgate.peer.PeerCommands.refusal;
import static io.m2mgate.peer.PeerSim.ask;
import static io.m2mgate.peer.PeerSim.await;
import static io.m2mgate.peer.PeerSim.command;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.m2mgate.peer.Api;
import io.m2mgate.peer.GatewayProcess;
import io.m2mgate.peer.Identity;
import io.m2mgate.peer.PeerFrame;
import io.m2mgate.peer.PeerRotation;
import io.m2mgate.peer.PeerRotation.Given;
import io.m2mgate.peer.PeerSim;
import io.m2mgate.peer.PeerTerminal;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a terminal is asked of its security: values, digests, and to use what it was given (wire 7, behaviour 5.3.10). */
class SecurityCommandIT {
  private static final String APP = "EC01";
  private static final String ACTIVATE = "{\"type\":\"security\",\"operation\":\"activate\"}";
  private static final byte[] NEVER = {-1, -1, -1, -1};
  private static final byte[] FOREIGN = new byte[16];

  private static GatewayProcess gateway;
  private static Api admin;
  private static Api app;

  @BeforeAll
  static void start() {
    gateway = GatewayProcess.start("commands.effectSeconds=3", "log.level=debug");
    admin = gateway.api();
    app = admin.createApplication(APP);
  }

  @AfterAll
  static void stop() {
    gateway.closeClean();
  }

  private static PeerTerminal online() {
    return gateway.terminal(admin.createTerminal(Identity.fresh(), APP)).login();
  }

  private static PeerFrame expectAsked(PeerTerminal terminal, int operation, int... tags) {
    return expect(
        terminal,
        PeerRotation.SECURITY_CONFIG,
        bytes().u8(operation).raw(pairs(tags)).toArray());
  }

  private static byte[] digest(int tag, String secret, int expiryTag) {
    return PeerSim.md5(bytes().tlv(tag, secret).tlv(expiryTag, NEVER).toArray());
  }

  // Verifies operation 1: tags without values, values back, and what a terminal does not know left
  // out.
  @Test
  void readsValues() {
    try (PeerTerminal terminal = online()) {
      String id = ask(
          app,
          terminal.who(),
          "{\"type\":\"security\",\"operation\":\"readValues\",\"tags\":[\"E00D\",\"E018\",\"E012\"]}");
      ack(terminal, expectAsked(terminal, 1, PeerSim.BINDING, 0xE018, 0xE012), refusal(2, 0xE018));
      PeerFrame second = expectAsked(terminal, 1, PeerSim.BINDING, 0xE012);
      ack(
          terminal,
          second,
          bytes()
              .u8(0)
              .tlv(PeerSim.BINDING, (byte) 1)
              .tlv(0xE012, terminal.who().imsi())
              .toArray());
      JsonNode result = await(app, id, "succeeded").path("result");
      assertThat(result.at("/values/sim-bind-mode").asInt()).isEqualTo(1);
      assertThat(result.at("/values/imsi").asText()).isEqualTo(terminal.who().imsi());
      assertThat(result.at("/bad/0").asText()).isEqualTo("pin1-error-count");
    }
  }

  // Verifies operation 2: each digest is compared with what the platform has, and goes no further.
  @Test
  void comparesDigests() {
    try (PeerTerminal terminal = online()) {
      Identity who = terminal.who();
      byte[] good = digest(PeerRotation.UPLINK, who.uplink(), PeerRotation.UPLINK_EXPIRY);
      String id = ask(app, who, "{\"type\":\"security\",\"operation\":\"readDigests\"}");
      PeerFrame asked = expectAsked(
          terminal,
          2,
          PeerRotation.UPLINK,
          PeerRotation.DOWNLINK,
          PeerRotation.BASE_KEY,
          PeerSim.PIN1);
      byte[] pin = PeerSim.digestTlv(who, "1234");
      ack(
          terminal,
          asked,
          bytes()
              .u8(0)
              .tlv(0xE026, good)
              .tlv(0xE029, FOREIGN)
              .tlv(0xE03A, FOREIGN)
              .raw(pin)
              .toArray());
      assertThat(await(app, id, "succeeded").at("/result/secrets").toString())
          .isEqualTo(
              "{\"uplinkPassword\":\"matches\",\"downlinkPassword\":\"differs\",\"baseKey\":\"unknown\",\"pin1\":\"unknown\"}");
      String everything = app.pull(0, 0).toString()
          + app.get("/v1/terminals/" + who.serial() + "/parameters").body()
          + String.join("\n", gateway.process().output());
      HexFormat upper = HexFormat.of().withUpperCase();
      assertThat(everything.toUpperCase(java.util.Locale.ROOT))
          .doesNotContain(upper.formatHex(good), upper.formatHex(pin).substring(8));
    }
  }

  // Verifies that some secrets can be asked for, and a refusal told.
  @Test
  void comparesSomeDigests() {
    try (PeerTerminal terminal = online()) {
      String id = ask(
          app,
          terminal.who(),
          "{\"type\":\"security\",\"operation\":\"readDigests\",\"secrets\":[\"downlinkPassword\"]}");
      PeerFrame asked = expectAsked(terminal, 2, PeerRotation.DOWNLINK);
      ack(terminal, asked, 3);
      assertThat(await(app, id, "rejected").at("/result/name").asText()).isEqualTo("rejected");
    }
  }

  private static Given rotated(PeerTerminal terminal) {
    Api.Answer answer = app.call(
        "POST",
        "/v1/terminals/" + terminal.who().serial() + "/rotations",
        Api.JSON.createObjectNode());
    assertThat(answer.status()).isEqualTo(202);
    Given given = PeerRotation.expectSet(terminal);
    PeerRotation.ack(terminal, given, 0);
    return given;
  }

  // Verifies operation 3: the terminal logs out and uses the set that it was given; that is the
  // end.
  @Test
  void activatesWhatWasGiven() {
    try (PeerTerminal terminal = online()) {
      Identity renewed = rotated(terminal).applied(terminal.who());
      String id = ask(app, terminal.who(), ACTIVATE);
      PeerFrame asked = expectAsked(terminal, 3);
      ack(terminal, asked, 0);
      await(app, id, "acked");
      try (PeerTerminal now = PeerRotation.comeBack(terminal, gateway, renewed)) {
        await(app, id, "succeeded");
        assertThat(now.data(APP, new byte[] {1})).isZero();
      }
    }
  }

  // Verifies that a session under the old set is none, and what is asked of a terminal that was
  // given
  // nothing.
  @Test
  void isNotActivatedByTheOldSet() {
    try (PeerTerminal terminal = online()) {
      Api.Answer early = post(terminal.who(), ACTIVATE);
      assertThat(early.status()).isEqualTo(409);
      assertThat(early.json().path("type").asText())
          .isEqualTo("urn:m2mgate:problem:rotation-not-sent");
      rotated(terminal);
      String id = ask(app, terminal.who(), ACTIVATE);
      ack(terminal, expectAsked(terminal, 3), 0);
      await(app, id, "acked");
      terminal.logout(9);
      terminal.login();
      assertThat(await(app, id, "timedOut").path("reason").asText())
          .isEqualTo("no LOGIN under the new set was seen in time");
    }
  }

  // Verifies that the set which was to be used is the one that is: another is not asked for.
  @Test
  void isNotAskedForARotationThatEnded() {
    Identity who = admin.createTerminal(Identity.fresh(), APP);
    String id;
    try (PeerTerminal terminal = gateway.terminal(who).login()) {
      rotated(terminal);
      terminal.logout(0);
      id = ask(app, who, ACTIVATE);
    }
    String path = "/v1/terminals/" + who.serial() + "/rotations";
    String rotation = app.get(path).json().at("/items/0/id").asText();
    assertThat(app.call("POST", path + "/" + rotation + "/abandon", Api.JSON.createObjectNode())
            .status())
        .isEqualTo(202);
    try (PeerTerminal terminal = gateway.terminal(who).login()) {
      assertThat(await(app, id, "failed").path("reason").asText())
          .isEqualTo("the rotation is not open any more");
      assertThat(command(app, id).path("attempts").asInt()).isZero();
      assertThat(terminal.data(APP, new byte[] {1})).isZero();
    }
  }

  private static Api.Answer post(Identity who, String json) {
    return app.full(
            "POST",
            "/v1/terminals/" + who.serial() + "/commands",
            json.getBytes(StandardCharsets.UTF_8))
        .answer();
  }

  // Verifies what cannot be asked, with the place that is wrong.
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "tag-not-allowed|/tags/0|`operation`:`readValues`,`tags`:[`E025`]",
        "tag-not-allowed|/tags/1|`operation`:`readValues`,`tags`:[`E00D`,`E002`]",
        "tag-not-allowed|/tags/0|`operation`:`readValues`,`tags`:[`0011`]",
        "tag-not-allowed|/tags/0|`operation`:`readValues`,`tags`:[`E021`]",
        "tag-not-allowed|/names/0|`operation`:`readValues`,`names`:[`nobody`]",
        "invalid-request|/tags|`operation`:`readValues`",
        "invalid-request|/tags|`operation`:`activate`,`tags`:[`E00D`]",
        "invalid-request|/secrets/0|`operation`:`readDigests`,`secrets`:[`pin2`]",
        "invalid-request|/secrets|`operation`:`readDigests`,`secrets`:[]",
        "invalid-request|/operation|`operation`:`set`",
        "invalid-request|/operation|`tags`:[`E00D`]"
      })
  void refusesRequests(String problem, String pointer, String members) {
    Identity who = admin.createTerminal(Identity.fresh(), APP);
    Api.Answer answer = post(who, ("{`type`:`security`," + members + "}").replace('`', '"'));
    assertThat(answer.status()).as(answer.body()).isEqualTo(422);
    assertThat(answer.json().path("type").asText()).endsWith(":" + problem);
    assertThat(answer.json().at("/errors/0/pointer").asText()).isEqualTo(pointer);
  }

  // Verifies that the scope of security is needed, for what changes and for what asks.
  @ParameterizedTest
  @CsvSource({"sim", "security"})
  void needsItsScope(String type) {
    Identity who = admin.createTerminal(Identity.fresh(), APP);
    Api.Answer limited = admin.call(
        "POST",
        "/v1/admin/applications",
        Api.JSON
            .createObjectNode()
            .put("appCode", "LIM" + type)
            .set("scopes", Api.JSON.createArrayNode().add("control").add("config:write")));
    Api.Answer answer = admin
        .as(limited.json().path("apiKey").asText())
        .full(
            "POST",
            "/v1/terminals/" + who.serial() + "/commands",
            ("{\"type\":\"" + type + "\"}").getBytes(StandardCharsets.UTF_8))
        .answer();
    assertThat(answer.status()).as(answer.body()).isEqualTo(403);
  }
}
