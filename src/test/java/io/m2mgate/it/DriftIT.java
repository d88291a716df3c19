package io.m2mgate.it;

import static io.m2mgate.peer.PeerBytes.bytes;
import static io.m2mgate.peer.PeerCommands.ack;
import static io.m2mgate.peer.PeerCommands.executed;
import static io.m2mgate.peer.PeerCommands.expect;
import static io.m2mgate.peer.PeerCommands.pairs;
import static io.m2mgate.peer.PeerCommands.refusal;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.m2mgate.peer.Api;
import io.m2mgate.peer.Await;
import io.m2mgate.peer.GatewayProcess;
import io.m2mgate.peer.Identity;
import io.m2mgate.peer.PeerBytes;
import io.m2mgate.peer.PeerCommands;
import io.m2mgate.peer.PeerFrame;
import io.m2mgate.peer.PeerTerminal;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Desired parameters that a terminal does not take at once: sent again, confirmed by LOGIN, drifting (5.2.3, 5.3.2, 5.3.5, 5.3.9). */
@Execution(ExecutionMode.CONCURRENT)
class DriftIT {
  private static final String APP = "EC01";
  private static final byte[] BEAT_60 = beat(60);
  private static final byte[] SET_60 =
      bytes().raw(BEAT_60).tlv(0x4009, (byte) 0).toArray();
  private static final byte[] LIST = bytes().tlv(0x0025, (byte) 0, (byte) 0x11).toArray();
  private static final Duration QUIET = Duration.ofSeconds(3);

  private static GatewayProcess gateway;
  private static Api application;

  @BeforeAll
  static void start() {
    gateway = GatewayProcess.start("parameters.sends=2", "commands.effectSeconds=2");
    application = gateway.api().createApplication(APP);
  }

  @AfterAll
  static void stop() {
    gateway.closeClean();
  }

  private static byte[] beat(int seconds) {
    return bytes().tlv(0x0011, bytes().u32(seconds).toArray()).toArray();
  }

  private static Identity provisioned() {
    return gateway.api().createTerminal(Identity.fresh(), APP);
  }

  private static String path(Identity who) {
    return "/v1/terminals/" + who.serial() + "/parameters";
  }

  private static JsonNode parameters(Identity who) {
    return application.as(application.key()).get(path(who)).json();
  }

  private static String patch(Identity who, String query, String body) {
    Api.Full answer = application.full(
        "PATCH", path(who) + query, body.getBytes(StandardCharsets.UTF_8), "If-Match", "*");
    assertThat(answer.answer().status()).as(answer.answer().body()).isEqualTo(202);
    return answer.answer().json().path("command").asText();
  }

  private static void awaitState(String command, String state) {
    Await.until(
        "command " + state,
        Await.PATIENCE,
        () -> application
            .get("/v1/commands/" + command)
            .json()
            .path("state")
            .asText()
            .equals(state));
  }

  private static void awaitDetail(Identity who, String name, String state) {
    Await.until(
        name + " " + state,
        Await.PATIENCE,
        () -> parameters(who).at("/details/" + name + "/state").asText().equals(state));
  }

  private static List<JsonNode> drifts(Identity who, int atLeast) {
    return application.events(atLeast, "m2m.parameters.drift", who.serial()).stream()
        .map(event -> event.at("/data/drift"))
        .toList();
  }

  /** LOGIN with this CRC32, and what the terminal says after it. */
  private static int login(PeerTerminal terminal, byte[] synced) {
    long crc32 = PeerBytes.crc32(synced);
    var answer = terminal.exchangeLogin(terminal.loginFrame(terminal.nextSequence(), crc32));
    terminal.under(answer.timestamp());
    terminal.trap(
        answer.result() == 0 ? new byte[0] : bytes().raw(LIST).raw(synced).toArray());
    return answer.result();
  }

  // Verifies that what was refused is sent again at the next confirmed login and not before, so
  // often and no more, and then told as drift.
  @Test
  void sendsAgainSoOften() {
    Identity who = provisioned();
    String first = patch(who, "", "{\"heartbeat-interval\":60}");
    try (PeerTerminal terminal = gateway.terminal(who).login()) {
      ack(terminal, expect(terminal, PeerCommands.CONFIG_SET, SET_60), refusal(1, 0x0011));
      awaitState(first, "rejected");
      assertThat(parameters(who).path("pending").toString()).isEqualTo("[\"heartbeat-interval\"]");
      assertThat(terminal.link().read(QUIET)).as("sent in the same session").isEmpty();
      terminal.logout(0);
    }
    try (PeerTerminal terminal = gateway.terminal(who).login()) {
      ack(terminal, expect(terminal, PeerCommands.CONFIG_SET, SET_60), refusal(1, 0x0011));
      awaitDetail(who, "heartbeat-interval", "drift");
      terminal.logout(0);
    }
    assertThat(parameters(who).path("drift").toString()).isEqualTo("[\"heartbeat-interval\"]");
    assertThat(drifts(who, 1).get(0).at("/heartbeat-interval/reason").asText())
        .contains("rejected", "sent 2 times");
    try (PeerTerminal terminal = gateway.terminal(who).login()) {
      assertThat(terminal.link().read(QUIET)).as("sent a third time").isEmpty();
    }
    JsonNode commands = application
        .get("/v1/terminals/" + who.serial() + "/commands?type=configure")
        .json()
        .path("items");
    assertThat(commands).hasSize(2);
    assertThat(commands.get(0).path("origin").asText()).isEqualTo("platform");
  }

