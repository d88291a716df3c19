package io.m2mgate.it;

import static io.m2mgate.peer.PeerBytes.bytes;
import static io.m2mgate.peer.PeerCommands.ack;
import static io.m2mgate.peer.PeerCommands.expect;
import static io.m2mgate.peer.PeerCommands.pairs;
import static io.m2mgate.peer.PeerSim.ask;
import static io.m2mgate.peer.PeerSim.await;
import static io.m2mgate.peer.PeerSim.command;
import static org.assertj.core.api.Assertions.assertThat;

import io.m2mgate.peer.Api;
import io.m2mgate.peer.GatewayProcess;
import io.m2mgate.peer.Identity;
import io.m2mgate.peer.PeerRegistration;
import io.m2mgate.peer.PeerRotation;
import io.m2mgate.peer.PeerSim;
import io.m2mgate.peer.PeerTerminal;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Commands of a terminal's security while the gateway is killed between each two steps (behaviour 5.3.10, 5.4.1). */
@Execution(ExecutionMode.CONCURRENT)
class SecurityKillIT {
  private static final String APP = "EC01";
  private static final String PIN = "73519264";
  private static final byte[] NONE = {};

  private static byte[] wanted() {
    return bytes()
        .raw(PeerSim.pin(PIN))
        .tlv(PeerSim.BINDING, (byte) PeerSim.LOCKED)
        .toArray();
  }

  private static void die(GatewayProcess gateway, PeerTerminal terminal) {
    gateway.kill().restart();
    terminal.reconnect();
  }

  // Verifies that the same PIN goes out until it is acknowledged, that what follows is found again
  // after each kill, and that with the answer to the report the command has ended, once, and the
  // binding holds.
  @Test
  void survivesKillsAtEveryStep() {
    try (GatewayProcess gateway = GatewayProcess.start()) {
      Api app = gateway.api().createApplication(APP);
      Identity who = gateway.api().createTerminal(Identity.fresh(), APP);
      try (PeerTerminal terminal = gateway.terminal(who).login()) {
        terminal.link().close();
        String id =
            ask(app, who, "{\"type\":\"sim\",\"pin1\":\"" + PIN + "\",\"binding\":\"locked\"}");
        die(gateway, terminal);
        terminal.trap(NONE);
        expect(terminal, PeerRotation.SECURITY_CONFIG, wanted());
        die(gateway, terminal);
        terminal.trap(NONE);
        ack(terminal, expect(terminal, PeerRotation.SECURITY_CONFIG, wanted()), 0);
        await(app, id, "acked");
        die(gateway, terminal);
        PeerSim.logOut(terminal);
        die(gateway, terminal);
        terminal.login();
        die(gateway, terminal);
        byte[] report = PeerSim.reportFrame(terminal, PeerSim.digestTlv(who, PIN));
        byte[] answer = terminal.exchange(report).bytes();
        die(gateway, terminal);
        assertThat(command(app, id).path("state").asText()).isEqualTo("succeeded");
        assertThat(terminal.exchange(report).bytes()).isEqualTo(answer);
        assertThat(app.events(
                1,
                event -> event.at("/data/id").asText().equals(id)
                    && event.at("/data/state").asText().equals("succeeded")))
            .hasSize(1);
        try (PeerRegistration registration = new PeerRegistration(gateway.terminals())) {
          assertThat(registration.rebind(who, Identity.fresh().imsi()).result()).isEqualTo(4);
        }
      }
    }
  }

  // Verifies that a report that was lost with the gateway counts when it comes again.
  @Test
  void takesAReportThatWasLost() {
    try (GatewayProcess gateway = GatewayProcess.start()) {
      Api app = gateway.api().createApplication(APP);
      Identity who = gateway.api().createTerminal(Identity.fresh(), APP);
      try (PeerTerminal terminal = gateway.terminal(who).login()) {
        String id = ask(app, who, "{\"type\":\"sim\",\"binding\":\"locked\"}");
        ack(
            terminal,
            expect(terminal, PeerRotation.SECURITY_CONFIG, PeerSim.binding(PeerSim.LOCKED)),
            0);
        await(app, id, "acked");
        PeerSim.comeBack(terminal);
        byte[] report = PeerSim.reportFrame(
            terminal, bytes().tlv(PeerSim.BINDING, (byte) PeerSim.LOCKED).toArray());
        gateway.freeze();
        terminal.link().write(report);
        gateway.kill().restart();
        terminal.reconnect();
        assertThat(command(app, id).path("state").asText()).isEqualTo("acked");
        assertThat(terminal.exchange(report).result()).isZero();
        assertThat(command(app, id).path("state").asText()).isEqualTo("succeeded");
      }
    }
  }

  // Verifies the same of the request to use a set, until the session under it.
  @Test
  void activatesAcrossKills() {
    try (GatewayProcess gateway = GatewayProcess.start()) {
      Api app = gateway.api().createApplication(APP);
      Identity who = gateway.api().createTerminal(Identity.fresh(), APP);
      try (PeerTerminal terminal = gateway.terminal(who).login()) {
        app.call(
            "POST", "/v1/terminals/" + who.serial() + "/rotations", Api.JSON.createObjectNode());
        PeerRotation.Given given = PeerRotation.expectSet(terminal);
        PeerRotation.ack(terminal, given, 0);
        String id = ask(app, who, "{\"type\":\"security\",\"operation\":\"activate\"}");
        byte[] activate = {3};
        expect(terminal, PeerRotation.SECURITY_CONFIG, activate);
        die(gateway, terminal);
        terminal.trap(NONE);
        ack(terminal, expect(terminal, PeerRotation.SECURITY_CONFIG, activate), 0);
        await(app, id, "acked");
        die(gateway, terminal);
        terminal.logout(9);
        gateway.kill().restart();
        try (PeerTerminal renewed = gateway.terminal(given.applied(who)).login()) {
          await(app, id, "succeeded");
          assertThat(renewed.data(APP, new byte[] {1})).isZero();
        }
      }
    }
  }

  // Verifies that questions are asked again, and answered once.
  @Test
  void asksAgain() {
    try (GatewayProcess gateway = GatewayProcess.start()) {
      Api app = gateway.api().createApplication(APP);
      Identity who = gateway.api().createTerminal(Identity.fresh(), APP);
      try (PeerTerminal terminal = gateway.terminal(who).login()) {
        String id = ask(
            app,
            who,
            "{\"type\":\"security\",\"operation\":\"readDigests\",\"secrets\":[\"uplinkPassword\"]}");
        byte[] asked = bytes().u8(2).raw(pairs(PeerRotation.UPLINK)).toArray();
        expect(terminal, PeerRotation.SECURITY_CONFIG, asked);
        die(gateway, terminal);
        terminal.trap(NONE);
        ack(
            terminal,
            expect(terminal, PeerRotation.SECURITY_CONFIG, asked),
            bytes().u8(0).tlv(0xE026, new byte[16]).toArray());
        assertThat(
                await(app, id, "succeeded").at("/result/secrets/uplinkPassword").asText())
            .isEqualTo("differs");
      }
    }
  }
}
