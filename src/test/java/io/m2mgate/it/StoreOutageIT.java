package io.m2mgate.it;

import static io.m2mgate.peer.PeerBytes.bytes;
import static org.assertj.core.api.Assertions.assertThat;

import io.m2mgate.peer.Api;
import io.m2mgate.peer.Await;
import io.m2mgate.peer.CommandDesk;
import io.m2mgate.peer.GatewayProcess;
import io.m2mgate.peer.Identity;
import io.m2mgate.peer.PeerCommands;
import io.m2mgate.peer.PeerFrame;
import io.m2mgate.peer.PeerTerminal;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** While the store takes no commits nothing is acknowledged falsely, and afterwards nothing is missing (ground rule 4). */
@Execution(ExecutionMode.CONCURRENT)
class StoreOutageIT {
  private static final String APP = "EC01";
  private static final byte[] HELLO = "hello".getBytes(StandardCharsets.US_ASCII);

  /** More than the duplicate window remembers. */
  private static final int MANY = 20;

  private GatewayProcess gateway;
  private Api admin;
  private Api app;

  @BeforeEach
  void start() {
    gateway = GatewayProcess.start();
    admin = gateway.api();
    app = admin.createApplication(APP);
  }

  @AfterEach
  void stop() {
    gateway.closeClean();
  }

  private PeerTerminal loggedIn() {
    return gateway.terminal(admin.createTerminal(Identity.fresh(), APP)).login();
  }

  /** Keeps the gateway from writing until it is closed. */
  private Connection locked() throws SQLException {
    Connection lock =
        DriverManager.getConnection("jdbc:sqlite:" + gateway.dataDir().resolve("m2mgate.db"));
    try (var statement = lock.createStatement()) {
      statement.execute("PRAGMA busy_timeout = 10000");
      statement.execute("BEGIN EXCLUSIVE");
    }
    return lock;
  }

  private void awaitRefusal() {
    Await.until(
        "the store's refusal",
        Await.PATIENCE,
        () -> gateway.process().output().stream()
            .anyMatch(line -> line.contains("does not take commits")));
  }

  private String state(Identity who) {
    return admin.terminal(who.serial()).path("sessions").toString();
  }

  // Verifies that a LOGOUT that had to be answered
  // without the store is stored, and told, once the store is back.
  @Test
  void storesALogoutLater() throws SQLException {
    try (PeerTerminal terminal = loggedIn()) {
      try (Connection lock = locked()) {
        // WHEN the terminal logs out of a store that takes nothing THEN it is answered
        terminal.exchange(terminal.signed(PeerTerminal.LOGOUT, bytes().u8(0).toArray()));
        awaitRefusal();
      }
      // THEN the event comes, and the stored session is over
      app.events(1, "m2m.terminal.logout", terminal.who().serial());
      assertThat(state(terminal.who())).contains("ended").doesNotContain("confirmed");
    }
  }

  // Verifies that heartbeats are answered while a LOGIN of the same terminal waits for the store.
  @Test
  void answersHeartbeatsWhileALoginWaits() throws SQLException {
    try (PeerTerminal terminal = loggedIn()) {
      try (Connection lock = locked()) {
        // WHEN a LOGIN waits for the store, and a beat follows THEN the beat is answered first
        byte[] login = terminal.runningVersion("2.02").loginFrame(terminal.nextSequence(), 0);
        terminal.link().write(login);
        terminal.heartbeat();
      }
    }
  }

  // Verifies that readings which the store did not take are
  // taken when they come again, however many there were.
  @Test
  void takesABurstAgain() throws SQLException {
    try (PeerTerminal terminal = loggedIn()) {
      List<byte[]> burst = new ArrayList<>();
      for (int i = 0; i < MANY; i++) {
        burst.add(
            terminal.signed(PeerTerminal.DATA, PeerTerminal.dataBody(APP, new byte[] {(byte) i})));
      }
      try (Connection lock = locked()) {
        // WHEN a burst meets a store that takes nothing
        terminal.link().write(burst.toArray(byte[][]::new));
        awaitRefusal();
      }
      Await.until(
          "nothing under way",
          Await.PATIENCE,
          () -> admin
              .metrics()
              .lines()
              .filter(line -> line.startsWith("m2mgate_lane_frames_under_way"))
              .allMatch(line -> line.endsWith(" 0.0")));
      // AND comes again THEN each reading is acknowledged and in the log once
      terminal.reconnect().link().write(burst.toArray(byte[][]::new));
      for (int i = 0; i < MANY; i++) {
        assertThat(terminal.readVerified().result()).isZero();
      }
      assertThat(terminal.data(APP, HELLO)).isZero();
      assertThat(app.readings(MANY + 1, terminal.who())).hasSize(MANY + 1);
    }
  }

  // Verifies that an answer to a command which the store did not take ends the command once the
  // store is back, and once only.
  @Test
  void endsACommandLater() throws SQLException {
    try (PeerTerminal terminal = loggedIn()) {
      CommandDesk desk = new CommandDesk(gateway, APP);
      String id = desk.ask(terminal.who(), "control", "{\"control\":\"suspendApplication\"}");
      PeerFrame asked =
          PeerCommands.expect(terminal, PeerCommands.REMOTE_CTRL, PeerCommands.control(0));
      try (Connection lock = locked()) {
        PeerCommands.ack(terminal, asked, 0);
        awaitRefusal();
      }
      desk.await(id, "succeeded");
      CommandDesk.assertOneEnd(desk.told(app, terminal.who(), id, 2));
    }
  }
}
