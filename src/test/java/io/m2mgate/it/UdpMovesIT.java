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
import io.m2mgate.peer.PeerUpgrades;
import io.m2mgate.peer.Profiles;
import io.m2mgate.peer.SourceLink;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Addresses of datagrams that move, and datagrams that are lost, doubled, copied or forged (5.2.1, ground rules 2 and 3). */
@Execution(ExecutionMode.CONCURRENT)
class UdpMovesIT {
  private static final String APP = "EC01";
  private static final String QUICK = "quick";
  private static final String DATAGRAMS = "datagrams";
  private static final byte[] HELLO = {1, 2, 3};
  private static final byte[] GET = pairs(0x0011);
  private static final byte[] VALUE =
      bytes().u8(0).tlv(0x0011, bytes().u32(60).toArray()).toArray();
  private static final Duration REPEAT = Duration.ofMillis(2_500);
  private static final int QUEUED = 5;

  private static GatewayProcess gateway;
  private static CommandClient client;

  @BeforeAll
  static void start() {
    gateway = GatewayProcess.start("lanes=2");
    client = new CommandClient(gateway, gateway.api().createApplication(APP).key());
    gateway.api().createProfile(QUICK, Profiles::quick);
    gateway.api().createProfile(DATAGRAMS, profile -> profile.put("prefer", "udp"));
  }

  @AfterAll
  static void stop() {
    gateway.closeClean();
  }

  private static PeerTerminal online() {
    return gateway
        .datagramTerminal(gateway.api().createTerminal(Identity.fresh(), APP, QUICK))
        .login();
  }

  /** The same terminal in the same session, from another port. */
  private static PeerTerminal elsewhere(PeerTerminal terminal) {
    return gateway.datagramTerminal(terminal.who()).under(terminal.timestamp()).countingFrom(1_000);
  }

  private static String send(Identity who, int bytes) {
    return client.ask(
        who, "{\"type\":\"data\",\"payload\":\"" + "AA".repeat(bytes) + "\",\"encoding\":\"hex\"}");
  }

  // Verifies that a signed frame from another port takes what is asked with it at once, answers of
  // any
  // length included, and that nothing more goes to the old one. Whichever lane's socket hears it.
  @Test
  void followsASignedFrame() {
    try (PeerTerminal terminal = online()) {
      for (int move = 0; move < 4; move++) {
        terminal.reconnect();
        assertThat(terminal.configReq(0x0011, 0x0003).result()).isEqualTo(1);
        String id = send(terminal.who(), 1_000);
        PeerFrame asked = terminal.readVerified();
        assertThat(asked.command()).isEqualTo(PeerTerminal.DATA);
        ack(terminal, asked, 0);
        client.await(id, "succeeded");
      }
    }
  }

  // Verifies that a terminal that only beats from another port is found there by what it leaves
  // unanswered, and that its answer moves it.
  @Test
  void findsATerminalThatBeats() {
    try (PeerTerminal terminal = online();
        PeerTerminal moved = elsewhere(terminal)) {
      moved.heartbeat();
      String id = client.read(terminal.who(), "0011");
      PeerFrame first = expect(terminal, PeerCommands.CONFIG_GET, GET);
      expectRepeat(moved, first, REPEAT);
      ack(moved, first, VALUE);
      client.await(id, "succeeded");
      String next = send(terminal.who(), 1_000);
      PeerFrame large = moved.readVerified();
      assertThat(large.command()).isEqualTo(PeerTerminal.DATA);
      ack(moved, large, 0);
      client.await(next, "succeeded");
      terminal.link().expectSilence();
    }
  }

  // Verifies that a heartbeat from elsewhere draws neither a long request nor a secret there.
  @Test
  void sendsLittleToACandidate() {
    try (PeerTerminal terminal = online();
        PeerTerminal stranger = elsewhere(terminal)) {
      stranger.heartbeat();
      send(terminal.who(), 600);
      PeerFrame first = terminal.readVerified();
      expectRepeat(terminal, first, REPEAT.multipliedBy(2));
      ack(terminal, first, 0);
      stranger.heartbeat();
      client.ask(terminal.who(), "{\"type\":\"sim\",\"pin1\":\"4711\"}");
      assertThat(terminal.link().read(REPEAT)).as("a secret in clear").isEmpty();
      stranger.link().expectSilence();
      assertThat(
              gateway.api().metric("m2mgate_datagrams_dropped_total", "reason=\"candidate-bytes\""))
          .isPositive();
    }
  }

