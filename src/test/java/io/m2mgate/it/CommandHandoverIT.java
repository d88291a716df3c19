package io.m2mgate.it;

import static io.m2mgate.peer.PeerBytes.bytes;
import static io.m2mgate.peer.PeerCommands.ack;
import static io.m2mgate.peer.PeerCommands.expect;
import static io.m2mgate.peer.PeerCommands.expectRepeat;
import static io.m2mgate.peer.PeerCommands.pairs;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.m2mgate.peer.Api;
import io.m2mgate.peer.Await;
import io.m2mgate.peer.CommandDesk;
import io.m2mgate.peer.GatewayProcess;
import io.m2mgate.peer.Identity;
import io.m2mgate.peer.PeerCommands;
import io.m2mgate.peer.PeerFrame;
import io.m2mgate.peer.PeerTerminal;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What becomes of open commands when their terminal is given to another application, or is disabled. */
class CommandHandoverIT {
  private static final String FIRST = "FIRST";
  private static final String SECOND = "SECOND";
  private static final String READ = "{\"type\":\"read\",\"tags\":[\"0011\"]}";
  private static final byte[] BEAT_77 =
      bytes().u8(0).tlv(0x0011, bytes().u32(77).toArray()).toArray();
  private static final int REPEAT_SECONDS = 5;

  private static GatewayProcess gateway;
  private static Api admin;
  private static Api first;
  private static Api second;

  @BeforeAll
  static void start() {
    gateway = GatewayProcess.start();
    admin = gateway.api();
    first = admin.createApplication(FIRST);
    second = admin.createApplication(SECOND);
    admin.createProfile(
        "slow", profile -> profile.withObject("exchange").put("timeoutSeconds", REPEAT_SECONDS));
  }

  @AfterAll
  static void stop() {
    gateway.closeClean();
  }

  private static String ask(Api app, Identity who) {
    Api.Full asked = app.full(
        "POST",
        "/v1/terminals/" + who.serial() + "/commands",
        READ.getBytes(StandardCharsets.UTF_8));
    assertThat(asked.answer().status()).as(asked.answer().body()).isEqualTo(202);
    return asked.answer().json().path("id").asText();
  }

  private static void patch(Identity who, ObjectNode change) {
    Api.Answer answer = admin.call("PATCH", "/v1/admin/terminals/" + who.serial(), change);
    assertThat(answer.status()).as(answer.body()).isEqualTo(200);
  }

  private static void giveToSecond(Identity who) {
    patch(who, Api.JSON.createObjectNode().put("app", SECOND));
  }

  private static void enable(Identity who, boolean enabled) {
    patch(who, Api.JSON.createObjectNode().put("enabled", enabled));
  }

  private static JsonNode command(Api app, String id) {
    return app.get("/v1/commands/" + id).json();
  }

  private static JsonNode awaitState(Api app, String id, String state) {
    Await.until(
        "command " + state,
        Await.PATIENCE,
        () -> command(app, id).path("state").asText().equals(state));
    return command(app, id);
  }

  /** Fails unless the first application's command ended without the terminal's answer, and was told of once. */
  private static void assertTakenBack(String id, int events) {
    JsonNode ended = awaitState(first, id, "cancelled");
    assertThat(ended.path("reason").asText()).contains("application");
    assertThat(ended.has("result")).isFalse();
    List<String> told =
        first.events(events, event -> event.at("/data/id").asText().equals(id)).stream()
            .map(event -> event.at("/data/state").asText())
            .toList();
    CommandDesk.assertOneEnd(told);
  }

  /** The terminal serves its new application, and its first frame is for that one. */
  private static void assertServes(PeerTerminal terminal, Api app) {
    String id = ask(app, terminal.who());
    ack(terminal, expect(terminal, PeerCommands.CONFIG_GET, pairs(0x0011)), BEAT_77);
    assertThat(awaitState(app, id, "succeeded")
            .at("/result/values/heartbeat-interval")
            .asInt())
        .isEqualTo(77);
  }

  /** Verifies that what waited for a terminal is not asked once the terminal is another application's. */
  @Test
  void takesBackWhatWaited() {
    Identity who = admin.createTerminal(Identity.fresh(), FIRST);
    String id = ask(first, who);
    giveToSecond(who);
    try (PeerTerminal terminal = gateway.terminal(who).login()) {
      assertTakenBack(id, 2);
      assertServes(terminal, second);
    }
  }

  /** Verifies that an answer that comes after the change is not shown to the application before. */
  @Test
  void takesBackWhatIsInFlight() {
    Identity who = admin.createTerminal(Identity.fresh(), FIRST);
    try (PeerTerminal terminal = gateway.terminal(who).login()) {
      String id = ask(first, who);
      PeerFrame get = expect(terminal, PeerCommands.CONFIG_GET, pairs(0x0011));
      giveToSecond(who);
      ack(terminal, get, BEAT_77);
      assertTakenBack(id, 3);
      assertServes(terminal, second);
    }
  }

  /** Verifies that a disabled terminal is asked nothing, and again once it is enabled. */
  @Test
  void leavesADisabledTerminalAlone() {
    Identity who = admin.createTerminal(Identity.fresh(), FIRST, "slow");
    try (PeerTerminal terminal = gateway.terminal(who).login()) {
      String id = ask(first, who);
      PeerFrame get = expect(terminal, PeerCommands.CONFIG_GET, pairs(0x0011));
      enable(who, false);
      assertThat(terminal.link().read(Duration.ofSeconds(REPEAT_SECONDS + 2)))
          .as("asked although it is disabled")
          .isEmpty();
      assertThat(command(first, id).has("result")).isFalse();
      enable(who, true);
      expectRepeat(terminal, get, Duration.ofSeconds(REPEAT_SECONDS + 10));
      ack(terminal, get, BEAT_77);
      awaitState(first, id, "succeeded");
    }
  }
}
