package io.m2mgate.it;

import static io.m2mgate.peer.PeerBytes.bytes;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.m2mgate.peer.Api;
import io.m2mgate.peer.GatewayProcess;
import io.m2mgate.peer.Identity;
import io.m2mgate.peer.PeerFrame;
import io.m2mgate.peer.PeerTerminal;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Frames of one terminal that come in one read are served in their order, whatever their commands. */
class OrderIT {
  private static final String APP = "EC01";

  /** More than wait for a terminal that is stop-and-wait, as many as a connection may have under way. */
  private static final int MANY = 60;

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

  private static byte[] reading(PeerTerminal terminal, int number) {
    return terminal.signed(
        PeerTerminal.DATA, PeerTerminal.dataBody(APP, new byte[] {(byte) number}));
  }

  private static byte[] report(PeerTerminal terminal, int value) {
    return terminal.signed(
        PeerTerminal.CONFIG_TRAP, bytes().tlv(0x2004, (byte) value).toArray());
  }

  // Verifies that readings, reports and the LOGOUT behind them
  // reach the log, and are answered, in the order in which they came.
  @Test
  void keepsTheOrderOfDifferentCommands() {
    try (PeerTerminal terminal = loggedIn()) {
      List<byte[]> sent = List.of(
          reading(terminal, 1),
          report(terminal, 1),
          reading(terminal, 2),
          report(terminal, 2),
          terminal.signed(PeerTerminal.LOGOUT, bytes().u8(0).toArray()));
      // WHEN they come in one write
      terminal.link().write(sent.toArray(byte[][]::new));
      // THEN they are answered in that order
      sent.forEach(terminal::expectAck);
      // AND the log has them in that order
      List<String> types = app
          .events(
              6, event -> event.path("subject").asText().equals(terminal.who().serial()))
          .stream()
          .map(event -> event.path("type").asText())
          .toList();
      assertThat(types)
          .containsExactly(
              "m2m.terminal.login",
              "m2m.data.up",
              "m2m.report",
              "m2m.data.up",
              "m2m.report",
              "m2m.terminal.logout");
    }
  }

  // Verifies that what is glued behind a LOGOUT finds no session any more.
  @Test
  void servesNothingBehindALogoutInItsSession() {
    try (PeerTerminal terminal = loggedIn()) {
      byte[] logout = terminal.signed(PeerTerminal.LOGOUT, bytes().u8(0).toArray());
      byte[] late = reading(terminal, 1);
      // WHEN a reading comes in the same write as the LOGOUT before it
      terminal.link().write(logout, late);
      // THEN the LOGOUT is acknowledged, and the reading refused, unsigned
      terminal.expectAck(logout);
      assertThat(terminal.expectUnsignedAck(late).result()).isEqualTo(3);
    }
  }

  // Verifies that a terminal that sends many readings at once
  // to a gateway that has yet to load it loses no answer.
  @Test
  void answersABurstThatMeetsARestart() {
    try (PeerTerminal terminal = loggedIn()) {
      List<byte[]> burst = new ArrayList<>();
      for (int i = 0; i < MANY; i++) {
        burst.add(reading(terminal, i));
      }
      // WHEN the gateway is new and a burst comes
      gateway.kill().restart();
      terminal.reconnect().link().write(burst.toArray(byte[][]::new));
      // THEN each reading is acknowledged
      List<Integer> acknowledged = new ArrayList<>();
      for (int i = 0; i < MANY; i++) {
        PeerFrame ack = terminal.readVerified();
        assertThat(ack.result()).isZero();
        acknowledged.add(ack.sequence());
      }
      // AND in the log, in order
      List<Integer> logged =
          app.readings(MANY, terminal.who()).stream().map(OrderIT::sequence).toList();
      assertThat(logged).isSorted().hasSize(MANY).containsAll(acknowledged);
    }
  }

  private static int sequence(JsonNode event) {
    return event.path("data").path("seq").asInt();
  }
}
