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
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Bad input gets what wire.md 8 says, row by row. */
class BadInputIT {
  private static final String APP = "EC01";
  private static final byte[] HELLO = "hello".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] DATA = PeerTerminal.dataBody(APP, HELLO);
  private static final Duration SOON = Duration.ofSeconds(5);

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

  // Verifies that a TLV that runs past the body is refused
  // in the command's own way, and the connection kept.
  @Test
  void refusesATlvThatRunsPastTheBody() {
    try (PeerTerminal terminal = withoutDigest().login()) {
      byte[] tail = bytes().u16(0x3007).u16(500).u8(1).toArray();
      // WHEN an unsigned trap, reading, or security report
      // ends in such a TLV THEN each gets its refusal
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

  // Verifies that LOGOUT and HEART_BEAT, which have no refusal,
  // are answered whatever their bodies are like.
  @Test
  void answersALogoutAndABeatWithABrokenBody() {
    byte[] broken = bytes().u16(0x3007).u16(500).u8(1).toArray();
    try (PeerTerminal terminal = provisioned().login()) {
      // WHEN a signed beat ends in such a TLV THEN it is answered
      assertThat(terminal
              .exchange(terminal.signed(PeerTerminal.HEART_BEAT, broken))
              .body())
          .isEmpty();
      // WHEN a LOGOUT has no reason, and comes again THEN each is answered under the session
      byte[] logout = terminal.signed(PeerTerminal.LOGOUT, new byte[0]);
      assertThat(terminal.exchange(logout).body()).isEmpty();
      assertThat(terminal.exchange(logout).body()).isEmpty();
      // AND it ended the session
      assertThat(sessionless(terminal, PeerTerminal.DATA, DATA).result()).isEqualTo(3);
    }
  }

  // Verifies that a refusal never repeats bytes of the digest as if they were the body's.
  @Test
  void refusesATooShortRequestWithoutItsDigest() {
    try (PeerTerminal terminal = provisioned().login()) {
      // WHEN a CONFIG_REQ names no tag and a FILE_REQ ends early
      PeerFrame none = terminal.configReq();
      PeerFrame cut = terminal.exchange(terminal.signed(PeerTerminal.FILE_REQ, new byte[2]));
      // THEN the refusals hold the code, and zeros for what was not there
      assertThat(none.body()).containsExactly(1);
      assertThat(cut.body()).containsExactly(0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0);
    }
  }

  // Verifies that the ciphertext of a report without a key
  // is refused: an ack would say that it was received.
  @Test
  void refusesAWrappedTrap() {
    try (PeerTerminal terminal = provisioned().login()) {
      // WHEN the body of a trap is one wrapping TLV, flag 10 set THEN it is refused
      byte[] cipher = bytes().tlv(0xE042, new byte[8]).toArray();
      byte[] trap = terminal.sign(
          terminal.unsigned(PeerTerminal.CONFIG_TRAP, terminal.nextSequence(), 0x30, cipher));
      assertThat(terminal.exchange(trap).result()).isEqualTo(1);
    }
  }

  // Verifies that a tag that comes twice in one report is kept as it came and marked.
  @Test
  void marksARepeatedTag() {
    try (PeerTerminal terminal = provisioned().login()) {
      // WHEN a trap reports one tag twice
      byte[] twice = bytes().tlv(0x2004, (byte) 1).tlv(0x2004, (byte) 2).toArray();
      assertThat(terminal.trap(twice).result()).isZero();
      // THEN the event has both, the second marked and raw
      var values = app.events(1, "m2m.report", terminal.who().serial())
          .get(0)
          .path("data")
          .path("values");
      assertThat(values).hasSize(2);
      assertThat(values.get(0).has("repeated")).isFalse();
      assertThat(values.get(1).path("repeated").asBoolean()).isTrue();
      assertThat(values.get(1).path("raw").asText()).isEqualTo("02");
    }
  }

  // Verifies that a frame of another protocol version is dropped and the connection kept.
  @Test
  void dropsAnotherVersion() {
    try (PeerTerminal terminal = provisioned().login()) {
      byte[] beat =
          terminal.unsigned(PeerTerminal.HEART_BEAT, terminal.nextSequence(), 0, new byte[0]);
      beat[8] = 2;
      // WHEN a beat says version 0200 THEN nothing comes
      terminal.expectNoAnswer(beat);
      // AND the connection is in order
      assertThat(terminal.heartbeat().body()).isEmpty();
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
      // WHEN commands come that no dictionary has, or
      // that only the platform sends THEN nothing comes
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

  // Verifies that an unfinished frame and a connection that
  // nobody verified on are closed in time, sessions kept.
  @Test
  void closesIdleConnections() {
    try (GatewayProcess hasty = GatewayProcess.start(
        "terminal.limits.unfinishedFrameSeconds=1", "terminal.limits.unverifiedSeconds=3")) {
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
