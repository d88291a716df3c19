package io.m2mgate.it;

import static io.m2mgate.peer.PeerBytes.bytes;
import static io.m2mgate.peer.PeerCommands.ack;
import static io.m2mgate.peer.PeerCommands.expect;
import static io.m2mgate.peer.PeerCommands.expectRepeat;
import static io.m2mgate.peer.PeerCommands.pairs;
import static org.assertj.core.api.Assertions.assertThat;

import io.m2mgate.peer.CommandClient;
import io.m2mgate.peer.GatewayProcess;
import io.m2mgate.peer.Identity;
import io.m2mgate.peer.PeerCommands;
import io.m2mgate.peer.PeerFrame;
import io.m2mgate.peer.PeerTerminal;
import io.m2mgate.peer.Profiles;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Where requests go: to the address that was verified last, and to one that a heartbeat named where that is silent (5.2.1). */
class AddressIT {
  private static final String APP = "EC01";
  private static final String QUICK = "quick";
  private static final byte[] GET = pairs(0x0011);
  private static final byte[] VALUE =
      bytes().u8(0).tlv(0x0011, bytes().u32(60).toArray()).toArray();
  private static final Duration REPEAT = Duration.ofMillis(2_500);

  private static GatewayProcess gateway;
  private static CommandClient client;

  @BeforeAll
  static void start() {
    gateway = GatewayProcess.start();
    client = new CommandClient(gateway, gateway.api().createApplication(APP).key());
    gateway.api().createProfile(QUICK, Profiles::quick);
  }

  @AfterAll
  static void stop() {
    gateway.closeClean();
  }

  private static PeerTerminal online() {
    return gateway
        .terminal(gateway.api().createTerminal(Identity.fresh(), APP, QUICK))
        .login();
  }

  /** The same terminal in the same session, over another connection. */
  private static PeerTerminal elsewhere(PeerTerminal terminal) {
    return gateway.terminal(terminal.who()).under(terminal.timestamp()).countingFrom(1_000);
  }

  // Verifies that a request that stays unanswered goes next, as the same bytes, to where an
  // unsigned
  // heartbeat came from, and that the verified answer from there moves the address.
  @Test
  void triesWhereAHeartbeatCameFrom() {
    try (PeerTerminal terminal = online();
        PeerTerminal moved = elsewhere(terminal)) {
      moved.heartbeat();
      String id = client.read(terminal.who(), "0011");
      PeerFrame first = expect(terminal, PeerCommands.CONFIG_GET, GET);
      expectRepeat(moved, first, REPEAT);
      assertThat(terminal.link().read(Duration.ZERO.plusMillis(50)))
          .as("to both")
          .isEmpty();
      ack(moved, first, VALUE);
      assertThat(client.await(id, "succeeded").path("attempts").asInt()).isEqualTo(2);
      String next = client.read(terminal.who(), "0011");
      ack(moved, expect(moved, PeerCommands.CONFIG_GET, GET), VALUE);
      client.await(next, "succeeded");
      terminal.link().expectSilence();
    }
  }

  // Verifies that a heartbeat alone moves nothing: what the address in force answers stays there.
  @Test
  void asksTheVerifiedAddressFirst() {
    try (PeerTerminal terminal = online();
        PeerTerminal stranger = elsewhere(terminal)) {
      for (int round = 0; round < 2; round++) {
        stranger.heartbeat();
        String id = client.read(terminal.who(), "0011");
        ack(terminal, expect(terminal, PeerCommands.CONFIG_GET, GET), VALUE);
        client.await(id, "succeeded");
      }
      stranger.link().expectSilence();
    }
  }

  // Verifies that a copy from elsewhere is answered there and moves nothing.
  @Test
  void isNotMovedByACopy() {
    try (PeerTerminal terminal = online();
        PeerTerminal copier = elsewhere(terminal)) {
      byte[] reading = terminal.signed(PeerTerminal.DATA, PeerTerminal.dataBody(APP, GET));
      assertThat(terminal.exchange(reading).result()).isZero();
      assertThat(copier.exchange(reading).result()).isZero();
      String id = client.read(terminal.who(), "0011");
      ack(terminal, expect(terminal, PeerCommands.CONFIG_GET, GET), VALUE);
      client.await(id, "succeeded");
      copier.link().expectSilence();
    }
  }

  // Verifies that a request with secrets never goes where nothing was proven.
  @Test
  void keepsSecretsFromACandidate() {
    try (PeerTerminal terminal = online();
        PeerTerminal stranger = elsewhere(terminal)) {
      stranger.heartbeat();
      String id = client.ask(terminal.who(), "{\"type\":\"sim\",\"pin1\":\"4711\"}");
      PeerFrame first = terminal.readVerified();
      assertThat(first.command()).isEqualTo(PeerTerminal.SECURITY_CONFIG);
      expectRepeat(terminal, first, REPEAT);
      terminal.close();
      assertThat(stranger.link().read(REPEAT)).as("a secret").isEmpty();
      assertThat(client.state(id)).isEqualTo("sent");
    }
  }

  // Verifies that a terminal that beats only, on a new connection, is reached there: after it lost
  // its
  // connection, and after the gateway was killed with the request in flight; not sooner than the
  // gap.
  @Test
  void reachesATerminalThatOnlyBeats() {
    PeerTerminal terminal = online();
    terminal.reconnect().heartbeat();
    String id = client.read(terminal.who(), "0011");
    PeerFrame first = expect(terminal, PeerCommands.CONFIG_GET, GET);
    gateway.kill().restart();
    long beat = System.nanoTime();
    terminal.reconnect().heartbeat();
    PeerFrame again = expect(terminal, PeerCommands.CONFIG_GET, GET);
    assertThat(System.nanoTime() - beat)
        .as("gap behind HEART_BEAT_ACK")
        .isGreaterThanOrEqualTo(300_000_000L);
    assertThat(again.sequence()).isNotEqualTo(first.sequence());
    ack(terminal, again, VALUE);
    client.await(id, "succeeded");
    assertThat(client.told(terminal.who(), id, 3)).containsExactly("queued", "sent", "succeeded");
    terminal.close();
  }

  // Verifies that what all its sends were not answered to is tried again where the terminal shows
  // up.
  @Test
  void triesAgainWhereTheTerminalShowsUp() {
    try (PeerTerminal terminal = online();
        PeerTerminal moved = elsewhere(terminal)) {
      String id = client.read(terminal.who(), "0011");
      PeerFrame first = expect(terminal, PeerCommands.CONFIG_GET, GET);
      expectRepeat(terminal, first, REPEAT);
      expectRepeat(terminal, first, REPEAT);
      client.await(id, "queued");
      moved.heartbeat();
      expectRepeat(moved, first, REPEAT);
      ack(moved, first, VALUE);
      client.await(id, "succeeded");
    }
  }
}
