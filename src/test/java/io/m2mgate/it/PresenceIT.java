package io.m2mgate.it;

import static io.m2mgate.peer.PeerBytes.bytes;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.m2mgate.peer.Api;
import io.m2mgate.peer.Await;
import io.m2mgate.peer.GatewayProcess;
import io.m2mgate.peer.Identity;
import io.m2mgate.peer.PeerTerminal;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Whether a terminal is there, and what that is concluded from (behaviour 5.2.1, 5.3.4). */
class PresenceIT {
  private static final String APP = "EC01";
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private static GatewayProcess gateway;
  private static Api admin;
  private static Api app;

  @BeforeAll
  static void start() {
    gateway = GatewayProcess.start();
    admin = gateway.api();
    app = admin.createApplication(APP);
  }

  @AfterAll
  static void stop() {
    gateway.closeClean();
  }

  private static JsonNode presence(PeerTerminal terminal) {
    return app.terminal(terminal.who().serial()).path("presence");
  }

  private static void awaitState(PeerTerminal terminal, String state) {
    String list = "/v1/terminals?state=" + state + "&q=" + terminal.who().serial();
    Await.until(
        "state " + state,
        PATIENCE,
        () -> presence(terminal).path("state").asText().equals(state)
            && app.get(list).json().path("items").size() == 1);
  }

  // Verifies that a terminal that misses a heartbeat is silent, comes back with the next one, and
  // is offline in the end,
  // which alone is told.
  @Test
  void growsSilentThenOffline() {
    String profile = admin.createProfile(
        "nervous", it -> it.put("heartbeatSeconds", 5).put("silenceSeconds", 7));
    Identity who = admin.createTerminal(Identity.fresh(), APP, profile);
    try (PeerTerminal terminal = gateway.terminal(who).login()) {
      // GIVEN one that is online
      assertThat(presence(terminal).path("state").asText()).isEqualTo("online");
      assertThat(presence(terminal).path("bearer").asText()).isEqualTo("tcp");
      assertThat(presence(terminal).path("expectedSeconds").asInt()).isEqualTo(5);
      // WHEN it says nothing THEN it is silent, until it beats
      awaitState(terminal, "silent");
      terminal.heartbeat();
      awaitState(terminal, "online");
      // WHEN it says nothing for long THEN it is offline
      awaitState(terminal, "offline");
      assertThat(app.events(1, "m2m.terminal.offline", who.serial())).hasSize(1);
      // AND the next frame brings it back
      assertThat(terminal.data(APP, new byte[] {1})).isZero();
      awaitState(terminal, "online");
    }
  }

  // Verifies that the record has what a heartbeat told just now, although that is not stored.
  @Test
  void showsWhatIsKnownNow() {
    try (PeerTerminal terminal =
        gateway.terminal(admin.createTerminal(Identity.fresh(), APP)).login()) {
      String before = presence(terminal).path("heard").asText();
      byte[] facts = bytes().tlv(0x3007, (byte) 23).toArray();
      terminal.exchangeUnsigned(
          terminal.unsigned(PeerTerminal.HEART_BEAT, terminal.nextSequence(), 0, facts));
      JsonNode record = app.terminal(terminal.who().serial());
      assertThat(record.at("/facts/signal").asInt()).isEqualTo(23);
      assertThat(Instant.parse(record.at("/presence/heard").asText()))
          .isAfterOrEqualTo(Instant.parse(before));
      // AND a reported interval is the one that is expected
      assertThat(terminal
              .trap(bytes().tlv(0x0011, (byte) 0, (byte) 0, (byte) 0, (byte) 30).toArray())
              .result())
          .isZero();
      assertThat(presence(terminal).path("expectedSeconds").asInt()).isEqualTo(30);
      // AND LOGOUT is offline at once
      terminal.logout(0);
      awaitState(terminal, "offline");
    }
  }
}
