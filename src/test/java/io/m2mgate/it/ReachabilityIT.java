package io.m2mgate.it;

import static io.m2mgate.peer.PeerBytes.bytes;
import static io.m2mgate.peer.PeerCommands.ack;
import static io.m2mgate.peer.PeerCommands.expect;
import static io.m2mgate.peer.PeerCommands.expectRepeat;
import static io.m2mgate.peer.PeerCommands.pairs;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.m2mgate.peer.CommandClient;
import io.m2mgate.peer.GatewayProcess;
import io.m2mgate.peer.Identity;
import io.m2mgate.peer.PeerBytes;
import io.m2mgate.peer.PeerCommands;
import io.m2mgate.peer.PeerFrame;
import io.m2mgate.peer.PeerTerminal;
import io.m2mgate.peer.Profiles;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Parameters that can cut a terminal off: sent when somebody asks and not again, confirmed over kills (5.2.2, 5.2.3, 5.3.9). */
class ReachabilityIT {
  private static final String APP = "EC01";
  private static final String QUICK = "quick";
  private static final byte[] NONE = {};
  private static final byte[] PORTS =
      bytes().tlv(0x000A, bytes().u32(9_991).toArray()).toArray();
  private static final byte[] APN = bytes().tlv(0x0002, "NEW").toArray();
  private static final byte[] LIST = bytes().tlv(0x0025, (byte) 0, (byte) 2).toArray();
  private static final byte[] MODE = bytes().tlv(0x4002, (byte) 3).toArray();
  private static final Duration REPEAT = Duration.ofMillis(3_000);

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

  private static byte[] set(byte[] parameters) {
    return bytes().raw(parameters).tlv(0x4009, (byte) 0).toArray();
  }

  private static String desire(Identity who, String body) {
    return client
        .api()
        .full(
            "PATCH",
            "/v1/terminals/" + who.serial() + "/parameters?confirm=reachability",
            body.getBytes(StandardCharsets.UTF_8),
            "If-Match",
            "*")
        .answer()
        .json()
        .path("command")
        .asText();
  }

  private static JsonNode parameters(Identity who) {
    return client.api().get("/v1/terminals/" + who.serial() + "/parameters").json();
  }

  // Verifies that one that stays unanswered is given up after its sends, is drift, and goes neither
  // at
  // the terminal's next sign nor at its next login.
  @Test
  void givesUpWhatIsNotAnswered() {
    try (PeerTerminal terminal = online()) {
      String id = desire(terminal.who(), "{\"000A\":9991}");
      PeerFrame first = expect(terminal, PeerCommands.CONFIG_SET, set(PORTS));
      expectRepeat(terminal, first, REPEAT);
      expectRepeat(terminal, first, REPEAT);
      assertThat(client.await(id, "timedOut").path("attempts").asInt()).isEqualTo(3);
      terminal.trap(NONE);
      terminal.logout(0);
      terminal.login();
      assertThat(terminal.link().read(Duration.ofSeconds(1))).as("sent again").isEmpty();
      assertThat(parameters(terminal.who()).path("drift").toString())
          .isEqualTo("[\"platform-ports\"]");
    }
  }

  // Verifies that one that was sent when the gateway was killed is unknown, and not sent again.
  @Test
  void sendsNothingAgainAfterAKill() {
    try (PeerTerminal terminal = online()) {
      String id = desire(terminal.who(), "{\"000A\":9991}");
      PeerFrame first = expect(terminal, PeerCommands.CONFIG_SET, set(PORTS));
      gateway.kill().restart();
      terminal.reconnect();
      ack(terminal, first, 0);
      terminal.trap(NONE);
      client.await(id, "unknown");
      assertThat(terminal.link().read(Duration.ofSeconds(1))).as("sent again").isEmpty();
      assertThat(client.told(terminal.who(), id, 3)).containsExactly("queued", "sent", "unknown");
    }
  }

  // Verifies that an answered one is shown by a LOGIN with the CRC32 of what was set, and a change
  // of
  // the connection by what the terminal says that it has, although the gateway was killed between.
  @Test
  void confirmsOverAKill() {
    try (PeerTerminal moved = online();
        PeerTerminal changed = online()) {
      moved.trap(bytes().raw(LIST).tlv(0x0002, "OLD").toArray());
      String apn = desire(moved.who(), "{\"m2m-platform-apn\":\"NEW\"}");
      ack(moved, expect(moved, PeerCommands.CONFIG_SET, set(APN)), 0);
      client.await(apn, "acked");
      String mode = desire(changed.who(), "{\"4002\":3}");
      ack(changed, expect(changed, PeerCommands.CONFIG_SET, set(MODE)), 0);
      PeerFrame asked = expect(changed, PeerCommands.CONFIG_GET, pairs(0x4002));
      gateway.kill().restart();
      moved.reconnect();
      var answer =
          moved.exchangeLogin(moved.loginFrame(moved.nextSequence(), PeerBytes.crc32(APN)));
      assertThat(answer.result()).as("LOGIN with what is desired").isZero();
      moved.under(answer.timestamp()).trap(NONE);
      client.await(apn, "succeeded");
      changed.reconnect().trap(NONE);
      PeerFrame again = expect(changed, PeerCommands.CONFIG_GET, pairs(0x4002));
      assertThat(again.sequence()).isNotEqualTo(asked.sequence());
      ack(changed, again, bytes().u8(0).raw(MODE).toArray());
      assertThat(client.await(mode, "succeeded").path("attempts").asInt()).isEqualTo(1);
      moved.link().expectSilence();
      assertThat(parameters(moved.who()).at("/details/m2m-platform-apn/state").asText())
          .isEqualTo("done");
    }
  }
}
