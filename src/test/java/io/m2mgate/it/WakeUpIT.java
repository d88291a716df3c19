package io.m2mgate.it;

import static io.m2mgate.peer.PeerBytes.bytes;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.m2mgate.peer.Api;
import io.m2mgate.peer.Await;
import io.m2mgate.peer.CommandClient;
import io.m2mgate.peer.GatewayProcess;
import io.m2mgate.peer.Identity;
import io.m2mgate.peer.PeerCommands;
import io.m2mgate.peer.PeerFrame;
import io.m2mgate.peer.PeerMessages;
import io.m2mgate.peer.PeerTerminal;
import io.m2mgate.peer.Profiles;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Terminals that are away and are woken by short message (5.2.2, 5.3.7, 5.4.6). */
class WakeUpIT {
  private static final String APP = "EC01";
  private static final String QUICK = "quick";
  private static final byte[] GET = PeerCommands.pairs(0x0011);
  private static final byte[] VALUE =
      bytes().u8(0).tlv(0x0011, bytes().u32(60).toArray()).toArray();
  private static final byte[] WAKE = PeerCommands.control(3);
  private static final String READ =
      "{\"type\":\"read\",\"tags\":[\"0011\"],\"delivery\":{\"wake\":\"sms\"}}";
  private static final int ACKED = PeerCommands.REMOTE_CTRL | 0x8000;
  private static final Duration THREE_REPEATS = Duration.ofMillis(3_500);

  @TempDir
  Path directory;

  private GatewayProcess gateway;
  private PeerMessages phones;
  private CommandClient client;
  private String number;
  private Identity who;

  @BeforeEach
  void start() {
    phones = new PeerMessages(directory);
    gateway = GatewayProcess.start(PeerMessages.settings(
        directory, "wake.repeatSeconds=1", "wake.sends=2", "wake.afterSeconds=1"));
    client = new CommandClient(gateway, gateway.api().createApplication(APP).key());
    gateway.api().createProfile(QUICK, Profiles::quick);
    number = PeerMessages.number();
    who = Identity.fresh();
    ObjectNode json = Api.terminalJson(who, APP, QUICK);
    json.put("msisdn", number);
    assertThat(gateway.api().call("POST", "/v1/admin/terminals", json).status()).isEqualTo(201);
  }

  @AfterEach
  void stop() {
    phones.close();
    gateway.closeClean();
  }

  /** The wake-up as it stands, 33 bytes. */
  private PeerFrame woken() {
    PeerFrame wake = phones.next(number);
    assertThat(HexFormat.of().formatHex(wake.bytes()))
        .isEqualTo(HexFormat.of()
            .formatHex(bytes()
                .u16(33)
                .u16(PeerCommands.REMOTE_CTRL)
                .u32(wake.sequence())
                .u16(0x0300)
                .u8(0)
                .u8(0)
                .ascii(who.serial())
                .raw(WAKE)
                .toArray()));
    return wake;
  }

  private void answer(PeerFrame wake, int result) {
    phones.awaitTaken(phones.send(
        number,
        PeerTerminal.unsigned(
            who.serial(), ACKED, wake.sequence(), 0, bytes().u8(result).toArray())));
  }

  private JsonNode seen(String id, String pointer, String value) {
    return Await.value(
        pointer + " of the command",
        Await.PATIENCE,
        () -> Optional.of(client.of(id)).filter(it -> it.at(pointer).asText().contains(value)));
  }

  // Verifies that a terminal that never came is woken for a command that asks for it, so often as
  // the settings say and not again after a restart, and that the command goes when it logs in.
  @Test
  void wakesForWhatWaits() {
    String id = client.ask(who, READ);
    PeerFrame first = woken();
    answer(first, 0);
    JsonNode waiting = seen(id, "/woken/sends", "1");
    assertThat(waiting.path("state").asText()).isEqualTo("queued");
    assertThat(waiting.path("attempts").asInt()).isZero();
    assertThat(waiting.has("result")).isFalse();
    assertThat(woken().sequence()).isNotEqualTo(first.sequence());
    seen(id, "/woken/sends", "2");
    assertThat(phones.maybe(number, THREE_REPEATS)).as("beyond wake.sends").isEmpty();
    assertThat(gateway.terminate()).isZero();
    gateway.restart();
    assertThat(phones.maybe(number, THREE_REPEATS)).as("after a restart").isEmpty();
    try (PeerTerminal terminal = gateway.terminal(who).login()) {
      PeerCommands.ack(
          terminal, PeerCommands.expect(terminal, PeerCommands.CONFIG_GET, GET), VALUE);
      JsonNode done = client.await(id, "succeeded");
      assertThat(done.at("/woken/sends").asInt()).isEqualTo(2);
      assertThat(done.at("/result/code").asInt(-1)).isZero();
    }
  }

  // Verifies that a request that stays unanswered has its terminal woken, and goes on after the
  // LOGIN.
  @Test
  void wakesForWhatStaysUnanswered() {
    try (PeerTerminal silent = gateway.terminal(who).login();
        PeerTerminal woken = gateway.terminal(who)) {
      String id = client.ask(who, READ);
      for (int i = 0; i < 3; i++) {
        PeerCommands.expect(silent, PeerCommands.CONFIG_GET, GET);
      }
      woken();
      woken.login();
      PeerCommands.ack(woken, PeerCommands.expect(woken, PeerCommands.CONFIG_GET, GET), VALUE);
      client.await(id, "succeeded");
    }
  }

  // Verifies that the control that asks for a LOGIN goes by message where there is no session, is
  // answered there, and is done by the LOGIN, with or without that answer.
  @Test
  void asksForALoginByMessage() {
    String id = client.control(who, "login");
    PeerFrame wake = woken();
    assertThat(seen(id, "/state", "sent").at("/wmmp/bearer").asText()).isEqualTo("sms");
    answer(wake, 0);
    seen(id, "/state", "acked");
    assertThat(phones.maybe(number, Duration.ofMillis(1_500)))
        .as("once answered")
        .isEmpty();
    try (PeerTerminal terminal = gateway.terminal(who).login()) {
      client.await(id, "succeeded");
      terminal.logout(0);
    }
    String other = client.control(who, "login");
    woken();
    try (PeerTerminal terminal = gateway.terminal(who).login()) {
      client.await(other, "succeeded");
      String third = client.control(who, "login");
      PeerCommands.ack(terminal, PeerCommands.expect(terminal, PeerCommands.REMOTE_CTRL, WAKE), 0);
      assertThat(client.await(third, "succeeded").at("/wmmp/bearer").asText()).isEqualTo("tcp");
    }
  }

  // Verifies that a refused wake-up is shown with what waits, and ends the control that it was.
  @Test
  void showsARefusal() {
    String waiting = client.ask(who, READ);
    answer(woken(), 1);
    seen(waiting, "/reason", "the terminal answered the wake-up with");
    String control = client.control(who, "login");
    answer(woken(), 1);
    client.await(control, "rejected");
    assertThat(client.state(waiting)).isEqualTo("queued");
  }

  // Verifies that a command that does not wait for its terminal does not wake it.
  @Test
  void doesNotWakeForWhatDoesNotWait() {
    Api.Full refused = client.post(
        who,
        "{\"type\":\"control\",\"control\":\"login\",\"delivery\":{\"mode\":\"immediate\",\"wake\":\"sms\"}}");
    assertThat(refused.answer().status()).isEqualTo(409);
    assertThat(phones.maybe(number, Duration.ofMillis(1_000))).isEmpty();
  }
}
