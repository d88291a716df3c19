package io.m2mgate.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.m2mgate.peer.Api;
import io.m2mgate.peer.GatewayProcess;
import io.m2mgate.peer.Identity;
import io.m2mgate.peer.PeerFrame;
import io.m2mgate.peer.PeerRelay;
import io.m2mgate.peer.PeerTerminal;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A gateway that is killed (SIGKILL) between the sender's acknowledgement and the delivery (ground rules 3 and 4). */
class RelayKillIT {
  private static final byte[] HELLO = "hello".getBytes(StandardCharsets.US_ASCII);

  // Verifies that what was acknowledged reaches its terminal once, though the sender repeats it
  // after
  // the kill.
  @Test
  void deliversOnceOverAKill() {
    GatewayProcess gateway = GatewayProcess.start();
    try {
      Api app = gateway.api().createApplication("EC01");
      Identity target = gateway.api().createTerminal(Identity.fresh(), "EC01");
      Identity who = gateway.api().createTerminal(Identity.fresh(), "EC01");
      PeerTerminal sender = gateway.terminal(who).login();
      byte[] request = sender.signed(PeerTerminal.DATA, PeerRelay.to(target.serial(), HELLO));
      PeerFrame ack = sender.exchange(request);
      assertThat(ack.result()).isZero();

      gateway.kill().restart();
      assertThat(sender.reconnect().exchange(request).bytes()).isEqualTo(ack.bytes());
      try (sender;
          PeerTerminal terminal = gateway.terminal(target).login()) {
        PeerRelay.take(terminal, who, HELLO);
        List<JsonNode> told = app.events(3, "m2m.command.updated", target.serial());
        assertThat(told)
            .extracting(event -> event.at("/data/state").asText())
            .containsExactly("queued", "sent", "succeeded");
        terminal.link().expectSilence();
      }
      assertThat(app.readings(1, who)).hasSize(1);
    } finally {
      gateway.closeClean();
    }
  }
}
