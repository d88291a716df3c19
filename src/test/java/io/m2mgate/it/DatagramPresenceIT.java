package io.m2mgate.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.m2mgate.peer.Api;
import io.m2mgate.peer.Await;
import io.m2mgate.peer.GatewayProcess;
import io.m2mgate.peer.Identity;
import io.m2mgate.peer.PeerTerminal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Presence of terminals without a connection: by their word alone, also over a restart (5.2.1). */
class DatagramPresenceIT {
  private static final String APP = "EC01";
  private static final byte[] NONE = {};
  private static final Duration PATIENCE = Duration.ofSeconds(120);

  private static final int HEARTBEAT_SECONDS = 5;

  private static int online(Api app) {
    JsonNode states = app.get("/v1/terminals/counts").json().path("states");
    return states.path("online").asInt() + states.path("silent").asInt();
  }

  private static long told(Api app, String type) {
    return app.events(0, event -> event.path("type").asText().equals(type)).size();
  }

  private static void awaitOffline(Api app, int count) {
    Await.until("all offline", PATIENCE, () -> told(app, "m2m.terminal.offline") == count);
  }

  private static void everybodyComesBack(int count, int silenceSeconds, boolean killed) {
    Duration limit = Duration.ofSeconds(HEARTBEAT_SECONDS + silenceSeconds);
    try (GatewayProcess gateway =
        GatewayProcess.start("lanes=1", "terminal.limits.cacheEntries=2")) {
      String key = gateway.api().createApplication(APP).key();
      String profile = gateway
          .api()
          .createProfile(
              "nervous",
              it -> it.put("heartbeatSeconds", HEARTBEAT_SECONDS)
                  .put("silenceSeconds", silenceSeconds));
      List<PeerTerminal> terminals = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        Identity who = gateway.api().createTerminal(Identity.fresh(), APP, profile);
        terminals.add(gateway.datagramTerminal(who).login());
      }
      Api app = gateway.api().as(key);
      app.events(count, event -> event.path("type").asText().equals("m2m.terminal.login"));
      Instant from = Instant.now();
      if (killed) {
        gateway.kill().restart();
        app = gateway.api().as(key);
      }
      // GIVEN that all are there
      assertThat(online(app)).isEqualTo(count);
      // WHEN they stay silent THEN all are offline, not before their time, and few stay in memory
      awaitOffline(app, count);
      for (JsonNode event :
          app.events(count, it -> it.path("type").asText().equals("m2m.terminal.offline"))) {
        if (killed) {
          assertThat(Instant.parse(event.path("time").asText())).isAfter(from.plus(limit));
        }
        assertThat(event.at("/data/silentSeconds").asLong())
            .isGreaterThanOrEqualTo(limit.toSeconds());
      }
      Await.until(
          "few in memory", PATIENCE, () -> gateway.api().metric("m2mgate_lane_terminals") <= 2);
      assertThat(online(app)).isZero();
      // WHEN each sends a signed frame of its session from another port
      for (PeerTerminal terminal : terminals) {
        assertThat(terminal.reconnect().trap(NONE).result()).isZero();
      }
      // THEN all are there again, and none had to log in
      app.events(count, event -> event.path("type").asText().equals("m2m.terminal.online"));
      assertThat(online(app)).isEqualTo(count);
      assertThat(told(app, "m2m.terminal.online")).isEqualTo(count);
      assertThat(told(app, "m2m.terminal.login")).isEqualTo(count);
      terminals.forEach(PeerTerminal::close);
    }
  }

  // Verifies that terminals on UDP are offline after their silence, forgotten where there is no
  // room
  // for them, and come back by a signed frame in the session that they have.
  @Test
  void comeBackInTheirSessions() {
    everybodyComesBack(20, 7, false);
  }

  // Verifies the same of a thousand that a restart finds, from which on they count as heard.
  @Test
  @Tag("long")
  void comeBackAfterARestart() {
    everybodyComesBack(1_000, 35, true);
  }
}
