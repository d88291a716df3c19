package io.m2mgate.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.m2mgate.peer.Api;
import io.m2mgate.peer.Await;
import io.m2mgate.peer.GatewayProcess;
import io.m2mgate.peer.Identity;
import io.m2mgate.peer.PeerRotation;
import io.m2mgate.peer.PeerRotation.Given;
import io.m2mgate.peer.PeerTerminal;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Ways that secrets may not take, deadlines, expiries and what follows of them (behaviour 5.3.1, 5.3.10). */
@Execution(ExecutionMode.CONCURRENT)
class RotationPolicyIT {
  private static final String APP = "EC01";

  private static String path(Identity who) {
    return "/v1/terminals/" + who.serial() + "/rotations";
  }

  private static JsonNode first(Api app, Identity who) {
    return app.get(path(who)).json().path("items").path(0);
  }

  // Verifies that secrets never go in clear where the operator has not allowed it: the rotation
  // waits and says which setting.
  @Test
  void waitsForAPermittedWay() {
    try (GatewayProcess gateway = GatewayProcess.start(
        "security.clearSecretsTo=10.0.0.0/8",
        "security.rotation.deadlineSeconds=2",
        "security.rotation.checkSeconds=1")) {
      Api admin = gateway.api();
      Api app = admin.createApplication(APP);
      Identity who = admin.createTerminal(Identity.fresh(), APP);
      try (PeerTerminal terminal = gateway.terminal(who).login()) {
        assertThat(terminal.exchange(PeerRotation.ask(terminal, 5)).result()).isEqualTo(3);
        assertThat(app.call("POST", path(who), Api.JSON.createObjectNode()).status())
            .isEqualTo(202);
        Await.until(
            "reason",
            Await.PATIENCE,
            () -> first(app, who).path("reason").asText().contains("security.clearSecretsTo"));
        assertThat(first(app, who).path("state").asText()).isEqualTo("queued");
        assertThat(first(app, who).path("sends").asInt()).isZero();
        for (int i = 0; i < 3; i++) {
          terminal.trap(new byte[0]);
        }
        terminal.link().expectSilence();
        // The deadline says so, and changes nothing else.
        Await.until(
            "deadline",
            Await.PATIENCE,
            () -> first(app, who).path("state").asText().equals("unconfirmed"));
        List<JsonNode> told = app.events(3, "m2m.key.rotation", who.serial());
        assertThat(told.stream().map(event -> event.path("data").path("state").asText()))
            .containsExactly("queued", "queued", "unconfirmed");
        assertThat(app.events(1, "m2m.terminal.refused", who.serial()).toString())
            .contains("security.clearSecretsTo");
      }
    }
  }

  // Verifies that an expiry is told once, that the secrets are rotated in time, and that an
  // enforced one is the end of LOGIN.
  @Test
  void actsOnExpiries() {
    try (GatewayProcess gateway = GatewayProcess.start(
        "security.rotation.lifetimeSeconds=4",
        "security.expiry.warnSeconds=60",
        "security.rotation.checkSeconds=1")) {
      Api admin = gateway.api();
      Api app = admin.createApplication(APP);
      admin.createProfile("strict", profile -> profile.put("expiry", "enforce"));
      Identity who = admin.createTerminal(Identity.fresh(), APP, "strict");
      PeerTerminal terminal = gateway.terminal(who).login();
      app.call("POST", path(who), Api.JSON.createObjectNode());
      Given given = PeerRotation.expectSet(terminal);
      PeerRotation.ack(terminal, given, 0);
      terminal = PeerRotation.comeBack(terminal, gateway, given.applied(who));
      // The new ones expire soon: told, and new ones on their way.
      Given next = PeerRotation.expectSet(terminal);
      assertThat(next.secrets()).doesNotContainAnyElementsOf(given.secrets());
      assertThat(first(app, who).path("origin").asText()).isEqualTo("policy");
      assertThat(app.events(3, "m2m.key.expiring", who.serial())).hasSize(3);
      assertThat(app.events(3, "m2m.key.expired", who.serial())).hasSize(3);
      assertThat(app.events(3, "m2m.key.expiring", who.serial())).hasSize(3);
      terminal.close();
      try (PeerTerminal late = gateway.terminal(given.applied(who))) {
        assertThat(late.exchangeLogin(late.loginFrame(1, 0)).result()).isEqualTo(6);
      }
    }
  }

  // Verifies that what an open rotation of an operator leaves out is rotated once that one is over.
  @Test
  @Tag("long")
  void rotatesWhatAnotherLeftOut() {
    try (GatewayProcess gateway = GatewayProcess.start(
        "security.rotation.lifetimeSeconds=10",
        "security.expiry.warnSeconds=1",
        "security.rotation.checkSeconds=1")) {
      Api admin = gateway.api();
      Api app = admin.createApplication(APP);
      Identity who = admin.createTerminal(Identity.fresh(), APP);
      PeerTerminal terminal = gateway.terminal(who).login();
      app.call("POST", path(who), Api.JSON.createObjectNode());
      Given given = PeerRotation.expectSet(terminal);
      PeerRotation.ack(terminal, given, 0);
      PeerRotation.comeBack(terminal, gateway, given.applied(who)).close();
      var baseKey = Api.JSON.createObjectNode();
      baseKey.putArray("secrets").add("baseKey");
      String id = app.call("POST", path(who), baseKey).json().path("id").asText();
      assertThat(app.events(3, "m2m.key.expired", who.serial())).hasSize(3);
      assertThat(first(app, who).path("id").asText()).isEqualTo(id);
      app.call("POST", path(who) + "/" + id + "/abandon", Api.JSON.createObjectNode());
      Await.until(
          "rotation by the policy",
          Await.PATIENCE,
          () -> first(app, who).path("origin").asText().equals("policy"));
      assertThat(first(app, who).path("secrets")).hasSize(3);
    }
  }

  // Verifies that a terminal that is away gets its set when it comes.
  @Test
  void waitsForTheTerminal() {
    try (GatewayProcess gateway = GatewayProcess.start()) {
      Api admin = gateway.api();
      Api app = admin.createApplication(APP);
      Identity who = admin.createTerminal(Identity.fresh(), APP);
      assertThat(app.call("POST", path(who), Api.JSON.createObjectNode()).status())
          .isEqualTo(202);
      gateway.kill().restart();
      try (PeerTerminal terminal = gateway.terminal(who).login()) {
        long answered = System.nanoTime();
        Given given = PeerRotation.expectSet(terminal);
        // Never close behind an answer: some stacks take what one read brings for one frame.
        assertThat(Duration.ofNanos(System.nanoTime() - answered))
            .isGreaterThanOrEqualTo(Duration.ofMillis(290));
        PeerRotation.ack(terminal, given, 0);
        Api again = gateway.api();
        Await.until(
            "ack",
            Duration.ofSeconds(15),
            () -> again
                .get(path(who))
                .json()
                .path("items")
                .path(0)
                .path("state")
                .asText()
                .equals("acked"));
      }
    }
  }
}
