package io.m2mgate.it;

import static io.m2mgate.peer.PeerBytes.bytes;
import static org.assertj.core.api.Assertions.assertThat;

import io.m2mgate.peer.Api;
import io.m2mgate.peer.GatewayProcess;
import io.m2mgate.peer.Identity;
import io.m2mgate.peer.PeerDigest;
import io.m2mgate.peer.PeerDigest.ImeiForm;
import io.m2mgate.peer.PeerFrame;
import io.m2mgate.peer.PeerLink;
import io.m2mgate.peer.PeerTerminal;
import io.m2mgate.peer.PeerTerminal.LoginAnswer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Sessions as behaviour 5.2.1 has them: tentative until proven, of serials and not of sockets, longer than a process. */
class SessionIT {
  private static final String APP = "EC01";
  private static final byte[] HELLO = "hello".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] DATA = PeerTerminal.dataBody(APP, HELLO);
  private static final int LOGIN_ACK_BYTES = 28 + 5 + 20;

  private static GatewayProcess gateway;
  private static Api admin;
  private static Api app;

  @BeforeAll
  static void start() {
    gateway = GatewayProcess.start();
    admin = gateway.api();
    app = admin.createApplication(APP);
    for (String policy : List.of("required", "when-present", "off")) {
      admin.createProfile("digest-" + policy, profile -> profile.put("digest", policy));
    }
  }

  @AfterAll
  static void stop() {
    gateway.closeClean();
  }

  private static PeerTerminal provisioned(String profile) {
    return gateway.terminal(admin.createTerminal(Identity.fresh(), APP, profile));
  }

  private static PeerTerminal provisioned() {
    return provisioned("wmmp-3");
  }

  // Verifies that a captured LOGIN, replayed from elsewhere, gains nothing and ends nothing.
  @Test
  void survivesAReplayedLogin() {
    try (PeerTerminal terminal = provisioned();
        PeerTerminal thief = gateway.terminal(terminal.who())) {
      // GIVEN a session whose LOGIN somebody captured
      byte[] login = terminal.loginFrame(terminal.nextSequence(), 0);
      terminal.under(terminal.exchangeLogin(login).timestamp());
      terminal.trap(new byte[0]);
      byte[] reading = terminal.signed(PeerTerminal.DATA, DATA);
      assertThat(terminal.exchange(reading).result()).isZero();
      // WHEN it is replayed from another connection, several times
      for (int i = 0; i < 5; i++) {
        thief.link().write(login);
      }
      // THEN nothing but plain LOGIN_ACKs comes there: result and timestamp, no secret
      for (int i = 0; i < 5; i++) {
        thief.link().read(PeerLink.SILENCE).ifPresent(SessionIT::assertTellsNoSecret);
      }
      // AND the session goes on as if nothing had been
      assertThat(terminal.data(APP, HELLO)).isZero();
      terminal.heartbeat();
      // AND still does after the thief has gone, over another connection
      thief.close();
      assertThat(terminal.reconnect().data(APP, HELLO)).isZero();
      assertThat(app.events(1, "m2m.terminal.login", terminal.who().serial())).hasSize(1);
    }
  }

  private static void assertTellsNoSecret(PeerFrame ack) {
    assertThat(ack.command()).isEqualTo(PeerTerminal.LOGIN | 0x8000);
    assertThat(ack.bytes().length).isLessThanOrEqualTo(LOGIN_ACK_BYTES);
  }

  // Verifies that a terminal whose LOGIN_ACK was lost twice
  // gets the same session at its third try, and goes on.
  @Test
  void goesOnAfterLostLoginAcks() {
    try (PeerTerminal terminal = provisioned()) {
      // GIVEN two LOGINs whose answers the terminal never saw
      long first = terminal
          .exchangeLogin(terminal.loginFrame(terminal.nextSequence(), 0))
          .timestamp();
      terminal.reconnect();
      long second = terminal
          .exchangeLogin(terminal.loginFrame(terminal.nextSequence(), 0))
          .timestamp();
      terminal.reconnect();
      // WHEN it sends a third THEN all carry one timestamp
      long third = terminal
          .exchangeLogin(terminal.loginFrame(terminal.nextSequence(), 0))
          .timestamp();
      assertThat(List.of(second, third)).containsOnly(first);
      // AND the session opens
      terminal.under(third);
      assertThat(terminal.trap(new byte[0]).result()).isZero();
      assertThat(terminal.data(APP, HELLO)).isZero();
    }
  }

  // Verifies that an old session stays in force until a frame
  // verifies under the new one, and is over from then on.
  @Test
  void endsTheOldSessionAtTheFirstFrameOfTheNew() {
    try (PeerTerminal terminal = provisioned().login()) {
      // GIVEN a second LOGIN, not yet confirmed
      long before = terminal.timestamp();
      terminal.runningVersion("2.00");
      LoginAnswer answer = terminal.exchangeLogin(terminal.loginFrame(terminal.nextSequence(), 0));
      assertThat(answer.result()).isZero();
      assertThat(answer.timestamp()).isGreaterThan(before);
      // WHEN the terminal still sends under the old timestamp THEN that is fine
      assertThat(terminal.data(APP, HELLO)).isZero();
      // WHEN the first frame under the new one comes
      terminal.under(answer.timestamp());
      assertThat(terminal.trap(new byte[0]).result()).isZero();
      // THEN the old one is silent, and the new one in force
      terminal.under(before);
      terminal.expectNoAnswer(terminal.signed(PeerTerminal.DATA, DATA));
      terminal.under(answer.timestamp());
      assertThat(terminal.data(APP, HELLO)).isZero();
      assertThat(app.readings(2, terminal.who())).hasSize(2);
    }
  }

  // Verifies that any first frame confirms, not the login trap alone.
  @Test
  void confirmsByAnyVerifiedFrame() {
    try (PeerTerminal terminal = provisioned()) {
      // WHEN a reading is the first frame after LOGIN_ACK THEN it is taken
      LoginAnswer answer = terminal.exchangeLogin(terminal.loginFrame(terminal.nextSequence(), 0));
      assertThat(terminal.under(answer.timestamp()).data(APP, HELLO)).isZero();
    }
  }

  // Verifies that a terminal that lost its memory, and so repeats
  // its first LOGIN and its sequences, gets a new session.
  @Test
  void takesATerminalThatBeginsAnew() {
    try (PeerTerminal terminal = provisioned().login();
        PeerTerminal rebooted = gateway.terminal(terminal.who())) {
      // GIVEN a session with a few readings
      for (byte i = 0; i < 4; i++) {
        assertThat(terminal.data(APP, new byte[] {i})).isZero();
      }
      terminal.close();
      // WHEN the same terminal begins again with the same bytes
      rebooted.login();
      // THEN it has a session of its own, in which the same sequences are new
      assertThat(rebooted.timestamp()).isGreaterThan(terminal.timestamp());
      for (byte i = 10; i < 14; i++) {
        assertThat(rebooted.data(APP, new byte[] {i})).isZero();
      }
      assertThat(app.readings(8, terminal.who())).hasSize(8);
    }
  }

  // Verifies that a LOGIN without a digest is refused with 4 under every
  // policy, and one with a wrong digest where digests are looked at.
  @ParameterizedTest
  @ValueSource(strings = {"required", "when-present", "off"})
  void refusesAnUnprovenLogin(String policy) {
    try (PeerTerminal terminal = provisioned("digest-" + policy)) {
      // WHEN an unsigned LOGIN comes THEN it gets 4
      byte[] bare = terminal.unsigned(
          PeerTerminal.LOGIN, terminal.nextSequence(), 0x80, terminal.loginBody(0));
      assertThat(terminal.exchangeLogin(bare).result()).isEqualTo(4);
      // AND so does one that is signed with another password, but in a laboratory
      byte[] forged = PeerDigest.append(
          terminal.unsigned(
              PeerTerminal.LOGIN, terminal.nextSequence(), 0xA0, terminal.loginBody(0)),
          0,
          terminal.who(),
          ImeiForm.SIXTEEN_BYTES,
          "guessed1");
      assertThat(terminal.exchangeLogin(forged).result()).isEqualTo(policy.equals("off") ? 0 : 4);
      // AND a good one is taken
      terminal.login();
    }
  }

  // Verifies that a session goes on over new connections,
  // after an orderly restart, and after a kill.
  @Test
  void outlivesConnectionAndProcess() {
    try (PeerTerminal terminal = provisioned().login();
        PeerTerminal other = provisioned().hashingImeiAs(ImeiForm.FIFTEEN_BYTES).login()) {
      // WHEN the connection is a new one THEN the session goes on
      assertThat(terminal.reconnect().data(APP, HELLO)).isZero();
      // WHEN the gateway was stopped and started THEN too
      assertThat(gateway.terminate()).isZero();
      gateway.restart();
      assertThat(terminal.reconnect().data(APP, HELLO)).isZero();
      assertThat(other.reconnect().data(APP, HELLO)).isZero();
      // WHEN it was killed THEN too, and also by a heartbeat as the first frame
      gateway.kill().restart();
      terminal.reconnect().heartbeat();
      assertThat(terminal.data(APP, HELLO)).isZero();
      assertThat(other.reconnect().data(APP, HELLO)).isZero();
      assertThat(app.readings(3, terminal.who())).hasSize(3);
    }
  }

  // Verifies that a session that LOGIN opened and nobody confirmed yet survives a kill.
  @Test
  void keepsATentativeSessionOverAKill() {
    try (PeerTerminal terminal = provisioned()) {
      LoginAnswer answer = terminal.exchangeLogin(terminal.loginFrame(terminal.nextSequence(), 0));
      // WHEN the gateway is killed between LOGIN_ACK and the login trap
      gateway.kill().restart();
      // THEN the trap still opens the session
      terminal.reconnect().under(answer.timestamp());
      assertThat(terminal.trap(new byte[0]).result()).isZero();
    }
  }

  // Verifies that a frame with a wrong digest is not answered and changes nothing.
  @Test
  void ignoresWrongDigests() {
    try (PeerTerminal terminal = provisioned().login()) {
      int sequence = terminal.nextSequence();
      long session = terminal.timestamp();
      // WHEN readings come with a wrong password, a wrong timestamp, or no digest
      terminal.link().write(terminal.signedWith("guessed1", PeerTerminal.DATA, sequence, DATA));
      terminal.link().write(terminal.under(session + 1).signed(PeerTerminal.DATA, sequence, DATA));
      terminal.link().write(terminal.unsigned(PeerTerminal.DATA, sequence, 0, DATA));
      terminal
          .link()
          .write(
              terminal.unsigned(PeerTerminal.LOGOUT, sequence, 0, bytes().u8(0).toArray()));
      // THEN nothing comes
      terminal.link().expectSilence();
      // AND the sequence is not used up, nor is the session ended
      terminal.under(session);
      assertThat(terminal
              .exchange(terminal.signed(PeerTerminal.DATA, sequence, DATA))
              .result())
          .isZero();
      assertThat(app.readings(1, terminal.who())).hasSize(1);
    }
  }

  // Verifies that a payload that ends like a digest TLV is not taken for one.
  @Test
  void isNotFooledByAPayloadThatEndsLikeADigest() {
    try (PeerTerminal terminal = provisioned().login()) {
      byte[] payload = bytes().ascii("x").tlv(0xE021, new byte[16]).toArray();
      // WHEN such a payload comes signed THEN it is taken whole
      assertThat(terminal.data(APP, payload)).isZero();
      assertThat(app.readings(1, terminal.who()).get(0).at("/data/payload").asText())
          .isEqualTo(java.util.Base64.getEncoder().encodeToString(payload));
      // WHEN it comes without a digest of its own THEN there is none
      terminal.expectNoAnswer(terminal.unsigned(
          PeerTerminal.DATA, terminal.nextSequence(), 0x20, PeerTerminal.dataBody(APP, payload)));
    }
  }

  // Verifies that under "when-present" data may come unsigned,
  // but only on the connection that was verified last.
  @Test
  void takesUnsignedDataOnTheVerifiedConnectionOnly() {
    try (PeerTerminal terminal = provisioned("digest-when-present").login();
        PeerTerminal elsewhere =
            gateway.terminal(terminal.who()).under(terminal.timestamp()).countingFrom(100)) {
      // WHEN data comes unsigned on the session's connection THEN it is taken
      assertThat(terminal.exchange(unsignedData(terminal)).result()).isZero();
      // AND on another it is not
      elsewhere.expectNoAnswer(unsignedData(elsewhere));
      // WHEN a signed frame came there THEN data is taken there, and no longer here
      assertThat(elsewhere.trap(new byte[0]).result()).isZero();
      assertThat(elsewhere.exchange(unsignedData(elsewhere)).result()).isZero();
      terminal.countingFrom(200).expectNoAnswer(unsignedData(terminal));
      // AND a trap needs its digest everywhere
      elsewhere.expectNoAnswer(
          elsewhere.unsigned(PeerTerminal.CONFIG_TRAP, elsewhere.nextSequence(), 0, new byte[0]));
    }
  }

  private static byte[] unsignedData(PeerTerminal terminal) {
    return terminal.unsigned(PeerTerminal.DATA, terminal.nextSequence(), 0, DATA);
  }

  // Verifies that the form of the IMEI that LOGIN's
  // digest had is the session's, in both directions.
  @Test
  void remembersHowTheImeiIsHashed() {
    try (PeerTerminal terminal =
        provisioned().hashingImeiAs(ImeiForm.FIFTEEN_BYTES).login()) {
      // WHEN a terminal that hashes 15 bytes sends THEN the platform's digests have that form too
      assertThat(terminal.data(APP, HELLO)).isZero();
      // AND the other form is a wrong digest in this session
      terminal.hashingImeiAs(ImeiForm.SIXTEEN_BYTES);
      terminal.expectNoAnswer(terminal.signed(PeerTerminal.DATA, DATA));
    }
  }

  // Verifies that a digest over the header alone is taken
  // for a trap where the profile says so, and nowhere else.
  @Test
  void takesAHeaderOnlyTrapWhereTheProfileSaysSo() {
    try (PeerTerminal lenient = provisioned("lenient").login();
        PeerTerminal strict = provisioned().login()) {
      byte[] report = bytes().tlv(0x3007, (byte) 11).toArray();
      // WHEN a trap's digest covers its header only THEN the lenient profile takes it
      assertThat(lenient
              .exchange(headerOnly(lenient, PeerTerminal.CONFIG_TRAP, report))
              .result())
          .isZero();
      // AND not for data, nor does the default one
      lenient.expectNoAnswer(headerOnly(lenient, PeerTerminal.DATA, DATA));
      strict.expectNoAnswer(headerOnly(strict, PeerTerminal.CONFIG_TRAP, report));
    }
  }

  private static byte[] headerOnly(PeerTerminal terminal, int command, byte[] body) {
    return PeerDigest.appendHeaderOnly(
        terminal.unsigned(command, terminal.nextSequence(), 0x20, body),
        terminal.timestamp(),
        terminal.who(),
        ImeiForm.SIXTEEN_BYTES,
        terminal.who().uplink());
  }
}
