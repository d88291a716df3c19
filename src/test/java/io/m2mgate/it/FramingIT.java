package io.m2mgate.it;

import static io.m2mgate.peer.PeerBytes.bytes;
import static org.assertj.core.api.Assertions.assertThat;

import io.m2mgate.peer.Api;
import io.m2mgate.peer.GatewayProcess;
import io.m2mgate.peer.Identity;
import io.m2mgate.peer.PeerFrame;
import io.m2mgate.peer.PeerLink;
import io.m2mgate.peer.PeerTerminal;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** How bytes arrive makes no difference, and bad ones get what wire.md 8 says. */
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
    admin.createProfile("laboratory", profile -> profile.put("digest", "off"));
  }

  @AfterAll
  static void stop() {
    gateway.closeClean();
  }

  private static PeerTerminal provisioned() {
    return gateway.terminal(admin.createTerminal(Identity.fresh(), APP));
  }

  private static PeerTerminal withoutDigest() {
    return gateway.terminal(admin.createTerminal(Identity.fresh(), APP, "laboratory"));
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

  // Verifies that the exchange is the same for 1,000 terminals whose bytes come interleaved, a few
  // at a time.
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
      // WHEN they log in, trap and send, nine bytes of each in turn THEN everybody is answered as
      // ever
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

  // Verifies that a length that cannot be closes the connection, and leaves the session as it was.
  @Test
  void closesOnAnImpossibleLength() {
    try (PeerTerminal terminal = provisioned().login()) {
      for (int length : List.of(0, 27, 16_385, 65_535)) {
        // WHEN a frame claims a length under the header's, or over the limit
        terminal.link().write(bytes().u16(length).raw(new byte[26]).toArray());
        // THEN the connection is closed
        terminal.link().expectClosed(SOON);
        // AND the session goes on over the next one
        assertThat(terminal.reconnect().data(APP, HELLO)).isZero();
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

  // Verifies that a TLV that runs past the body is refused in the command's own way, and the
  // connection kept.
  @Test
  void refusesATlvThatRunsPastTheBody() {
    try (PeerTerminal terminal = withoutDigest().login()) {
      byte[] tail = bytes().u16(0x3007).u16(500).u8(1).toArray();
      // WHEN an unsigned trap, reading, or security report ends in such a TLV THEN each gets its
      // refusal
      assertThat(refusal(terminal, PeerTerminal.CONFIG_TRAP, tail)).isEqualTo(1);
      assertThat(refusal(terminal, PeerTerminal.DATA, bytes().u16(0).raw(tail).toArray()))
          .isEqualTo(3);
      assertThat(refusal(terminal, PeerTerminal.CONFIG_REQ, tail)).isEqualTo(1);
      // AND the connection is in order
      assertThat(terminal.data(APP, HELLO)).isZero();
    }
  }

  private static int refusal(PeerTerminal terminal, int command, byte[] body) {
    return terminal
        .exchange(terminal.unsigned(command, terminal.nextSequence(), 0, body))
        .result();
  }

  // Verifies that a TLV that runs past the body never harms a session whose digest it hides.
  @Test
  void keepsTheConnectionOfASignedFrameWithABrokenTlv() {
    try (PeerTerminal terminal = provisioned().login()) {
      // WHEN a signed frame holds such a TLV, so that no walk reaches its digest
      byte[] broken = bytes().u16(0x3007).u16(500).u8(1).toArray();
      terminal.link().write(terminal.signed(PeerTerminal.CONFIG_TRAP, broken));
      // THEN whatever it gets is no success, and the next frame is answered
      byte[] next = terminal.signed(PeerTerminal.DATA, DATA);
      terminal.link().write(next);
      PeerFrame answer = terminal.link().read();
      if (answer.command() == (PeerTerminal.CONFIG_TRAP | 0x8000)) {
        assertThat(answer.result()).isNotZero();
        answer = terminal.link().read();
      }
      assertThat(answer.sequence()).isEqualTo(new PeerFrame(next).sequence());
      assertThat(answer.result()).isZero();
    }
  }

  // Verifies that a LOGIN with such a TLV is dropped, and a good one on the same connection taken.
  @Test
  void dropsALoginWithABrokenTlv() {
    try (PeerTerminal terminal = provisioned()) {
      byte[] body = bytes().raw(terminal.loginBody(0)).u16(0x3006).u16(77).u8(1).toArray();
      // WHEN the LOGIN's TLV runs past its body THEN nothing comes
      terminal.expectNoAnswer(
          terminal.unsigned(PeerTerminal.LOGIN, terminal.nextSequence(), 0xA0, body));
      // AND the terminal can log in
      terminal.login();
    }
  }

  // Verifies that a serial of other characters is dropped and the connection kept.
  @Test
  void dropsASerialOfOtherCharacters() {
    try (PeerTerminal terminal = provisioned().login()) {
      for (String serial :
          List.of("PEER 00000000001", "PEER/00000000001", "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0")) {
        // WHEN frames come under a serial that cannot be
        terminal
            .link()
            .write(
                PeerTerminal.unsigned(serial, PeerTerminal.LOGIN, 1, 0, terminal.loginBody(0)),
                PeerTerminal.unsigned(serial, PeerTerminal.HEART_BEAT, 2, 0, new byte[0]));
      }
      // THEN nothing comes, and the connection is in order
      terminal.link().expectSilence();
      assertThat(terminal.data(APP, HELLO)).isZero();
    }
  }

  // Verifies that an unknown serial gets an answer to LOGIN only: 2, unsigned, 33 bytes.
  @Test
  void answersAnUnknownSerialOnlyItsLogin() {
    try (PeerTerminal stranger = gateway.terminal(Identity.fresh())) {
      // WHEN a stranger sends anything THEN nothing comes
      stranger
          .link()
          .write(
              stranger.signed(PeerTerminal.DATA, DATA),
              stranger.signed(PeerTerminal.LOGOUT, bytes().u8(0).toArray()),
              stranger.unsigned(PeerTerminal.HEART_BEAT, stranger.nextSequence(), 0, new byte[0]),
              stranger.signed(PeerTerminal.CONFIG_TRAP, new byte[0]));
      stranger.link().expectSilence();
      // WHEN it logs in THEN it learns that it is unknown
      var answer = stranger.exchangeLogin(stranger.loginFrame(stranger.nextSequence(), 0));
      assertThat(answer.result()).isEqualTo(2);
    }
  }

  // Verifies that a known terminal without a session gets every command's own refusal, unsigned.
  @Test
  void refusesWithoutASession() {
    try (PeerTerminal terminal = provisioned()) {
      byte[] fileReq = bytes().u32(0x77).u8(0).u32(0).u16(800).toArray();
      byte[] inner = bytes()
          .tlv(0x4012, terminal.who().serial())
          .tlv(0x4016, (byte) 0, (byte) 4)
          .toArray();
      // WHEN it sends requests before any LOGIN THEN each gets its refusal code
      assertThat(sessionless(terminal, PeerTerminal.DATA, DATA).result()).isEqualTo(3);
      assertThat(sessionless(terminal, PeerTerminal.CONFIG_TRAP, new byte[0]).result())
          .isEqualTo(1);
      assertThat(sessionless(
                  terminal, PeerTerminal.CONFIG_REQ, bytes().u16(0x11).u16(0).toArray())
              .result())
          .isEqualTo(1);
      assertThat(
              sessionless(terminal, PeerTerminal.SECURITY_CONFIG, bytes().u8(5).toArray())
                  .result())
          .isEqualTo(3);
      assertThat(sessionless(terminal, PeerTerminal.TRANSPARENT_CMD, inner).result())
          .isEqualTo(3);
      PeerFrame file = sessionless(terminal, PeerTerminal.FILE_REQ, fileReq);
      assertThat(file.body()).startsWith(0, 0, 0, 0x77, 1);
      // AND LOGOUT its ack, HEART_BEAT and an unknown command nothing
      assertThat(sessionless(terminal, PeerTerminal.LOGOUT, bytes().u8(0).toArray())
              .body())
          .isEmpty();
      terminal.expectNoAnswer(
          terminal.unsigned(PeerTerminal.HEART_BEAT, terminal.nextSequence(), 0, new byte[0]));
      terminal.expectNoAnswer(terminal.signed(0x0033, new byte[0]));
    }
  }

  private static PeerFrame sessionless(PeerTerminal terminal, int command, byte[] body) {
    return terminal.exchangeUnsigned(terminal.signed(command, body));
  }

  // Verifies that an unknown command in a session gets no answer and harms nothing.
  @Test
  void doesNotAnswerAnUnknownCommand() {
    try (PeerTerminal terminal = provisioned().login()) {
      // WHEN commands come that no dictionary has, or that only the platform sends THEN nothing
      // comes
      terminal.expectNoAnswer(terminal.signed(0x0033, new byte[0]));
      // AND the session goes on
      assertThat(terminal.data(APP, HELLO)).isZero();
    }
  }

  // Verifies that a disabled terminal is told so at LOGIN, and may log in once it is enabled.
  @Test
  void refusesADisabledTerminal() {
    try (PeerTerminal terminal = provisioned()) {
      // GIVEN a terminal that an operator disabled
      String path = "/v1/admin/terminals/" + terminal.who().serial();
      assertThat(admin
              .call("PATCH", path, Api.JSON.createObjectNode().put("enabled", false))
              .status())
          .isEqualTo(200);
      // WHEN it logs in THEN it gets 5
      assertThat(terminal
              .exchangeLogin(terminal.loginFrame(terminal.nextSequence(), 0))
              .result())
          .isEqualTo(5);
      // WHEN it is enabled again THEN it logs in
      assertThat(admin
              .call("PATCH", path, Api.JSON.createObjectNode().put("enabled", true))
              .status())
          .isEqualTo(200);
      terminal.login();
    }
  }

  // Verifies that frames of any 03xx version, with filler TLVs, or with the digest but not its flag
  // are ordinary.
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

  // Verifies that an unfinished frame and a connection that nobody verified on are closed in time,
  // sessions kept.
  @Test
  void closesIdleConnections() {
    try (GatewayProcess hasty =
        GatewayProcess.start("terminal.unfinishedFrameSeconds=1", "terminal.unverifiedSeconds=3")) {
      hasty.api().createApplication(APP);
      Identity who = hasty.api().createTerminal(Identity.fresh(), APP);
      try (PeerTerminal terminal = hasty.terminal(who).login();
          var silent = new PeerLink(hasty.terminals());
          var beating = hasty.terminal(Identity.fresh())) {
        // WHEN a frame stays unfinished THEN its connection is closed after a second
        terminal.link().write(new byte[] {0, 60, 0, 4});
        terminal.link().expectClosed(Duration.ofSeconds(5));
        // AND the session stays
        assertThat(terminal.reconnect().data(APP, HELLO)).isZero();
        // AND a connection on which nothing, or nothing verified, came is closed
        beating.link().write(beating.loginFrame(1, 0)).read();
        silent.expectClosed(Duration.ofSeconds(8));
        beating.link().expectClosed(Duration.ofSeconds(8));
      }
    }
  }
}
