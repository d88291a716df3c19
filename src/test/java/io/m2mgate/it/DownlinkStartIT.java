package io.m2mgate.it;

import static io.m2mgate.peer.PeerBytes.bytes;
import static io.m2mgate.peer.PeerCommands.ack;
import static io.m2mgate.peer.PeerCommands.expect;
import static io.m2mgate.peer.PeerCommands.pairs;
import static org.assertj.core.api.Assertions.assertThat;

import io.m2mgate.peer.CommandClient;
import io.m2mgate.peer.GatewayProcess;
import io.m2mgate.peer.Identity;
import io.m2mgate.peer.PeerCommands;
import io.m2mgate.peer.PeerFrame;
import io.m2mgate.peer.PeerTerminal;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** From when on a terminal is asked what waits for it, in which session and where (5.2.1, 5.3.2, ground rule 2). */
class DownlinkStartIT {
  private static final String APP = "EC01";
  private static final String TRAPLESS = "trapless";
  private static final byte[] GET = pairs(0x0011);
  private static final byte[] VALUE =
      bytes().u8(0).tlv(0x0011, bytes().u32(60).toArray()).toArray();
  private static final long GAP_NANOS = 300_000_000;

  private static GatewayProcess gateway;
  private static CommandClient client;

  @BeforeAll
  static void start() {
    gateway = GatewayProcess.start();
    client = new CommandClient(gateway, gateway.api().createApplication(APP).key());
    gateway.api().createProfile(TRAPLESS, profile -> profile.put("loginTrap", "none"));
  }

  @AfterAll
  static void stop() {
    gateway.closeClean();
  }

  private static Identity provisioned(String profile) {
    return gateway.api().createTerminal(Identity.fresh(), APP, profile);
  }

  /** LOGIN and nothing after it: a tentative session. */
  private static long knock(PeerTerminal terminal) {
    return terminal
        .exchangeLogin(terminal.loginFrame(terminal.nextSequence(), 0))
        .timestamp();
  }

  // Verifies that what waits leaves after the first frame that proves the session and the gap
  // behind
  // its answer, and not after LOGIN, also when the gateway was killed between the two.
  @Test
  void beginsWithTheFirstProvenFrame() {
    Identity who = provisioned("wmmp-3");
    String id = client.read(who, "0011");
    try (PeerTerminal terminal = gateway.terminal(who)) {
      terminal.under(knock(terminal));
      terminal.link().expectSilence();
      terminal.heartbeat();
      terminal.link().expectSilence();
      gateway.kill().restart();
      terminal.reconnect();
      assertThat(client.state(id)).isEqualTo("queued");
      long asked = System.nanoTime();
      assertThat(terminal.data(APP, new byte[] {1})).isZero();
      PeerFrame get = expect(terminal, PeerCommands.CONFIG_GET, GET);
      assertThat(System.nanoTime() - asked).isGreaterThanOrEqualTo(GAP_NANOS);
      ack(terminal, get, VALUE);
      client.await(id, "succeeded");
      assertThat(client.told(who, id, 3)).containsExactly("queued", "sent", "succeeded");
    }
  }

  // Verifies that a LOGIN beside a session takes nothing that waits from it, and that the frame
  // which
  // proves the new one does.
  @Test
  void staysInTheSessionInForce() {
    Identity who = provisioned("wmmp-3");
    try (PeerTerminal terminal = gateway.terminal(who).login();
        PeerTerminal knocker = gateway.terminal(who).runningVersion("2.00")) {
      long tentative = knock(knocker);
      String first = client.read(who, "0011");
      ack(terminal, expect(terminal, PeerCommands.CONFIG_GET, GET), VALUE);
      client.await(first, "succeeded");
      knocker.link().expectSilence();
      knocker.under(tentative).trap(new byte[0]);
      String second = client.read(who, "0011");
      ack(knocker, expect(knocker, PeerCommands.CONFIG_GET, GET), VALUE);
      client.await(second, "succeeded");
      terminal.link().expectSilence();
    }
  }

  // Verifies that a terminal without login trap is given no secret before its answer proves the
  // session, and then what waited.
  @Test
  void keepsSecretsUntilTheSessionIsProven() {
    Identity who = provisioned(TRAPLESS);
    String secret = client.ask(who, "{\"type\":\"sim\",\"pin1\":\"4711\"}");
    String plain = client.read(who, "0011");
    try (PeerTerminal terminal = gateway.terminal(who)) {
      terminal.under(knock(terminal));
      PeerFrame get = expect(terminal, PeerCommands.CONFIG_GET, GET);
      assertThat(client.state(secret)).isEqualTo("queued");
      ack(terminal, get, VALUE);
      client.await(plain, "succeeded");
      PeerFrame set = terminal.readVerified();
      assertThat(set.command()).isEqualTo(PeerTerminal.SECURITY_CONFIG);
      client.await(secret, "sent");
    }
  }
}
