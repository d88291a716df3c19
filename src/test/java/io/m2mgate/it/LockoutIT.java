package io.m2mgate.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.m2mgate.peer.Api;
import io.m2mgate.peer.Await;
import io.m2mgate.peer.GatewayProcess;
import io.m2mgate.peer.Identity;
import io.m2mgate.peer.PeerTerminal;
import io.m2mgate.peer.SourceLink;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Failed verification as behaviour 5.4.5 has it: who fails too often is locked out, and nobody else notices. */
class LockoutIT {
  private static final String APP = "EC01";
  private static final byte[] HELLO = "hello".getBytes(StandardCharsets.US_ASCII);
  private static final int MOST = 5;
  private static final int LOCK_SECONDS = 4;
  private static final int REFUSED = 4;
  private static final int LOCKED = 5;
  private static final int MISMATCH = 3;
  private static final int REBIND = 2;
  private static final String HOME = "127.0.0.1";
  private static final String THIEF = "127.0.0.2";
  private static final String LOCKED_EVENT = "m2m.terminal.locked";
  private static final String REFUSED_EVENT = "m2m.terminal.refused";
  private static final String ATTACKED_EVENT = "m2m.terminal.attacked";

  private static GatewayProcess gateway;
  private static Api admin;
  private static Api app;

  @BeforeAll
  static void start() {
    gateway = GatewayProcess.start(
        "security.lockSeconds=" + LOCK_SECONDS, "security.sourceChecksPerSecond=1000");
    admin = gateway.api();
    app = admin.createApplication(APP);
  }

  @AfterAll
  static void stop() {
    gateway.closeClean();
  }

  private static Identity provisioned() {
    return admin.createTerminal(Identity.fresh(), APP);
  }

  private static SourceLink from(String source) {
    return new SourceLink(source, gateway.terminals());
  }

  private static void fail(SourceLink link, Identity who, int times) {
    for (int i = 0; i < times; i++) {
      assertThat(link.login(who, SourceLink.guess(i))).isEqualTo(REFUSED);
    }
  }

  /** The audit's entries are written behind the events. */
  private static List<JsonNode> audited(String action, String target, int count) {
    return Await.value(
        "audit of " + action,
        Await.PATIENCE,
        () -> Optional.of(audit(action, target)).filter(found -> found.size() >= count));
  }

  private static List<JsonNode> audit(String action, String target) {
    JsonNode items = admin.get("/v1/admin/audit?limit=1000").json().path("items");
    return StreamSupport.stream(items.spliterator(), false)
        .filter(item -> item.path("action").asText().equals(action))
        .filter(item -> item.path("target").asText().equals(target))
        .toList();
  }

  // Verifies that the fifth wrong digest is answered 4 and locks its source, and only that source,
  // until the time is over; the connection stays open, and each is told once.
  @Test
  void locksTheSourceThatFails() {
    Identity who = provisioned();
    try (SourceLink thief = from(THIEF);
        SourceLink other = from("127.0.0.3")) {
      // GIVEN a source that got the digest wrong five times
      fail(thief, who, MOST);
      // WHEN it goes on, now even with the right password THEN it is refused as locked
      for (int i = 0; i < 3; i++) {
        assertThat(thief.login(who, who.uplink())).isEqualTo(LOCKED);
        assertThat(thief.login(who, SourceLink.guess(i))).isEqualTo(LOCKED);
      }
      // AND the terminal opens a session from elsewhere
      assertThat(other.login(who, who.uplink())).isZero();
      // AND that source is as good as any for another terminal
      assertThat(thief.login(provisioned(), "Wrong000")).isEqualTo(REFUSED);
      // AND the application and the audit know, once each
      assertThat(app.events(1, LOCKED_EVENT, who.serial())).singleElement().satisfies(event -> {
        assertThat(event.path("data").path("source").asText()).isEqualTo(THIEF);
        assertThat(event.path("data").path("failures").asInt()).isEqualTo(MOST);
        assertThat(event.path("data").path("seconds").asInt()).isEqualTo(LOCK_SECONDS);
      });
      assertThat(app.events(2, REFUSED_EVENT, who.serial()))
          .extracting(event -> event.path("data").path("reason").asText())
          .containsExactly("digestRefused", "locked");
      assertThat(audited("terminal.locked", who.serial(), 1)).hasSize(1);
      assertThat(audited("terminal.refused", who.serial(), 2)).hasSize(2);
      assertThat(admin.metric("m2mgate_lockouts_total", "kind=\"source-locked\""))
          .isPositive();
      // AND the lock ends by itself
      Await.until(
          "end of the lock",
          Duration.ofSeconds(3L * LOCK_SECONDS),
          () -> thief.login(who, who.uplink()) == 0);
    }
  }

  // Verifies that a good LOGIN clears what its source got wrong.
  @Test
  void forgetsFailuresAfterAGoodLogin() {
    Identity who = provisioned();
    try (SourceLink link = from(THIEF)) {
      for (int round = 0; round < 3; round++) {
        fail(link, who, MOST - 1);
        assertThat(link.login(who, who.uplink())).isZero();
      }
    }
  }