  // Verifies that forged and copied frames move nothing: the first is not answered, the second is,
  // where it came from.
  @Test
  void isNotMovedByOthers() {
    try (PeerTerminal terminal = online();
        PeerTerminal stranger = elsewhere(terminal)) {
      byte[] reading = terminal.signed(PeerTerminal.DATA, PeerTerminal.dataBody(APP, HELLO));
      assertThat(terminal.exchange(reading).result()).isZero();
      byte[] forged = stranger.signedWith(
          SourceLink.guess(1), PeerTerminal.DATA, 2_000, PeerTerminal.dataBody(APP, HELLO));
      stranger.expectNoAnswer(forged);
      assertThat(stranger.exchange(reading).result()).isZero();
      byte[] question = terminal.signed(PeerTerminal.CONFIG_REQ, pairs(0x0011, 0x0003));
      assertThat(terminal.exchange(question).result()).isEqualTo(1);
      stranger.expectNoAnswer(question);
      String id = client.read(terminal.who(), "0011");
      ack(terminal, expect(terminal, PeerCommands.CONFIG_GET, GET), VALUE);
      client.await(id, "succeeded");
      stranger.link().expectSilence();
      assertThat(client.api().readings(1, terminal.who())).hasSize(1);
    }
  }

  // Verifies that a queue of commands is done once each and in order although every request and
  // every
  // answer is lost the first time and comes twice the second.
  @Test
  void outlivesLossAndDoubles() {
    try (PeerTerminal terminal = online()) {
      List<String> asked = new ArrayList<>();
      for (int i = 0; i < QUEUED; i++) {
        asked.add(send(terminal.who(), i + 1));
      }
      List<Integer> done = new ArrayList<>();
      int last = 0;
      while (done.size() < QUEUED) {
        // The first copy is lost on its way here.
        PeerFrame lost = fresh(terminal, last);
        PeerFrame copy = terminal.readVerified();
        assertThat(copy.bytes()).isEqualTo(lost.bytes());
        byte[] ack = PeerCommands.ackFrame(terminal, copy, bytes().u8(0).toArray());
        if (done.size() % 2 == 0) {
          // So is the first answer; the last copy asks for it again.
          PeerFrame again = terminal.readVerified();
          assertThat(again.bytes()).isEqualTo(lost.bytes());
        }
        terminal.link().write(ack);
        terminal.link().write(ack);
        last = copy.sequence();
        done.add(copy.body().length);
      }
      asked.forEach(id -> client.await(id, "succeeded"));
      assertThat(done).as("lengths, in the order of the queue").isSorted();
      assertThat(done).doesNotHaveDuplicates();
    }
  }

  /** The next request that is not one that was answered. */
  private static PeerFrame fresh(PeerTerminal terminal, int answered) {
    PeerFrame next = terminal.readVerified();
    while (next.sequence() == answered) {
      next = terminal.readVerified();
    }
    return next;
  }

  // Verifies that a terminal whose profile prefers UDP is told the UDP port to fetch a package
  // from,
  // gets
  // its blocks, and that a copy of what asks for one draws none to another address.
  @Test
  void fetchesAPackage() {
    PeerUpgrades upgrades = new PeerUpgrades(client.api());
    Identity who = gateway.api().createTerminal(Identity.fresh(), APP, DATAGRAMS);
    try (PeerTerminal terminal = gateway.datagramTerminal(who).login();
        PeerTerminal stranger = elsewhere(terminal)) {
      upgrades.start(PeerUpgrades.request(upgrades.upload("meter", "2.00"), who));
      PeerFrame told = PeerUpgrades.answer(terminal, PeerUpgrades.TAKEN);
      assertThat(PeerUpgrades.url(told))
          .startsWith("WMMP://127.0.0.1:" + gateway.datagrams().getPort() + "/");
      byte[] asks = terminal.signed(
          PeerTerminal.FILE_REQ,
          bytes().u32(PeerUpgrades.transaction(told)).u8(0).u32(0).u16(800).toArray());
      byte[] block = terminal.exchange(asks).body();
      assertThat(Arrays.copyOfRange(block, 13, block.length))
          .asString(StandardCharsets.US_ASCII)
          .isEqualTo("meter 2.00");
      stranger.expectNoAnswer(asks);
      assertThat(terminal.exchange(asks).body()).isEqualTo(block);
    }
  }

  // Verifies that readings that are lost and doubled are one event each.
  @Test
  void countsADoubledReadingOnce() {
    try (PeerTerminal terminal = online()) {
      for (int i = 0; i < 3; i++) {
        byte[] reading =
            terminal.signed(PeerTerminal.DATA, PeerTerminal.dataBody(APP, new byte[] {(byte) i}));
        terminal.link().write(reading).write(reading);
        assertThat(terminal.expectAck(reading).result()).isZero();
        // A copy that joined the first is answered with it.
        Optional<PeerFrame> second = terminal.link().read(Duration.ofMillis(100));
        second.ifPresent(frame -> assertThat(frame.result()).isZero());
      }
      assertThat(client.api().readings(3, terminal.who())).hasSize(3);
    }
  }
}
