package io.m2mgate.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.m2mgate.peer.Api;
import io.m2mgate.peer.Await;
import io.m2mgate.peer.GatewayProcess;
import io.m2mgate.peer.Identity;
import io.m2mgate.peer.PeerRotation;
import io.m2mgate.peer.PeerTerminal;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What happens to requests beyond {@code exchange.maxTerminals}, and how an operator sees it. */
class DownlinkBoundsIT {
  private static final String APP = "EC01";

  private static GatewayProcess gateway;
  private static Api admin;
  private static Api app;

  @BeforeAll
  static void start() {
    gateway = GatewayProcess.start("lanes=1", "exchange.maxTerminals=1");
    admin = gateway.api();
    app = admin.createApplication(APP);
  }

  @AfterAll
  static void stop() {
    gateway.closeClean();
  }

  private static void rotate(Identity who) {
    var path = "/v1/terminals/" + who.serial() + "/rotations";
    assertThat(app.call("POST", path, Api.JSON.createObjectNode()).status()).isEqualTo(202);
  }

  private static double downlinks() {
    return admin.metric("m2mgate_lane_downlinks");
  }

  private static double postponed() {
    return admin.metric("m2mgate_requests_postponed_total", "reason=\"terminals\"");
  }

  // Verifies that a request of one terminal more than may have some waits in the store, is counted,
  // and goes out once there is room, without a word of that terminal.
  @Test
  void keepsTheRestInTheStore() {
    Identity first = admin.createTerminal(Identity.fresh(), APP);
    Identity second = admin.createTerminal(Identity.fresh(), APP);
    try (PeerTerminal one = gateway.terminal(first).login();
        PeerTerminal other = gateway.terminal(second).login()) {
      rotate(first);
      PeerRotation.Given given = PeerRotation.expectSet(one);
      assertThat(downlinks()).isEqualTo(1);
      assertThat(postponed()).isZero();

      rotate(second);
      Await.until("request postponed", Await.PATIENCE, () -> postponed() >= 1);
      assertThat(downlinks()).isEqualTo(1);
      other.link().expectSilence();

      PeerRotation.ack(one, given, 0);
      PeerRotation.Given late = PeerRotation.expectSet(other);
      PeerRotation.ack(other, late, 0);
      PeerRotation.comeBack(other, gateway, late.applied(second)).close();
    }
  }
}
