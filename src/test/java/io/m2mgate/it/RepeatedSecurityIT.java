package io.m2mgate.it;

import static io.m2mgate.peer.PeerBytes.bytes;
import static org.assertj.core.api.Assertions.assertThat;

import io.m2mgate.peer.Api;
import io.m2mgate.peer.GatewayProcess;
import io.m2mgate.peer.Identity;
import io.m2mgate.peer.PeerFrame;
import io.m2mgate.peer.PeerRotation;
import io.m2mgate.peer.PeerTerminal;
import org.junit.jupiter.api.Test;

/** SECURITY_CONFIG whose answer was lost: a terminal that waits for it must get it (ground rules 1 and 3). */
class RepeatedSecurityIT {
  private static final String APP = "EC01";

  // Verifies that a report, and a wish for new passwords, are answered again as before, also after
  // a
  // kill, and that what they did is done once.
  @Test
  void isAnsweredAgain() {
    try (GatewayProcess gateway = GatewayProcess.start()) {
      Api app = gateway.api().createApplication(APP);
      Identity who = gateway.api().createTerminal(Identity.fresh(), APP);
      try (PeerTerminal terminal = gateway.terminal(who).login()) {
        byte[] report = terminal.signed(
            PeerRotation.SECURITY_CONFIG, bytes().u8(4).tlv(0xE00D, (byte) 0).toArray());
        PeerFrame first = terminal.exchange(report);
        assertThat(first.result()).isZero();
        assertThat(terminal.exchange(report).bytes()).isEqualTo(first.bytes());
        byte[] wish = PeerRotation.ask(terminal, 5, PeerRotation.UPLINK);
        PeerFrame given = terminal.exchange(wish);
        assertThat(terminal.exchange(wish).bytes()).isEqualTo(given.bytes());
        gateway.kill().restart();
        terminal.reconnect();
        assertThat(terminal.exchange(wish).bytes()).isEqualTo(given.bytes());
        assertThat(terminal.exchange(report).bytes()).isEqualTo(first.bytes());
        assertThat(app.events(1, "m2m.report", who.serial())).hasSize(1);
      }
    }
  }
}
