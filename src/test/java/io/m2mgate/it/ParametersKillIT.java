package io.m2mgate.it;

import static io.m2mgate.peer.PeerBytes.bytes;
import static io.m2mgate.peer.PeerCommands.ack;
import static io.m2mgate.peer.PeerCommands.executed;
import static io.m2mgate.peer.PeerCommands.expect;
import static io.m2mgate.peer.PeerCommands.refusal;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.m2mgate.peer.Api;
import io.m2mgate.peer.Await;
import io.m2mgate.peer.GatewayProcess;
import io.m2mgate.peer.Identity;
import io.m2mgate.peer.PeerCommands;
import io.m2mgate.peer.PeerFrame;
import io.m2mgate.peer.PeerTerminal;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Desired parameters and a gateway that is killed (SIGKILL) at each step of theirs. */
@Tag("long")
class ParametersKillIT {
  private static final byte[] BEAT_60 =
      bytes().tlv(0x0011, bytes().u32(60).toArray()).toArray();
  private static final byte[] SET_60 =
      bytes().raw(BEAT_60).tlv(0x4009, (byte) 0).toArray();

  private GatewayProcess gateway;
  private Api application;
  private Identity who;

  @BeforeEach
  void start() {
    gateway = GatewayProcess.start();
    application = gateway.api().createApplication("EC01");
    who = gateway.api().createTerminal(Identity.fresh(), "EC01");
  }

  @AfterEach
  void stop() {
    gateway.closeClean();
  }

  private JsonNode parameters() {
    return application.get("/v1/terminals/" + who.serial() + "/parameters").json();
  }

  private String patch() {
    return application
        .full(
            "PATCH",
            "/v1/terminals/" + who.serial() + "/parameters",
            "{\"heartbeat-interval\":60}".getBytes(StandardCharsets.UTF_8),
            "If-Match",
            "\"0\"")
        .answer()
        .json()
        .path("command")
        .asText();
  }

  private void awaitState(String command, String state) {
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

  private void kill() {
    gateway.kill().restart();
  }

  // Verifies that what was answered for is desired, sent and confirmed whenever the gateway dies:
  // before the terminal comes,
  // between answer and execution result, and afterwards.
  @Test
  void confirmsOverKills() {
    String id = patch();
    kill();
    assertThat(parameters().path("pending").toString()).isEqualTo("[\"heartbeat-interval\"]");
    try (PeerTerminal terminal = gateway.terminal(who).login()) {
      PeerFrame set = expect(terminal, PeerCommands.CONFIG_SET, SET_60);
      ack(terminal, set, 0);
      awaitState(id, "acked");
      kill();
      terminal.reconnect().trap(executed(0, set.sequence(), BEAT_60));
      awaitState(id, "succeeded");
      kill();
      JsonNode known = parameters();
      assertThat(known.at("/details/heartbeat-interval/state").asText()).isEqualTo("done");
      assertThat(known.at("/reported/heartbeat-interval/value").asInt()).isEqualTo(60);
      assertThat(terminal.reconnect().configReq(0x0011).body())
          .isEqualTo(bytes().u8(0).raw(BEAT_60).toArray());
    }
  }

  // Verifies that a refused value goes again after a kill, at the next login and once.
  @Test
  void sendsAgainAfterAKill() {
    String first = patch();
    try (PeerTerminal terminal = gateway.terminal(who).login()) {
      ack(terminal, expect(terminal, PeerCommands.CONFIG_SET, SET_60), refusal(1, 0x0011));
      awaitState(first, "rejected");
    }
    kill();
    try (PeerTerminal terminal = gateway.terminal(who).login()) {
      PeerFrame set = expect(terminal, PeerCommands.CONFIG_SET, SET_60);
      kill();
      terminal.reconnect().trap(new byte[0]);
      PeerFrame again = terminal.readVerified();
      assertThat(again.command()).isEqualTo(PeerCommands.CONFIG_SET);
      assertThat(again.body()).isEqualTo(set.body());
      ack(terminal, again, 0);
      terminal.trap(executed(0, again.sequence(), BEAT_60));
      Await.until(
          "done",
          Await.PATIENCE,
          () -> parameters().at("/details/heartbeat-interval/state").asText().equals("done"));
    }
    assertThat(application
            .get("/v1/terminals/" + who.serial() + "/commands?type=configure")
            .json()
            .path("items"))
        .hasSize(2);
  }
}