  // Verifies that what may cut the terminal off is never sent again by itself.
  @Test
  void neverRepeatsWhatCutsOff() {
    Identity who = provisioned();
    String id = patch(who, "?confirm=reachability", "{\"platform-url\":\"m2m.example.net\"}");
    try (PeerTerminal terminal = gateway.terminal(who).login()) {
      ack(terminal, terminal.readVerified(), refusal(1, 0x0008));
      awaitState(id, "rejected");
      awaitDetail(who, "platform-url", "drift");
      terminal.logout(0);
    }
    try (PeerTerminal terminal = gateway.terminal(who).login()) {
      assertThat(terminal.link().read(QUIET)).as("sent again").isEmpty();
    }
    assertThat(drifts(who, 1)).hasSize(1);
  }

  // Verifies that a LOGIN is in sync with what is desired, not with what was reported, and that its
  // CRC32 confirms a value whose execution was never told.
  @Test
  void confirmsByLogin() {
    Identity who = provisioned();
    try (PeerTerminal terminal = gateway.terminal(who).login()) {
      terminal.trap(bytes().raw(LIST).raw(beat(30)).toArray());
      assertThat(parameters(who).at("/crc32/equal").asBoolean()).isTrue();
      String id = patch(who, "", "{\"heartbeat-interval\":60}");
      assertThat(parameters(who).at("/crc32/equal").asBoolean()).isFalse();
      ack(terminal, expect(terminal, PeerCommands.CONFIG_SET, SET_60), 0);
      awaitState(id, "timedOut");
      assertThat(parameters(who).path("pending")).hasSize(1);
      terminal.logout(0);
    }
    try (PeerTerminal terminal = gateway.terminal(who)) {
      assertThat(login(terminal, BEAT_60)).as("LOGIN with what is desired").isZero();
      awaitDetail(who, "heartbeat-interval", "done");
      assertThat(terminal.link().read(QUIET)).as("sent again").isEmpty();
      JsonNode known = parameters(who);
      assertThat(known.at("/reported/heartbeat-interval/value").asInt()).isEqualTo(60);
      assertThat(known.at("/crc32/equal").asBoolean()).isTrue();
      assertThat(known.at("/crc32/desired").asText())
          .isEqualTo(String.format("%08X", PeerBytes.crc32(BEAT_60)));
    }
  }

  // Verifies that a LOGIN with what was reported and is not desired is told so, and that the value
  // is sent after the trap.
  @Test
  void tellsADifferingLogin() {
    Identity who = provisioned();
    try (PeerTerminal terminal = gateway.terminal(who).login()) {
      terminal.trap(bytes().raw(LIST).raw(beat(30)).toArray());
      String id = patch(who, "", "{\"heartbeat-interval\":60}");
      ack(terminal, expect(terminal, PeerCommands.CONFIG_SET, SET_60), 0);
      awaitState(id, "timedOut");
      terminal.logout(0);
    }
    try (PeerTerminal terminal = gateway.terminal(who)) {
      assertThat(login(terminal, beat(30))).as("LOGIN with what was reported").isOne();
      PeerFrame set = expect(terminal, PeerCommands.CONFIG_SET, SET_60);
      ack(terminal, set, 0);
      terminal.trap(executed(0, set.sequence(), BEAT_60));
      awaitDetail(who, "heartbeat-interval", "done");
    }
  }

  // Verifies that a terminal that was changed where it stands is asked for what it has, which is
  // then its drift, and that the desired value goes out at its next login.
  @Test
  void readsLocalChanges() {
    Identity who = provisioned();
    String id = patch(who, "", "{\"heartbeat-interval\":60}");
    try (PeerTerminal terminal = gateway.terminal(who).login()) {
      terminal.trap(bytes().raw(LIST).raw(beat(30)).toArray());
      PeerFrame set = expect(terminal, PeerCommands.CONFIG_SET, SET_60);
      ack(terminal, set, 0);
      terminal.trap(executed(0, set.sequence(), BEAT_60));
      awaitState(id, "succeeded");
      terminal.trap(bytes().tlv(0x4011).toArray());
      PeerFrame get = expect(terminal, PeerCommands.CONFIG_GET, pairs(0x0025, 0x0011));
      ack(terminal, get, bytes().u8(0).raw(LIST).raw(beat(45)).toArray());
      awaitDetail(who, "heartbeat-interval", "drift");
      JsonNode known = parameters(who);
      assertThat(known.at("/reported/heartbeat-interval/value").asInt()).isEqualTo(45);
      assertThat(known.at("/details/heartbeat-interval/reason").asText()).contains("another value");
      assertThat(known.at("/crc32/equal").asBoolean()).isFalse();
      assertThat(drifts(who, 1).get(0).has("heartbeat-interval")).isTrue();
      terminal.logout(0);
    }
    try (PeerTerminal terminal = gateway.terminal(who)) {
      assertThat(login(terminal, beat(45))).isOne();
      PeerFrame set = expect(terminal, PeerCommands.CONFIG_SET, SET_60);
      ack(terminal, set, 0);
      terminal.trap(executed(0, set.sequence(), BEAT_60));
      awaitDetail(who, "heartbeat-interval", "done");
    }
    assertThat(drifts(who, 2).get(1)).isEmpty();
  }
}
