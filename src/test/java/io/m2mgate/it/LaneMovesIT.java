package io.m2mgate.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.m2mgate.peer.Api;
import io.m2mgate.peer.Await;
import io.m2mgate.peer.GatewayProcess;
import io.m2mgate.peer.Identity;
import io.m2mgate.peer.PeerLink;
import io.m2mgate.peer.PeerRegistration;
import io.m2mgate.peer.PeerRegistration.Parameters;
import io.m2mgate.peer.PeerRotation;
import io.m2mgate.peer.PeerRotation.Given;
import io.m2mgate.peer.PeerTerminal;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** A terminal whose connections end on one lane and the other, between any two steps of getting new secrets. */
@Execution(ExecutionMode.CONCURRENT)
class LaneMovesIT {
  private static final String APP = "EC01";
  private static final String QUICK = "quick";
  private static final int REGISTRATIONS = 3;
  private static final int ROTATIONS = 6;
  private static final int CONNECTIONS = 40;
  private static final byte[] NONE = {};
  private static final byte[] HELLO = "hello".getBytes(StandardCharsets.US_ASCII);
  private static final Duration TWO_REPEATS = Duration.ofMillis(2_500);

  private GatewayProcess gateway;
  private Api admin;
  private Api app;
  private Identity who;
  private PeerTerminal terminal;

  /** The one terminal of the gateway, so that the figures of a lane are its own. */
  @BeforeEach
  void start() {
    gateway = GatewayProcess.start(
        "lanes=2",
        "registration.repeatSeconds=1",
        "registration.sends=50",
        "registration.perSourcePerMinute=100000");
    admin = gateway.api();
    app = admin.createApplication(APP);
    admin.createProfile(
        QUICK,
        profile -> profile
            .putObject("exchange")
            .put("timeoutSeconds", 1)
            .put("udpTimeoutSeconds", 1)
            .put("sends", 3)
            .put("gapMillis", 50));
    who = admin.createTerminal(Identity.fresh(), APP, QUICK);
    terminal = gateway.terminal(who).login();
  }

  @AfterEach
  void stop() {
    terminal.close();
    gateway.closeClean();
  }

  private int lane() {
    return Await.value(
        "lane of the terminal",
        Await.PATIENCE,
        () -> admin.metric("m2mgate_lane_terminals") != 1
            ? Optional.empty()
            : Optional.of(admin.metric("m2mgate_lane_terminals", "lane=\"1\"") == 1 ? 1 : 0));
  }

  /** Reconnects and reports, until the other lane has the terminal. What the platform asks meanwhile is left unanswered. */
  private void move() {
    int from = lane();
    for (int i = 0; i < CONNECTIONS; i++) {
      reportElsewhere();
      if (lane() != from) {
        return;
      }
    }
    throw new AssertionError(CONNECTIONS + " connections on one lane");
  }

  private void reportElsewhere() {
    byte[] trap = terminal.reconnect().signed(PeerTerminal.CONFIG_TRAP, NONE);
    terminal.link().write(trap);
    while (terminal.readVerified().command() != (PeerTerminal.CONFIG_TRAP | 0x8000)) {
      // A request of the platform that crossed the report.
    }
  }

  private void become(Identity renewed) {
    who = renewed;
    terminal.close();
    terminal = gateway.terminal(renewed);
  }

  // Verifies that the ack of a registration's parameters ends their repeats although the terminal
  // moved since they were sent, and that it logs in with them and with those before until then.
  @Test
  void movesWhileItIsGivenParameters() {
    for (int round = 0; round < REGISTRATIONS; round++) {
      try (PeerRegistration registration = new PeerRegistration(gateway.terminals())) {
        registration.register(PeerRegistration.ASK_SECURITY, who);
        Parameters given = registration.parameters();
        move();
        assertThat(registration.parameters(PeerLink.PATIENCE).frame().bytes())
            .as("repeat in round %s", round)
            .isEqualTo(given.frame().bytes());
        for (int i = 0; i < round % 3; i++) {
          move();
        }
        registration.link().discard();
        registration.acknowledge(given, 0);
        expectNoRepeats(registration);
        move();
        become(given.of(who));
        logIn(round);
      }
    }
  }

  // Verifies that another registration takes the place of the one before although the terminal
  // moved in between.
  @Test
  void movesBetweenTwoRegistrations() {
    for (int round = 0; round < REGISTRATIONS; round++) {
      try (PeerRegistration first = new PeerRegistration(gateway.terminals());
          PeerRegistration second = new PeerRegistration(gateway.terminals())) {
        first.register(PeerRegistration.ASK_SECURITY, who);
        first.parameters();
        move();
        second.register(PeerRegistration.CLEARED, who);
        Parameters given = second.parameters();
        first.link().discard();
        expectNoRepeats(first);
        move();
        second.link().discard();
        second.acknowledge(given, 0);
        expectNoRepeats(second);
        become(given.of(who));
        logIn(round);
      }
    }
  }

  /** One copy may cross what ends the repeats, and no more. */
  private static void expectNoRepeats(PeerRegistration registration) {
    if (registration.maybeParameters(TWO_REPEATS).isPresent()) {
      assertThat(registration.maybeParameters(TWO_REPEATS)).isEmpty();
    }
  }

  /** LOGIN by one connection, the trap that confirms it by another. */
  private void logIn(int round) {
    var answer = terminal.exchangeLogin(terminal.loginFrame(terminal.nextSequence(), 0));
    assertThat(answer.result()).as("LOGIN in round %s", round).isZero();
    terminal.under(answer.timestamp());
    move();
    assertThat(terminal.data(APP, HELLO)).isZero();
  }

  // Verifies that a rotation comes to its end however the terminal moves: before it is asked, with
  // the set in hand, between ack, LOGOUT, LOGIN and trap.
  @Test
  void movesDuringARotation() {
    for (int round = 0; round < ROTATIONS; round++) {
      var path = "/v1/terminals/" + who.serial() + "/rotations";
      String id =
          app.call("POST", path, Api.JSON.createObjectNode()).json().path("id").asText();
      Given first = PeerRotation.expectSet(terminal);
      // While it is asked something it stays on its lane, wherever it is heard.
      for (int i = 0; i <= round % 3; i++) {
        reportElsewhere();
      }
      Given again = PeerRotation.expectSet(terminal);
      assertThat(again.secrets()).as("set in round %s", round).isEqualTo(first.secrets());
      if (round % 2 == 0) {
        // The ack itself comes from elsewhere.
        terminal.reconnect();
      }
      PeerRotation.ack(terminal, again, 0);
      Await.until(
          "ack in round " + round,
          Await.PATIENCE,
          () -> app.get(path + "/" + id).json().path("state").asText().equals("acked"));
      move();
      terminal.logout(9);
      become(first.applied(who));
      logIn(round);
      Await.until(
          "end of the rotation in round " + round,
          Await.PATIENCE,
          () -> app.get(path + "/" + id).json().path("state").asText().equals("succeeded"));
    }
  }
}
