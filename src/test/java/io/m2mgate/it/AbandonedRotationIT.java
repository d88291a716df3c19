package io.m2mgate.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.m2mgate.peer.Api;
import io.m2mgate.peer.Await;
import io.m2mgate.peer.GatewayProcess;
import io.m2mgate.peer.Identity;
import io.m2mgate.peer.PeerRegistration;
import io.m2mgate.peer.PeerRegistration.Parameters;
import io.m2mgate.peer.PeerRotation;
import io.m2mgate.peer.PeerRotation.Given;
import io.m2mgate.peer.PeerTerminal;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Sets that are given up, and the terminals that took them all the same (behaviour 5.3.10). */
class AbandonedRotationIT {
  private static final String APP = "EC01";
  private static final byte[] NONE = {};

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

  private static Identity provisioned() {
    return admin.createTerminal(Identity.fresh(), APP);
  }

  private static String path(Identity who) {
    return "/v1/terminals/" + who.serial() + "/rotations";
  }

  private static String rotate(Identity who) {
    Api.Answer answer = app.call("POST", path(who), Api.JSON.createObjectNode());
    assertThat(answer.status()).as(answer.body()).isEqualTo(202);
    return answer.json().path("id").asText();
  }

  private static Api.Answer abandon(Identity who, String id) {
    return app.call("POST", path(who) + "/" + id + "/abandon", Api.JSON.createObjectNode());
  }

  private static String state(Identity who, String id) {
    return app.get(path(who) + "/" + id).json().path("state").asText();
  }

  private static void awaitState(Identity who, String id, String state) {
    Await.until("rotation " + state, Await.PATIENCE, () -> state(who, id).equals(state));
  }

  private static Given acked(PeerTerminal terminal, Identity who, String id) {
    Given given = PeerRotation.expectSet(terminal);
    PeerRotation.ack(terminal, given, 0);
    awaitState(who, id, "acked");
    return given;
  }

  // Verifies that a set with which the terminal has logged in cannot be given up, also by a gateway
  // killed in between: its first frame makes the set the only one.
  @Test
  void keepsASetThatTheTerminalLoggedInWith() {
    Identity old = provisioned();
    PeerTerminal terminal = gateway.terminal(old).login();
    String id = rotate(old);
    Given given = acked(terminal, old, id);
    terminal.logout(9);
    terminal.close();
    PeerTerminal renewed = gateway.terminal(given.applied(old));
    var answer = renewed.exchangeLogin(renewed.loginFrame(renewed.nextSequence(), 0));
    assertThat(answer.result()).isZero();
    assertInUse(old, id);
    gateway.kill().restart();
    admin = gateway.api();
    app = admin.as(app.key());
    renewed = renewed.reconnect().under(answer.timestamp());
    assertInUse(old, id);
    assertThat(renewed.trap(NONE).result()).isZero();
    awaitState(old, id, "succeeded");
    PeerRotation.comeBack(renewed, gateway, given.applied(old)).close();
  }

  private static void assertInUse(Identity who, String id) {
    Api.Answer abandoned = abandon(who, id);
    assertThat(abandoned.status()).as(abandoned.body()).isEqualTo(409);
    assertThat(abandoned.json().path("type").asText()).endsWith("rotation-in-use");
    assertThat(state(who, id)).isEqualTo("acked");
  }

  // Verifies what a terminal meets that took a set which was given up: its LOGIN is refused with 4,
  // and registering brings it back, by operation 0 as by 4.
  @ParameterizedTest
  @ValueSource(ints = {PeerRegistration.ASK_SERIAL, PeerRegistration.CLEARED})
  void bringsBackByRegistration(int operation) {
    Identity old = provisioned();
    PeerTerminal terminal = gateway.terminal(old).login();
    String id = rotate(old);
    Given given = acked(terminal, old, id);
    assertThat(abandon(old, id).status()).isEqualTo(202);
    terminal.logout(9);
    terminal.close();
    Identity outcast = given.applied(old);
    try (PeerTerminal late = gateway.terminal(outcast)) {
      assertThat(late.exchangeLogin(late.loginFrame(late.nextSequence(), 0)).result())
          .isEqualTo(4);
    }
    try (PeerRegistration registration = new PeerRegistration(gateway.terminals())) {
      assertThat(registration.register(operation, outcast).result()).isZero();
      Parameters parameters = registration.parameters();
      registration.acknowledge(parameters, 0);
      gateway.terminal(parameters.of(outcast)).login().close();
    }
  }
}
