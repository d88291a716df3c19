package io.m2mgate.it;

import static io.m2mgate.peer.PeerBytes.bytes;
import static io.m2mgate.peer.PeerCommands.ack;
import static io.m2mgate.peer.PeerCommands.expect;
import static io.m2mgate.peer.PeerCommands.pairs;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.m2mgate.peer.CommandClient;
import io.m2mgate.peer.GatewayProcess;
import io.m2mgate.peer.Identity;
import io.m2mgate.peer.PeerCommands;
import io.m2mgate.peer.PeerTerminal;
import io.m2mgate.peer.Profiles;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Terminals that speak UDP (4.2, 5.2.1). */
class UdpIT {
  private static final String APP = "EC01";
  private static final String QUICK = "quick";
  private static final int UNDER_WAY = 40;
  private static final byte[] GET = pairs(0x0011);
  private static final byte[] VALUE =
      bytes().u8(0).tlv(0x0011, bytes().u32(60).toArray()).toArray();

  private static GatewayProcess gateway;
  private static CommandClient client;

  @BeforeAll
  static void start() {
    gateway = GatewayProcess.start("lanes=2");
    client = new CommandClient(gateway, gateway.api().createApplication(APP).key());
    gateway.api().createProfile(QUICK, Profiles::quick);
  }

  @AfterAll
  static void stop() {
    gateway.closeClean();
  }

  private static Identity provisioned() {
    return gateway.api().createTerminal(Identity.fresh(), APP, QUICK);
  }

  private static JsonNode presence(Identity who) {
    return gateway.api().terminal(who.serial()).path("presence");
  }

  // Verifies that the life of a session goes over UDP as over TCP, command included, and that every
  // answer comes from the port that was spoken to.
  @Test
  void carriesASession() {
    Identity who = provisioned();
    try (PeerTerminal terminal = gateway.datagramTerminal(who).login()) {
      terminal.heartbeat();
      assertThat(terminal.data(APP, new byte[] {1})).isZero();
      String id = client.read(who, "0011");
      ack(terminal, expect(terminal, PeerCommands.CONFIG_GET, GET), VALUE);
      client.await(id, "succeeded");
      assertThat(presence(who).path("bearer").asText()).isEqualTo("udp");
      assertThat(terminal.logout(0).body()).isEmpty();
    }
  }

  /** A reading in a frame of exactly so many bytes. */
  private static byte[] reading(PeerTerminal terminal, int frameBytes) {
    int around = terminal.signed(PeerTerminal.DATA, PeerTerminal.dataBody(APP, new byte[0])).length;
    return terminal.signed(
        PeerTerminal.DATA, PeerTerminal.dataBody(APP, new byte[frameBytes - around]));
  }

  private static double dropped(GatewayProcess by, String reason) {
    return by.api().metric("m2mgate_datagrams_dropped_total", "reason=\"" + reason + "\"");
  }

  // Verifies that a datagram is taken up to terminal.maxFrame and not beyond, and that what is
  // more,
  // less or other than one frame is dropped by reason, without an answer, beside others that go on.
  @Test
  void takesOneFrameADatagram() {
    try (PeerTerminal terminal = gateway.datagramTerminal(provisioned()).login()) {
      for (int length : new int[] {2_048, 2_049, 16_384}) {
        assertThat(terminal.exchange(reading(terminal, length)).result()).isZero();
      }
      byte[] good = reading(terminal, 200);
      Map<String, List<byte[]>> bad = Map.of(
          "too-long", List.of(reading(terminal, 16_385), reading(terminal, 65_507)),
          "truncated", List.of(Arrays.copyOf(good, 199), Arrays.copyOf(good, 28)),
          "trailing-bytes", List.of(Arrays.copyOf(good, 201), twice(good)),
          "too-short", List.of(new byte[] {0}, new byte[27], new byte[28]));
      bad.forEach((reason, datagrams) -> {
        double before = dropped(gateway, reason);
        for (byte[] datagram : datagrams) {
          terminal.link().write(datagram);
        }
        terminal.link().expectSilence();
        assertThat(dropped(gateway, reason) - before).as(reason).isEqualTo(datagrams.size());
      });
      terminal.link().write(new byte[0], good);
      assertThat(terminal.expectAck(good).result()).isZero();
    }
  }

  private static byte[] twice(byte[] frame) {
    byte[] both = Arrays.copyOf(frame, 2 * frame.length);
    System.arraycopy(frame, 0, both, frame.length, frame.length);
    return both;
  }

  // Verifies that the longest datagram there is, is taken where terminal.maxFrame allows more.
  @Test
  void takesTheLongestDatagram() {
    try (GatewayProcess wide = GatewayProcess.start("terminal.maxFrame=65535")) {
      wide.api().createApplication(APP);
      Identity who = wide.api().createTerminal(Identity.fresh(), APP);
      try (PeerTerminal terminal = wide.datagramTerminal(who).login()) {
        assertThat(terminal.exchange(reading(terminal, 65_507)).result()).isZero();
        assertThat(dropped(wide, "too-long")).isZero();
      }
    }
  }

  // Verifies that a terminal is reached after a kill where it was verified before, though nothing
  // came from there since, and that nothing of its session is lost by it.
  @Test
  void reachesATerminalAfterARestart() {
    Identity who = provisioned();
    try (PeerTerminal terminal = gateway.datagramTerminal(who).login()) {
      gateway.kill().restart();
      String id = client.read(who, "0011");
      try (PeerTerminal stranger = gateway.datagramTerminal(who)) {
        // Brings the terminal into memory, and proves nothing.
        stranger.heartbeat();
        ack(terminal, expect(terminal, PeerCommands.CONFIG_GET, GET), VALUE);
        client.await(id, "succeeded");
        stranger.link().expectSilence();
      }
      assertThat(terminal.data(APP, new byte[] {1})).isZero();
      assertThat(presence(who).path("state").asText()).isEqualTo("online");
    }
  }

  // Verifies that a stop lets what is under way be answered, that all that was answered is stored,
  // and
  // that the port is free for the next.
  @Test
  void answersWhatIsUnderWayBeforeItStops() {
    try (PeerTerminal terminal = gateway.datagramTerminal(provisioned()).login()) {
      CompletableFuture<Integer> stopped = new CompletableFuture<>();
      int answered = 0;
      for (int i = 0; i < UNDER_WAY; i++) {
        terminal.link().write(reading(terminal, 100 + i));
        answered += i == 0 ? 0 : answers(terminal, Duration.ofMillis(1));
        if (i == UNDER_WAY / 2) {
          stopped.completeAsync(gateway::terminate);
        }
      }
      assertThat(stopped.join()).isZero();
      answered += answers(terminal, Duration.ofMillis(100));
      gateway.restart();
      assertThat(answered).isPositive();
      assertThat(client.api().readings(answered, terminal.who()))
          .hasSizeBetween(answered, UNDER_WAY);
      assertThat(terminal.data(APP, new byte[] {1})).isZero();
    }
  }

  private static int answers(PeerTerminal terminal, Duration patience) {
    int answered = 0;
    while (terminal.link().read(patience).filter(ack -> ack.result() == 0).isPresent()) {
      answered++;
    }
    return answered;
  }
}
