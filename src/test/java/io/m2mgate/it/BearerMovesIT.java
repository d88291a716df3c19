package io.m2mgate.it;

import static io.m2mgate.peer.PeerBytes.bytes;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.m2mgate.peer.Api;
import io.m2mgate.peer.CommandClient;
import io.m2mgate.peer.GatewayProcess;
import io.m2mgate.peer.Identity;
import io.m2mgate.peer.PeerCommands;
import io.m2mgate.peer.PeerFrame;
import io.m2mgate.peer.PeerMessages;
import io.m2mgate.peer.PeerTerminal;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Terminals that go from bearer to bearer within one session (5.2.1, sms.md). */
class BearerMovesIT {
  private static final String APP = "EC01";
  private static final String MOVING = "moving";
  private static final String DATAGRAMS = "datagrams";
  private static final String MESSAGES = "messages";
  private static final int COMMANDS = 100;
  private static final int EACH = COMMANDS / 4;
  private static final int ACK = 0x8000;
  private static final byte[] NOTHING = {};

  @TempDir
  static Path directory;

  private static GatewayProcess gateway;
  private static PeerMessages phones;
  private static CommandClient client;

  private String number;
  private Identity who;

  /** What the terminal did, in its order; one that it knows by its sequence it does not do again. */
  private final List<Integer> done = new ArrayList<>();

  private final Set<Integer> sequences = new HashSet<>();
  private int repeats;

  @BeforeAll
  static void start() {
    phones = new PeerMessages(directory);
    gateway = GatewayProcess.start(PeerMessages.settings(directory, "lanes=2"));
    client = new CommandClient(gateway, gateway.api().createApplication(APP).key());
    gateway
        .api()
        .createProfile(
            MOVING,
            profile -> profile
                .putObject("exchange")
                .put("timeoutSeconds", 1)
                .put("udpTimeoutSeconds", 1)
                .put("smsTimeoutSeconds", 1)
                .put("gapMillis", 10));
    gateway
        .api()
        .createProfile(DATAGRAMS, profile -> profile.putArray("bearers").add("udp"));
    gateway.api().createProfile(MESSAGES, profile -> profile.putArray("bearers").add("sms"));
  }

  @AfterAll
  static void stop() {
    phones.close();
    gateway.closeClean();
  }

  private void provision(String profile) {
    number = PeerMessages.number();
    who = Identity.fresh();
    ObjectNode json = Api.terminalJson(who, APP, profile);
    json.put("msisdn", number);
    assertThat(gateway.api().call("POST", "/v1/admin/terminals", json).status()).isEqualTo(201);
  }

  private List<String> ask() {
    return IntStream.range(0, COMMANDS)
        .mapToObj(i -> client.ask(
            who,
            "{\"type\":\"data\",\"encoding\":\"hex\",\"repeatable\":true,\"payload\":\"%04x\"}"
                .formatted(i)))
        .toList();
  }

  /** True when it is new. */
  private boolean take(PeerFrame asked) {
    assertThat(asked.command()).isEqualTo(PeerCommands.DATA);
    byte[] body = asked.body();
    if (!sequences.add(asked.sequence())) {
      repeats++;
      return false;
    }
    done.add((body[body.length - 2] & 0xFF) << 8 | body[body.length - 1] & 0xFF);
    return true;
  }

  /** Does so many that are new, and leaves the last one unanswered. */
  private void serve(PeerTerminal terminal, int count) {
    for (int left = count; left > 0; ) {
      PeerFrame asked = terminal.readVerified();
      left -= take(asked) ? 1 : 0;
      if (left > 0) {
        PeerCommands.ack(terminal, asked, 0);
      }
    }
  }

  private void serveByMessage(int count) {
    for (int left = count; left > 0; ) {
      PeerFrame asked = phones.next(number);
      assertThat(asked.flags()).as("neither signed nor encrypted").isZero();
      left -= take(asked) ? 1 : 0;
      if (left > 0) {
        phones.send(
            number,
            PeerTerminal.unsigned(
                who.serial(),
                PeerCommands.DATA | ACK,
                asked.sequence(),
                0,
                bytes().u8(0).toArray()));
      }
    }
  }