  // Verifies that neither a lock nor an attack from many sources touches a session, nor keeps the
  // terminal from opening another where its last one was.
  @Test
  void cannotBeUsedAgainstATerminal() {
    Identity who = provisioned();
    try (PeerTerminal terminal = gateway.terminal(who)) {
      // GIVEN a session
      terminal.login();
      // WHEN eleven sources get themselves locked out, which makes an attack
      for (int source = 2; source <= 12; source++) {
        try (SourceLink thief = from("127.0.0." + source)) {
          fail(thief, who, MOST);
        } catch (AssertionError throttled) {
          assertThat(source).as("the source at which the throttle begins").isGreaterThan(10);
        }
      }
      // AND somebody at the terminal's own address fails as often
      try (SourceLink neighbour = from(HOME)) {
        fail(neighbour, who, 3 * MOST);
      }
      // THEN the session goes on
      assertThat(terminal.data(APP, HELLO)).isZero();
      terminal.heartbeat();
      // AND the terminal opens a new one, on the first try, also after LOGOUT
      terminal.reconnect().login();
      assertThat(terminal.data(APP, HELLO)).isZero();
      terminal.logout(0);
      terminal.reconnect().login();
      // AND the attack is told once
      assertThat(app.events(1, ATTACKED_EVENT, who.serial())).hasSize(1);
      assertThat(audited("terminal.attacked", who.serial(), 1)).hasSize(1);
    }
  }

  // Verifies that an attacked terminal's proofs from strange sources are looked at once a second,
  // and that the others get no answer.
  @Test
  void throttlesAnAttack() {
    Identity who = provisioned();
    for (int source = 2; source <= 11; source++) {
      try (SourceLink thief = from("127.0.1." + source)) {
        fail(thief, who, MOST);
      }
    }
    try (SourceLink last = from("127.0.1.100")) {
      assertThat(last.login(who, SourceLink.guess(0))).isEqualTo(REFUSED);
      double before = throttled();
      last.send(who, who.uplink());
      last.send(who, who.uplink());
      last.send(who, who.uplink());
      assertThat(last.result()).isZero();
      assertThat(last.silent()).isTrue();
      assertThat(throttled()).isGreaterThanOrEqualTo(before + 2);
    }
    assertThat(app.events(1, ATTACKED_EVENT, who.serial())).hasSize(1);
  }

  private static double throttled() {
    return admin.metric("m2mgate_frames_dropped_total", "reason=\"proof-throttled\"");
  }

  // Verifies that a LOGIN under an IMSI that the platform refused to bind is told so, by code and
  // event, and that wrong proofs of REGISTER lock as those of LOGIN do, both commands together.
  @Test
  void countsTheProofsOfRegister() {
    Identity who = provisioned();
    String otherSim = "4601" + who.imsi().substring(4, 5) + "9" + who.imsi().substring(6);
    Identity moved = new Identity(who.serial(), who.imei(), otherSim, who.uplink(), who.downlink());
    try (PeerTerminal terminal = gateway.terminal(moved);
        SourceLink elsewhere = from(THIEF)) {
      for (int i = 0; i < MOST; i++) {
        assertThat(terminal.register(REBIND).result()).isEqualTo(REFUSED);
        if (i < MOST - 1) {
          byte[] login = terminal.loginFrame(terminal.nextSequence(), 0);
          assertThat(terminal.exchangeLogin(login).result()).isEqualTo(MISMATCH);
        }
      }
      assertThat(terminal.register(REBIND).result()).isEqualTo(LOCKED);
      byte[] login = terminal.loginFrame(terminal.nextSequence(), 0);
      assertThat(terminal.exchangeLogin(login).result()).isEqualTo(LOCKED);
      assertThat(elsewhere.login(who, who.uplink())).isZero();
    }
    assertThat(app.events(1, "m2m.terminal.bindingMismatch", who.serial())).hasSize(1);
    assertThat(app.events(1, LOCKED_EVENT, who.serial())).hasSize(1);
    assertThat(audited("terminal.locked", who.serial(), 1)).hasSize(1);
  }

  // Verifies that an operator can end a lock, that the audit says so, and that there must be such a
  // terminal.
  @Test
  void isLiftedByTheOperator() {
    Identity who = provisioned();
    try (SourceLink thief = from("127.0.2.2")) {
      fail(thief, who, MOST);
      assertThat(thief.login(who, who.uplink())).isEqualTo(LOCKED);
      var path = "/v1/admin/terminals/" + who.serial() + "/unlock";
      assertThat(admin.call("POST", path, Api.JSON.createObjectNode()).status()).isEqualTo(204);
      assertThat(thief.login(who, who.uplink())).isZero();
      assertThat(audited("terminal.unlock", who.serial(), 1)).hasSize(1);
    }
    var nobody = "/v1/admin/terminals/NOBODY0000000000/unlock";
    assertThat(admin.call("POST", nobody, Api.JSON.createObjectNode()).status()).isEqualTo(404);
  }

  // Verifies that ten thousand wrong LOGINs leave a handful of events, audit entries and log lines,
  // and that serials that nobody has are told together.
  @Test
  void staysSmallUnderAFlood() {
    Identity who = provisioned();
    int events = app.events(0, event -> true).size();
    int lines = gateway.process().stderr().size();
    int unknown = audit("terminal.refused", "unknown").size();
    try (SourceLink thief = from("127.0.3.3")) {
      int sent = 0;
      while (sent < 10_000) {
        for (int i = 0; i < 50; i++) {
          thief.send(who, SourceLink.guess(i));
          thief.send(Identity.numbered(500_000 + sent + i), SourceLink.guess(i));
        }
        for (int i = 0; i < 100; i++) {
          assertThat(thief.result()).isIn(2, REFUSED, LOCKED);
        }
        sent += 100;
      }
    }
    // A lock of four seconds may begin anew a few times; a minute may begin once.
    assertThat(app.events(events, event -> true).size() - events).isLessThan(12);
    assertThat(gateway.process().stderr().size() - lines).isLessThan(12);
    assertThat(audit("terminal.refused", who.serial()).size()).isLessThanOrEqualTo(4);
    assertThat(audit("terminal.refused", "unknown").size() - unknown).isLessThanOrEqualTo(2);
  }
}
