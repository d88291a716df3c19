package io.m2mgate.it;

import static io.m2mgate.peer.PeerBytes.bytes;
import static org.assertj.core.api.Assertions.assertThat;

import io.m2mgate.peer.Api;
import io.m2mgate.peer.GatewayProcess;
import io.m2mgate.peer.Identity;
import io.m2mgate.peer.PeerFrame;
import io.m2mgate.peer.PeerTerminal;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** How bytes arrive makes no difference. */
class FramingIT {
  private static final String APP = "EC01";
  private static final byte[] HELLO = "hello".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] DATA = PeerTerminal.dataBody(APP, HELLO);
  private static final Duration SOON = Duration.ofSeconds(5);
  private static final int CONNECTIONS = 1000;
  private static final int FIRST_OF_MANY = 500_000;

  private static GatewayProcess gateway;
  private static Api admin;
  private static Api app;

  @BeforeAll
  static void start() {
    gateway = GatewayProcess.start();
    admin = gateway.api();
    app = admin.createApplication(APP);
  }

  @AfterAll
  static void stop() {
    gateway.closeClean();
  }

  private static PeerTerminal provisioned() {
    return gateway.terminal(admin.createTerminal(Identity.fresh(), APP));
  }

  // Verifies that a whole exchange works when its bytes come one at a time.
  @Test
  void takesBytesOneAtATime() {
    try (PeerTerminal terminal = provisioned()) {
      // WHEN LOGIN, trap, data and LOGOUT come byte by byte THEN each is answered as ever
      byte[] login = terminal.loginFrame(terminal.nextSequence(), 0);
      terminal.link().writeInPieces(login, 1);
      terminal.under(loginTimestamp(terminal.link().read()));
      for (int command :
          List.of(PeerTerminal.CONFIG_TRAP, PeerTerminal.DATA, PeerTerminal.LOGOUT)) {
        byte[] request = terminal.signed(command, bodyOf(command));
        terminal.link().writeInPieces(request, 1);
        terminal.expectAck(request);
      }
      assertThat(app.readings(1, terminal.who())).hasSize(1);
    }
  }

  private static byte[] bodyOf(int command) {
    return switch (command) {
      case PeerTerminal.DATA -> DATA;
      case PeerTerminal.LOGOUT -> bytes().u8(0).toArray();
      default -> new byte[0];
    };
  }

  private static long loginTimestamp(PeerFrame ack) {
    return java.nio.ByteBuffer.wrap(ack.body()).getInt(1) & 0xFFFFFFFFL;
  }

  // Verifies that frames glued into one write are taken one after the other, in order.
  @Test
  void takesGluedFrames() {
    try (PeerTerminal terminal = provisioned().login()) {
      // GIVEN a beat, forty readings and a trap
      var requests = new ArrayList<byte[]>();
      for (int i = 0; i < 40; i++) {
        requests.add(terminal.signed(
            PeerTerminal.DATA, PeerTerminal.dataBody(APP, bytes().u8(i).toArray())));
      }
      requests.add(terminal.signed(PeerTerminal.CONFIG_TRAP, new byte[0]));
      // WHEN they come in one write
      terminal.link().write(requests.toArray(byte[][]::new));
      // THEN each gets its ack
      var expected = new ArrayList<>(
          requests.stream().map(frame -> new PeerFrame(frame).sequence()).toList());
      requests.forEach(
          request -> expected.remove((Integer) terminal.link().read().sequence()));
      assertThat(expected).isEmpty();
      // AND the readings stand in the order in which they were sent
      var payloads = app.readings(40, terminal.who()).stream()
          .map(event -> event.at("/data/payload").asText())
          .toList();
      var sent = IntStream.range(0, 40)
          .mapToObj(
              i -> java.util.Base64.getEncoder().encodeToString(bytes().u8(i).toArray()))
          .toList();
      assertThat(payloads).isEqualTo(sent);
    }
  }

  // Verifies that a frame may be cut in two at any byte.
  @Test
  void takesAFrameThatWasCutAnywhere() {
    try (PeerTerminal terminal = provisioned().login()) {
      int length = terminal.signed(PeerTerminal.CONFIG_TRAP, new byte[0]).length;
      for (int cut = 1; cut < length; cut++) {
        // WHEN a frame comes in two writes, cut at every byte in turn THEN it is answered
        byte[] frame = terminal.signed(PeerTerminal.CONFIG_TRAP, new byte[0]);
        terminal.link().write(frame, 0, cut).write(frame, cut, length);
        assertThat(terminal.expectAck(frame).result()).isZero();
      }
    }
  }

  // Verifies that the exchange is the same for 1,000
  // terminals whose bytes come interleaved, a few at a time.
  @Test
  void takesBytesInterleavedOverManyConnections() {
    // GIVEN 1,000 connected terminals
    IntStream.range(0, CONNECTIONS)
        .parallel()
        .forEach(i -> admin.createTerminal(Identity.numbered(FIRST_OF_MANY + i), APP));
    var terminals = new ArrayList<PeerTerminal>();
    try {
      for (int i = 0; i < CONNECTIONS; i++) {
        terminals.add(gateway.terminal(Identity.numbered(FIRST_OF_MANY + i)));
      }
      // WHEN they log in, trap and send, nine bytes of
      // each in turn THEN everybody is answered as ever
      var logins =
          terminals.stream().map(t -> t.loginFrame(t.nextSequence(), 0)).toList();
      writeInterleaved(terminals, logins);
      terminals.forEach(
          terminal -> terminal.under(loginTimestamp(terminal.link().read())));
      for (int command : List.of(PeerTerminal.CONFIG_TRAP, PeerTerminal.DATA)) {
        var requests =
            terminals.stream().map(t -> t.signed(command, bodyOf(command))).toList();
        writeInterleaved(terminals, requests);
        for (int i = 0; i < CONNECTIONS; i++) {
          assertThat(terminals.get(i).expectAck(requests.get(i)).result()).isZero();
        }
      }
    } finally {
      terminals.forEach(PeerTerminal::close);
    }
  }

  private static void writeInterleaved(List<PeerTerminal> terminals, List<byte[]> frames) {
    int longest = frames.stream().mapToInt(frame -> frame.length).max().orElse(0);
    for (int offset = 0; offset < longest; offset += 9) {
      for (int i = 0; i < terminals.size(); i++) {
        if (offset < frames.get(i).length) {
          terminals.get(i).link().write(frames.get(i), offset, 9);
        }
      }
    }
  }

  // Verifies that a frame of exactly the greatest length is taken.
  @Test
  void takesTheLongestFrame() {
    try (PeerTerminal terminal = provisioned().login()) {
      // GIVEN a payload that fills a frame to 16,384 bytes
      byte[] payload = new byte[16_384 - 28 - 2 - 8 - 4 - 20];
      // WHEN it is sent THEN it is acknowledged
      assertThat(terminal.data(APP, payload)).isZero();
    }
  }

  // Verifies that frames of any 03xx version, with filler
  // TLVs, or with the digest but not its flag are ordinary.
  @Test
  void takesWhatRealTerminalsDo() {
    try (PeerTerminal terminal = provisioned().login()) {
      // WHEN the version is 0301 and a filler TLV stands in the body THEN the answer is in 0300
      byte[] odd = terminal.unsigned(
          PeerTerminal.CONFIG_TRAP,
          terminal.nextSequence(),
          0,
          bytes().u16(0).u16(0).tlv(0x3007, (byte) 9).toArray());
      odd[9] = 1;
      // AND the digest is present although the flag is clear
      byte[] request = terminal.sign(odd);
      assertThat(terminal.exchange(request).result()).isZero();
    }
  }
}
