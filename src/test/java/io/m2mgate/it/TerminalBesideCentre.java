package io.m2mgate.it;

import static io.m2mgate.peer.PeerBytes.bytes;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.m2mgate.peer.CommandClient;
import io.m2mgate.peer.GatewayProcess;
import io.m2mgate.peer.Identity;
import io.m2mgate.peer.PeerCommands;
import io.m2mgate.peer.PeerFrame;
import io.m2mgate.peer.PeerPhone;
import io.m2mgate.peer.PeerTerminal;
import io.m2mgate.peer.SmscStore.Submitted;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A terminal beside a message centre that dies: what it is asked, what it did and what it was sent. One that connects is woken and does
 * it over TCP; another has nothing but messages.
 */
final class TerminalBesideCentre {
  private static final int ACK = 0x8000;
  private static final byte[] GET = PeerCommands.pairs(0x0011);
  private static final byte[] VALUE =
      bytes().u8(0).tlv(0x0011, bytes().u32(60).toArray()).toArray();
  private static final String READ =
      "{\"type\":\"read\",\"tags\":[\"0011\"],\"delivery\":{\"wake\":\"sms\"}}";
  private static final String DATA =
      "{\"type\":\"data\",\"encoding\":\"hex\",\"repeatable\":true,\"payload\":\"%04x\"}";

  private final GatewayProcess gateway;
  private final CommandClient client;
  private final PeerPhone phone;
  private final Identity who;
  private final boolean connects;
  private final List<String> asked = new ArrayList<>();

  /** Requests by message, with how often they came. */
  private final Map<Integer, Integer> copies = new HashMap<>();

  private final Set<String> done = new HashSet<>();
  private int wakes;

  TerminalBesideCentre(
      GatewayProcess gateway,
      CommandClient client,
      PeerPhone phone,
      Identity who,
      boolean connects) {
    this.gateway = gateway;
    this.client = client;
    this.phone = phone;
    this.who = who;
    this.connects = connects;
    if (!connects) {
      tell(PeerTerminal.LOGIN, 1, bytes().ascii("1.01", 8).u32(0).toArray());
      tell(PeerTerminal.CONFIG_TRAP, 2, new byte[0]);
    }
  }

  private void tell(int command, int sequence, byte[] body) {
    phone.send(PeerTerminal.unsigned(who.serial(), command, sequence, 0, body));
    assertThat(phone.next().result()).isZero();
  }

  PeerPhone phone() {
    return phone;
  }

  Identity who() {
    return who;
  }

  void ask(int payload) {
    asked.add(client.ask(who, connects ? READ : DATA.formatted(payload)));
  }

  boolean succeeded() {
    return asked.stream().allMatch(id -> client.state(id).equals("succeeded"));
  }

  /** Takes what has come for it. */
  void take() {
    for (Optional<Submitted> next = phone.poll(); next.isPresent(); next = phone.poll()) {
      PeerFrame frame = PeerPhone.frame(next.get());
      if ((frame.command() & ACK) != 0) {
        continue;
      }
      phone.ack(frame);
      if (frame.command() == PeerCommands.REMOTE_CTRL) {
        wake();
      } else if (copies.merge(frame.sequence(), 1, Integer::sum) == 1) {
        assertThat(done.add(HexFormat.of().formatHex(frame.body())))
            .as("done under another sequence before")
            .isTrue();
      }
    }
  }

  private void wake() {
    if (++wakes > 1) {
      return;
    }
    try (PeerTerminal terminal = gateway.terminal(who).login()) {
      for (int i = 0; i < asked.size(); i++) {
        PeerCommands.ack(
            terminal, PeerCommands.expect(terminal, PeerCommands.CONFIG_GET, GET), VALUE);
      }
      asked.forEach(id -> client.await(id, "succeeded"));
      terminal.logout(0);
    }
  }

  /** Fails unless each was done once, and what came twice was counted by the gateway so often at least. */
  void expectMarks() {
    List<JsonNode> commands = asked.stream().map(client::of).toList();
    assertThat(done).hasSize(connects ? 0 : asked.size());
    assertThat(copies.values().stream().mapToInt(it -> it).sum())
        .as("requests by message: %s", commands)
        .isLessThanOrEqualTo(
            commands.stream().mapToInt(it -> it.path("attempts").asInt()).sum());
    assertThat(wakes)
        .as("wake-ups: %s", commands)
        .isLessThanOrEqualTo(commands.stream()
            .mapToInt(it -> it.at("/woken/sends").asInt())
            .max()
            .orElse(0));
  }
}
