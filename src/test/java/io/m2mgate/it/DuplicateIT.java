package io.m2mgate.it;

import static io.m2mgate.peer.PeerBytes.bytes;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.m2mgate.peer.Api;
import io.m2mgate.peer.GatewayProcess;
import io.m2mgate.peer.Identity;
import io.m2mgate.peer.PeerFrame;
import io.m2mgate.peer.PeerTerminal;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What a terminal repeats is answered again and done once (behaviour, ground rule 3). */
class DuplicateIT {
  private static final String APP = "EC01";
  private static final byte[] DATA =
      PeerTerminal.dataBody(APP, "hello".getBytes(StandardCharsets.US_ASCII));
  private static final byte[] OTHER_DATA =
      PeerTerminal.dataBody(APP, "other".getBytes(StandardCharsets.US_ASCII));

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

  private static PeerTerminal loggedIn() {
    return gateway.terminal(admin.createTerminal(Identity.fresh(), APP)).login();
  }

  // Verifies that the same bytes again get the same answer and make no second event.
  @Test
  void answersTheSameBytesAgain() {
    try (PeerTerminal terminal = loggedIn()) {
      byte[] reading = terminal.signed(PeerTerminal.DATA, DATA);
      PeerFrame first = terminal.exchange(reading);
      // WHEN the reading is repeated as it was, here and over a new connection
      PeerFrame second = terminal.exchange(reading);
      PeerFrame third = terminal.reconnect().exchange(reading);
      // THEN the answers are equal, byte for byte, and there is one event
      assertThat(second.bytes()).isEqualTo(first.bytes());
      assertThat(third.bytes()).isEqualTo(first.bytes());
      assertThat(
              terminal.exchange(terminal.signed(PeerTerminal.DATA, OTHER_DATA)).result())
          .isZero();
      assertThat(app.readings(2, terminal.who())).hasSize(2);
    }
  }

  // Verifies that a refusal is repeated too.
  @Test
  void repeatsARefusal() {
    try (PeerTerminal terminal = loggedIn()) {
      byte[] reading =
          terminal.signed(PeerTerminal.DATA, PeerTerminal.dataBody("NOSUCH", new byte[3]));
      assertThat(terminal.exchange(reading).result()).isEqualTo(2);
      // WHEN the reading is repeated THEN it is refused as before
      assertThat(terminal.exchange(reading).result()).isEqualTo(2);
    }
  }

  // Verifies that copies that overlap, written at once, make one event and wedge nothing.
  @Test
  void joinsCopiesThatOverlap() {
    try (PeerTerminal terminal = loggedIn()) {
      byte[] reading = terminal.signed(PeerTerminal.DATA, DATA);
      // WHEN three copies come in one write
      terminal.link().write(reading, reading, reading);
      terminal.expectAck(reading);
      // THEN there is one event, and the next reading is acknowledged under its own sequence
      byte[] next = terminal.signed(PeerTerminal.DATA, OTHER_DATA);
      terminal.link().write(next);
      PeerFrame ack = terminal.readVerified();
      while (ack.sequence() == new PeerFrame(reading).sequence()) {
        ack = terminal.readVerified();
      }
      assertThat(ack.sequence()).isEqualTo(new PeerFrame(next).sequence());
      assertThat(app.readings(2, terminal.who())).hasSize(2);
    }
  }

  // Verifies that the same content under a new sequence
  // is a second event, marked as a suspected duplicate.
  @Test
  void marksEqualContentUnderANewSequence() {
    try (PeerTerminal terminal = loggedIn()) {
      // WHEN the same content comes twice under two sequences, then another one
      for (byte[] body : List.of(DATA, DATA, OTHER_DATA)) {
        assertThat(terminal.exchange(terminal.signed(PeerTerminal.DATA, body)).result())
            .isZero();
      }
      // THEN only the second is marked
      assertThat(app.readings(3, terminal.who()).stream()
              .map(DuplicateIT::suspected)
              .toList())
          .containsExactly(false, true, false);
    }
  }

  // Verifies that duplicates are known after a kill: the window is rebuilt from what is durable.
  @Test
  void knowsDuplicatesAfterAKill() {
    try (PeerTerminal terminal = loggedIn()) {
      byte[] reading = terminal.signed(PeerTerminal.DATA, DATA);
      PeerFrame first = terminal.exchange(reading);
      // WHEN the gateway was killed between a reading and its repeat
      gateway.kill().restart();
      PeerFrame second = terminal.reconnect().exchange(reading);
      // THEN the repeat gets the same answer
      assertThat(second.bytes()).isEqualTo(first.bytes());
      // AND the same content under a new sequence is marked
      assertThat(terminal.exchange(terminal.signed(PeerTerminal.DATA, DATA)).result())
          .isZero();
      assertThat(app.readings(2, terminal.who()).stream()
              .map(DuplicateIT::suspected)
              .toList())
          .containsExactly(false, true);
    }
  }

  // Verifies that a repeated LOGOUT after a kill is answered still.
  @Test
  void answersALogoutAgainAfterAKill() {
    try (PeerTerminal terminal = loggedIn()) {
      byte[] logout = terminal.signed(PeerTerminal.LOGOUT, bytes().u8(0).toArray());
      terminal.exchange(logout);
      // WHEN the gateway was killed THEN the repeat is answered with that session's secrets
      gateway.kill().restart();
      terminal.reconnect().exchange(logout);
      assertThat(app.events(1, "m2m.terminal.logout", terminal.who().serial())).hasSize(1);
    }
  }

  // Verifies that sequences are compared as serial
  // numbers: a little late is fine, far below is dropped.
  @Test
  void dropsWhatIsFarBelowTheWindow() {
    try (PeerTerminal terminal = loggedIn()) {
      // GIVEN a highest sequence of 1000
      terminal.exchange(terminal.signed(PeerTerminal.DATA, 1000, DATA));
      // WHEN one comes within 64 below, unseen THEN it is taken
      assertThat(terminal
              .exchange(terminal.signed(PeerTerminal.DATA, 940, OTHER_DATA))
              .result())
          .isZero();
      // WHEN one comes from further below THEN it is dropped
      terminal.expectNoAnswer(terminal.signed(PeerTerminal.DATA, 900, OTHER_DATA));
      // AND the session goes on
      assertThat(
              terminal.exchange(terminal.signed(PeerTerminal.DATA, 1001, DATA)).result())
          .isZero();
      assertThat(app.readings(3, terminal.who())).hasSize(3);
    }
  }

  // Verifies that a counter that wraps around is no replay.
  @Test
  void takesAWrappingCounter() {
    try (PeerTerminal terminal = gateway.terminal(admin.createTerminal(Identity.fresh(), APP))) {
      // GIVEN a terminal whose counter stands just below its end
      terminal.countingFrom(-3).login();
      // WHEN it goes on over the end THEN every reading is taken
      for (int i = 0; i < 5; i++) {
        assertThat(terminal.data(APP, new byte[] {(byte) i})).isZero();
      }
      assertThat(app.readings(5, terminal.who())).hasSize(5);
    }
  }

  private static boolean suspected(JsonNode event) {
    return event.at("/data/suspectedDuplicate").asBoolean();
  }
}