  /** A report by message, and its answer there. */
  private void reportByMessage(int sequence) {
    byte[] trap =
        PeerTerminal.unsigned(who.serial(), PeerTerminal.CONFIG_TRAP, sequence, 0, NOTHING);
    phones.send(number, trap);
    PeerFrame ack = phones.next(number);
    assertThat(ack.command()).isEqualTo(PeerTerminal.CONFIG_TRAP | ACK);
    assertThat(ack.result()).isZero();
  }

  /** One that goes on in the session of another. */
  private static PeerTerminal inSession(PeerTerminal opened, PeerTerminal fresh, int sequence) {
    return fresh.under(opened.timestamp()).countingFrom(sequence);
  }

  // Verifies that 100 commands are done once each and in their order by a terminal that moves from
  // TCP to UDP, to short messages and to TCP again in their middle, and loses an answer at each
  // move.
  @Test
  void goesThroughItsQueue() {
    provision(MOVING);
    List<String> asked = ask();
    PeerTerminal tcp = gateway.terminal(who).login();
    serve(tcp, EACH);
    try (PeerTerminal udp = inSession(tcp, gateway.datagramTerminal(who), 1_000)) {
      assertThat(udp.trap(NOTHING).result()).isZero();
      tcp.close();
      serve(udp, EACH);
      reportByMessage(2_000);
      serveByMessage(EACH);
      try (PeerTerminal again = inSession(udp, gateway.terminal(who), 3_000)) {
        assertThat(again.trap(NOTHING).result()).isZero();
        serve(again, EACH);
        PeerFrame last = again.readVerified();
        assertThat(take(last)).isFalse();
        PeerCommands.ack(again, last, 0);
        asked.forEach(id -> client.await(id, "succeeded"));
        assertThat(again.logout(0).body()).isEmpty();
      }
    }
    assertThat(done).isEqualTo(IntStream.range(0, COMMANDS).boxed().toList());
    assertThat(repeats).as("one for each lost answer, the last included").isEqualTo(4);
    assertThat(phones.maybe(number, Duration.ofMillis(200))).isEmpty();
  }

  // Verifies that a heartbeat brings a terminal back from short messages to the address it had.
  @Test
  void comesBackByAHeartbeat() {
    provision(MOVING);
    try (PeerTerminal udp = gateway.datagramTerminal(who).login()) {
      reportByMessage(2_000);
      udp.heartbeat();
      String id = client.read(who, "0011");
      PeerFrame asked =
          PeerCommands.expect(udp, PeerCommands.CONFIG_GET, PeerCommands.pairs(0x0011));
      PeerCommands.ack(
          udp, asked, bytes().u8(0).tlv(0x0011, bytes().u32(60).toArray()).toArray());
      client.await(id, "succeeded");
    }
  }

  // Verifies that what no message carries is refused at once where the profile allows nothing else,
  // with both sizes, and what fits is not.
  @Test
  void refusesWhatNoMessageCarries() {
    provision(MESSAGES);
    String data = "{\"type\":\"data\",\"encoding\":\"hex\",\"payload\":\"%s\"}";
    Api.Answer refused = client.post(who, data.formatted("00".repeat(87))).answer();
    CommandClient.refused(refused, 413, "payload-too-large");
    assertThat(refused.json().path("detail").asText()).contains("87 bytes", "takes 86");
    client.ask(who, data.formatted("00".repeat(86)));
  }

  // Verifies that a terminal is not admitted by a bearer that its profile does not allow, is told
  // of
  // it, and is there by the one that it does.
  @Test
  void refusesOtherBearers() {
    provision(DATAGRAMS);
    try (PeerTerminal tcp = gateway.terminal(who);
        PeerTerminal udp = gateway.datagramTerminal(who)) {
      assertThat(tcp.exchangeLogin(tcp.loginFrame(tcp.nextSequence(), 0)).result())
          .isEqualTo(5);
      assertThat(tcp.register(4).result()).isEqualTo(5);
      udp.login();
      byte[] trap = tcp.under(udp.timestamp()).countingFrom(500).signed(0x0007, NOTHING);
      tcp.expectNoAnswer(trap);
      assertThat(client
              .api()
              .events(1, "m2m.terminal.refused", who.serial())
              .get(0)
              .at("/data/reason")
              .asText())
          .isEqualTo("bearer");
      assertThat(udp.trap(NOTHING).result()).isZero();
    }
  }
}
