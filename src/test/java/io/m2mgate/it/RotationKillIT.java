package io.m2mgate.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.m2mgate.peer.Api;
import io.m2mgate.peer.Await;
import io.m2mgate.peer.GatewayProcess;
import io.m2mgate.peer.Identity;
import io.m2mgate.peer.PeerRotation;
import io.m2mgate.peer.PeerRotation.Given;
import io.m2mgate.peer.PeerTerminal;
import io.m2mgate.peer.Profiles;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** New passwords and keys while the gateway is killed between each two steps (behaviour 5.3.10, 5.4.3). */
class RotationKillIT {
  private static final String APP = "EC01";
  private static final String QUICK = "quick";
  private static final byte[] NONE = {};
  private static final Duration REPEAT = Duration.ofMillis(2_500);

  private static GatewayProcess gateway;
  private static Api app;

  @BeforeAll
  static void start() {
    gateway = GatewayProcess.start();
    app = gateway.api().createApplication(APP);
    gateway.api().createProfile(QUICK, Profiles::quick);
  }

  @AfterAll
  static void stop() {
    gateway.closeClean();
  }

  private static PeerTerminal again(PeerTerminal terminal) {
    gateway.kill().restart();
    return terminal.reconnect();
  }

  private static void awaitState(String rotation, String state) {
    Await.until(
        "rotation " + state,
        Await.PATIENCE,
        () -> app.get(rotation).json().path("state").asText().equals(state));
  }

  // Verifies that a gateway killed between any two steps goes on where it was, with the same set.
  @Test
  void survivesKills() {
    Identity old = gateway.api().createTerminal(Identity.fresh(), APP, QUICK);
    PeerTerminal terminal = gateway.terminal(old).login();
    String path = "/v1/terminals/" + old.serial() + "/rotations";
    Api.Answer asked = app.call("POST", path, Api.JSON.createObjectNode());
    assertThat(asked.status()).as(asked.body()).isEqualTo(202);
    String rotation = path + "/" + asked.json().path("id").asText();
    Given given = PeerRotation.expectSet(terminal);
    // Sent, not acknowledged.
    terminal = again(terminal);
    terminal.trap(NONE);
    Given second = PeerRotation.expectSet(terminal);
    assertThat(second.secrets()).isEqualTo(given.secrets());
    PeerRotation.ack(terminal, second, 0);
    awaitState(rotation, "acked");
    // Acknowledged, not logged out.
    terminal = again(terminal);
    terminal.trap(NONE);
    assertThat(terminal.link().read(REPEAT)).as("sent again after the ack").isEmpty();
    terminal.logout(9);
    terminal.close();
    // Logged out; then a LOGIN that is answered and not confirmed.
    gateway.kill().restart();
    PeerTerminal renewed = gateway.terminal(given.applied(old));
    var answer = renewed.exchangeLogin(renewed.loginFrame(renewed.nextSequence(), 0));
    assertThat(answer.result()).isZero();
    renewed = again(renewed).under(answer.timestamp());
    assertThat(renewed.trap(NONE).result()).isZero();
    awaitState(rotation, "succeeded");
    assertThat(renewed.data(APP, new byte[] {1})).isZero();
    renewed.close();
  }
}
