package io.m2mgate.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.m2mgate.peer.Api;
import io.m2mgate.peer.Await;
import io.m2mgate.peer.GatewayProcess;
import io.m2mgate.peer.Identity;
import io.m2mgate.peer.PeerRegistration;
import io.m2mgate.peer.PeerRotation;
import io.m2mgate.peer.PeerTerminal;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Terminals that take frames of 64 bytes and no more (wire 1): nothing that is longer leaves for them. */
class ShortFramesIT {
  private static final String APP = "EC01";
  private static final String SHORT = "short";
  private static final int BYTES = 64;
  private static final byte[] NONE = {};

  private static GatewayProcess gateway;
  private static Api admin;
  private static Api app;

  @BeforeAll
  static void start() {
    gateway = GatewayProcess.start();
    admin = gateway.api();
    app = admin.createApplication(APP);
    admin.createProfile(SHORT, profile -> profile.put("maxFrameBytes", BYTES));
  }

  @AfterAll
  static void stop() {
    gateway.closeClean();
  }

  private static JsonNode rotation(Identity who, String id) {
    return app.get("/v1/terminals/" + who.serial() + "/rotations/" + id).json();
  }

  // Verifies that a rotation that does not fit waits and names the setting, once, that it never
  // counts as sent, and that it goes out when the profile says that it fits.
  @Test
  void keepsARotationThatDoesNotFit() {
    String profile = admin.createProfile("grows", it -> it.put("maxFrameBytes", BYTES));
    Identity who = admin.createTerminal(Identity.fresh(), APP, profile);
    try (PeerTerminal terminal = gateway.terminal(who).login()) {
      var asked = Api.JSON.createObjectNode();
      asked.putArray("secrets").add("uplinkPassword");
      String id = app.call("POST", "/v1/terminals/" + who.serial() + "/rotations", asked)
          .json()
          .path("id")
          .asText();

      Await.until(
          "reason of the rotation",
          Await.PATIENCE,
          () -> rotation(who, id).path("reason").asText().contains("maxFrameBytes"));
      terminal.trap(NONE);
      terminal.link().expectSilence();
      assertThat(rotation(who, id).path("state").asText()).isEqualTo("queued");
      assertThat(rotation(who, id).path("sends").asInt()).isZero();
      assertThat(app.events(2, "m2m.key.rotation", who.serial()))
          .extracting(event -> event.path("data").path("reason").asText())
          .containsExactly(
              "", "SECURITY_CONFIG of 69 bytes is longer than maxFrameBytes of profile grows, 64");

      admin.createProfile(profile, it -> it.put("maxFrameBytes", BYTES + 5));
      terminal.trap(NONE);
      PeerRotation.Given given = PeerRotation.expectSet(terminal);
      assertThat(given.frame().bytes()).hasSize(BYTES + 5);
      PeerRotation.ack(terminal, given, 0);
      PeerRotation.comeBack(terminal, gateway, given.applied(who)).close();
    }
  }

  // Verifies that a terminal that asks for a set that does not fit is refused, that its rotation
  // names the setting and never counts as sent.
  @Test
  void refusesASetThatDoesNotFit() {
    Identity who = admin.createTerminal(Identity.fresh(), APP, SHORT);
    try (PeerTerminal terminal = gateway.terminal(who).login()) {
      int[] all = {PeerRotation.UPLINK, PeerRotation.DOWNLINK};
      assertThat(terminal.exchange(PeerRotation.ask(terminal, 5, all)).result()).isEqualTo(3);

      JsonNode open = app.get("/v1/terminals/" + who.serial() + "/rotations")
          .json()
          .path("items")
          .get(0);
      assertThat(open.path("state").asText()).isEqualTo("queued");
      assertThat(open.path("sends").asInt()).isZero();
      assertThat(open.path("reason").asText()).contains("maxFrameBytes");
      assertThat(app.events(1, "m2m.terminal.refused", who.serial()))
          .extracting(event -> event.path("data").path("advice").asText())
          .allMatch(advice -> advice.contains("maxFrameBytes"));
    }
  }

  // Verifies that who could not take the parameters of its registration is not told to wait for
  // them, that nothing of its record changes, and that its application learns the setting.
  @Test
  void refusesARegistrationWhoseParametersDoNotFit() {
    Identity who = Identity.fresh();
    var json = Api.terminalJson(who, APP, SHORT);
    json.remove("imsi");
    assertThat(admin.call("POST", "/v1/admin/terminals", json).status()).isEqualTo(201);
    try (PeerRegistration registration = new PeerRegistration(gateway.terminals())) {
      for (int operation : new int[] {0, 1, 4}) {
        assertThat(registration.register(operation, who))
            .isEqualTo(new PeerRegistration.Answer(2, who.serial()));
      }
      registration.link().expectSilence();
    }
    assertThat(admin.terminal(who.serial()).path("imsi").isTextual()).isFalse();
    assertThat(app.events(1, "m2m.terminal.refused", who.serial()))
        .extracting(event -> event.path("data").path("advice").asText())
        .containsExactly(
            "SECURITY_CONFIG of 105 bytes is longer than maxFrameBytes of profile short, 64");
    assertThat(app.events(0, "m2m.terminal.registered", who.serial())).isEmpty();
  }
}
