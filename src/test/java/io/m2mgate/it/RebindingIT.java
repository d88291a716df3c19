package io.m2mgate.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.m2mgate.peer.Api;
import io.m2mgate.peer.Await;
import io.m2mgate.peer.GatewayProcess;
import io.m2mgate.peer.Identity;
import io.m2mgate.peer.PeerRegistration;
import io.m2mgate.peer.PeerRegistration.Answer;
import io.m2mgate.peer.PeerTerminal;
import io.m2mgate.peer.PeerTerminal.LoginAnswer;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Terminals that change their SIM while something is in the way (behaviour 5.3.1, REGISTER operation 2). */
class RebindingIT {
  private static final String APP = "EC01";
  private static final byte[] NONE = {};

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

  private static Identity under(Identity old, String imsi) {
    return new Identity(old.serial(), old.imei(), imsi, old.uplink(), old.downlink());
  }

  /** The terminal with another SIM, which it was allowed to take. */
  private static Identity changing(Identity old) {
    String imsi = Identity.fresh().imsi();
    try (PeerRegistration registration = new PeerRegistration(gateway.terminals())) {
      assertThat(registration.rebind(old, imsi)).isEqualTo(new Answer(9, old.serial()));
    }
    return under(old, imsi);
  }

  /** A connection with a session that no frame has confirmed. */
  private static PeerTerminal tentative(Identity who) {
    PeerTerminal terminal = gateway.terminal(who);
    LoginAnswer answer = askToLogIn(terminal);
    assertThat(answer.result()).isZero();
    return terminal.under(answer.timestamp());
  }

  private static LoginAnswer askToLogIn(PeerTerminal terminal) {
    return terminal.exchangeLogin(terminal.loginFrame(terminal.nextSequence(), 0));
  }

  private static String bound(Identity who) {
    return admin.terminal(who.serial()).path("imsi").asText();
  }

  // Verifies that an IMSI that another terminal was given between REGISTER and the first session is
  // not bound: the operator is told, the new SIM is refused as a mismatch, and the old one is good.
  @Test
  void keepsTheOldSimWhereTheNewOneIsTaken() {
    Identity old = admin.createTerminal(Identity.fresh(), APP);
    Identity changed = changing(old);
    admin.createTerminal(under(Identity.fresh(), changed.imsi()), APP);
    try (PeerTerminal terminal = tentative(changed)) {
      assertThat(terminal.trap(NONE).result()).isZero();
      var told = app.events(1, "m2m.terminal.bindingMismatch", old.serial());
      assertThat(told.get(0).path("data").path("imsi").asText()).isEqualTo(changed.imsi());
      assertThat(told.get(0).path("data").path("reason").asText()).isEqualTo("imsiOfAnother");
      assertThat(askToLogIn(terminal).result()).isEqualTo(3);
    }
    try (PeerTerminal terminal = tentative(old)) {
      assertThat(terminal.trap(NONE).result()).isZero();
      assertThat(terminal.data(APP, new byte[] {1})).isZero();
    }
    assertThat(bound(old)).isEqualTo(old.imsi());
    assertThat(app.events(0, "m2m.terminal.rebound", old.serial())).isEmpty();
    assertThat(admin.get("/v1/admin/audit?limit=1000").body()).contains("terminal.bindingMismatch");
  }

  // Verifies that a SIM whose binding the store did not take before LOGOUT is bound when the store
  // is back, without another session.
  @Test
  void bindsAfterLogoutWhatTheStoreDidNotTake() throws SQLException {
    Identity old = admin.createTerminal(Identity.fresh(), APP);
    Identity changed = changing(old);
    try (PeerTerminal terminal = tentative(changed)) {
      try (Connection lock = locked()) {
        assertThat(terminal.trap(NONE).result()).isZero();
        terminal.logout(0);
        Await.until(
            "the binding was not taken",
            Await.PATIENCE,
            () -> gateway.process().output().stream()
                .anyMatch(line -> line.contains("Settlements") && line.contains(old.serial())));
      }
      assertThat(app.events(1, "m2m.terminal.rebound", old.serial())).hasSize(1);
      assertThat(bound(old)).isEqualTo(changed.imsi());
    }
  }

  /** Keeps the gateway from writing until it is closed. */
  private static Connection locked() throws SQLException {
    Connection lock =
        DriverManager.getConnection("jdbc:sqlite:" + gateway.dataDir().resolve("m2mgate.db"));
    try (var statement = lock.createStatement()) {
      statement.execute("PRAGMA busy_timeout = 10000");
      statement.execute("BEGIN EXCLUSIVE");
    }
    return lock;
  }
}
