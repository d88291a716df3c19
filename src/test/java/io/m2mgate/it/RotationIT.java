package io.m2mgate.it;

import static io.m2mgate.peer.PeerBytes.bytes;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.m2mgate.peer.Api;
import io.m2mgate.peer.Await;
import io.m2mgate.peer.GatewayProcess;
import io.m2mgate.peer.Identity;
import io.m2mgate.peer.PeerFrame;
import io.m2mgate.peer.PeerRotation;
import io.m2mgate.peer.PeerRotation.Given;
import io.m2mgate.peer.PeerTerminal;
import io.m2mgate.peer.Profiles;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** New passwords and keys, from the wish to the first session under them (behaviour 5.3.10, 5.4.3). */
@Execution(ExecutionMode.CONCURRENT)
class RotationIT {
  private static final String APP = "EC01";
  private static final String QUICK = "quick";
  private static final byte[] NONE = {};
  private static final Duration REPEAT = Duration.ofMillis(2_500);

  private static GatewayProcess gateway;
  private static Api admin;
  private static Api app;

  @BeforeAll
  static void start() {
    gateway = GatewayProcess.start();
    admin = gateway.api();
    app = admin.createApplication(APP);
    admin.createProfile(QUICK, Profiles::quick);
  }

  @AfterAll
  static void stop() {
    gateway.closeClean();
  }

  private static Identity provisioned() {
    return admin.createTerminal(Identity.fresh(), APP, QUICK);
  }

  private static String path(Identity who) {
    return "/v1/terminals/" + who.serial() + "/rotations";
  }

  private static JsonNode rotate(Identity who, String... secrets) {
    var body = Api.JSON.createObjectNode();
    if (secrets.length > 0) {
      List.of(secrets).forEach(body.putArray("secrets")::add);
    }
    Api.Answer answer = app.call("POST", path(who), body);
    assertThat(answer.status()).as(answer.body()).isEqualTo(202);
    return answer.json();
  }

  private static JsonNode rotation(Identity who, String id) {
    return app.get(path(who) + "/" + id).json();
  }

  private static void awaitState(Identity who, String id, String state) {
    Await.until(
        "rotation " + state,
        Await.PATIENCE,
        () -> rotation(who, id).path("state").asText().equals(state));
  }

  private static List<String> states(Identity who, int atLeast) {
    return app.events(atLeast, "m2m.key.rotation", who.serial()).stream()
        .map(event -> event.path("data").path("state").asText())
        .toList();
  }

  private static void assertNowhere(List<String> secrets, Identity who) {
    String everything = app.pull(0, 0).toString()
        + admin.get("/v1/admin/audit?limit=1000").body()
        + app.get(path(who)).body()
        + app.get("/v1/terminals/" + who.serial()).body()
        + app.get("/v1/terminals/" + who.serial() + "/parameters").body()
        + String.join("\n", gateway.process().output());
    secrets.forEach(secret -> assertThat(everything).doesNotContain(secret));
  }

  // Verifies the whole way: set, ack, LOGOUT 9, LOGIN with the new set, and that nobody but the
  // terminal learns a secret.
  @Test
  void rotatesEndToEnd() {
    Identity old = provisioned();
    try (PeerTerminal terminal = gateway.terminal(old).login()) {
      // WHEN an operator asks for all secrets to be new
      JsonNode asked = rotate(old);
      String id = asked.path("id").asText();
      assertThat(asked.path("secrets")).hasSize(3);
      // THEN the terminal is given them in its session, with expiries
      Given given = PeerRotation.expectSet(terminal);
      assertThat(given.values().keySet())
          .containsExactly(
              PeerRotation.UPLINK,
              PeerRotation.UPLINK_EXPIRY,
              PeerRotation.DOWNLINK,
              PeerRotation.DOWNLINK_EXPIRY,
              PeerRotation.BASE_KEY,
              PeerRotation.BASE_KEY_EXPIRY);
      assertThat(given.text(PeerRotation.UPLINK)).matches("[A-Za-z0-9]{8}");
      assertThat(given.text(PeerRotation.BASE_KEY)).matches("[A-Za-z0-9]{24}");
      assertThat(given.values().get(PeerRotation.UPLINK_EXPIRY)).containsOnly(0xFF);
      assertThat(rotation(old, id).path("state").asText()).isEqualTo("sent");
      PeerRotation.ack(terminal, given, 0);
      awaitState(old, id, "acked");
      // AND once it is back with them they are the only ones
      Identity renewed = given.applied(old);
      PeerRotation.comeBack(terminal, gateway, renewed).close();
      awaitState(old, id, "succeeded");
      assertThat(states(old, 4)).containsExactly("queued", "sent", "acked", "succeeded");
      try (PeerTerminal outdated = gateway.terminal(old)) {
        assertThat(outdated.exchangeLogin(outdated.loginFrame(1, 0)).result()).isEqualTo(4);
      }
      assertNowhere(given.secrets(), old);
    }
  }

  // Verifies that a set without an ack is repeated as the same bytes, three times, and goes on at
  // the next sign of the terminal.
  @Test
  void repeatsUnchanged() {
    Identity who = provisioned();
    try (PeerTerminal terminal = gateway.terminal(who).login()) {
      String id = rotate(who, "uplinkPassword").path("id").asText();
      Given first = PeerRotation.expectSet(terminal);
      for (int i = 0; i < 2; i++) {
        Given again = PeerRotation.set(terminal, REPEAT).orElseThrow();
        assertThat(again.frame().bytes()).isEqualTo(first.frame().bytes());
      }
      assertThat(terminal.link().read(REPEAT)).as("a fourth send").isEmpty();
      terminal.trap(NONE);
      Given later = PeerRotation.expectSet(terminal);
      assertThat(later.frame().bytes()).isEqualTo(first.frame().bytes());
      // A stranger's sequence is no ack.
      terminal
          .link()
          .write(terminal.signed(
              PeerRotation.ACK, later.frame().sequence() + 7, bytes().u8(0).toArray()));
      assertThat(PeerRotation.set(terminal, REPEAT)).isPresent();
      PeerRotation.ack(terminal, first, 0);
      awaitState(who, id, "acked");
      assertThat(terminal.link().read(REPEAT)).as("a send after the ack").isEmpty();
    }
  }

  // Verifies that a terminal that stays with its old secrets after its ack is called rolled back at
  // its second session, and that
  // the old set is good throughout.
  @Test
  void noticesARollBack() {
    Identity who = provisioned();
    PeerTerminal terminal = gateway.terminal(who).login();
    String id = rotate(who).path("id").asText();
    PeerRotation.ack(terminal, PeerRotation.expectSet(terminal), 0);
    awaitState(who, id, "acked");
    for (int i = 0; i < 2; i++) {
      assertThat(rotation(who, id).path("state").asText()).isEqualTo("acked");
      terminal = PeerRotation.comeBack(terminal, gateway, who);
    }
    awaitState(who, id, "rolledBack");
    assertThat(terminal.data(APP, new byte[] {1})).isZero();
    terminal.close();
  }

  // Verifies that a refusal ends a rotation and leaves the old secrets in force.
  @Test
  void takesARefusal() {
    Identity who = provisioned();
    try (PeerTerminal terminal = gateway.terminal(who).login()) {
      String id = rotate(who).path("id").asText();
      PeerRotation.ack(terminal, PeerRotation.expectSet(terminal), 3);
      awaitState(who, id, "refused");
      assertThat(rotation(who, id).path("reason").asText()).contains("rejected");
      PeerRotation.comeBack(terminal, gateway, who).close();
    }
  }

  // Verifies that a refusal of a copy ends nothing: the terminal has the set, and comes back with
  // it.
  @Test
  void keepsWhatWasTakenBeforeARefusal() {
    Identity who = provisioned();
    try (PeerTerminal terminal = gateway.terminal(who).login()) {
      String id = rotate(who).path("id").asText();
      Given given = PeerRotation.expectSet(terminal);
      PeerRotation.ack(terminal, given, 0);
      awaitState(who, id, "acked");
      app.call("POST", path(who) + "/" + id + "/resend", Api.JSON.createObjectNode());
      PeerRotation.ack(terminal, PeerRotation.expectSet(terminal), 3);
      Await.until(
          "refusal noted",
          Await.PATIENCE,
          () -> rotation(who, id).path("reason").asText().contains("rejected"));
      assertThat(rotation(who, id).path("state").asText()).isEqualTo("acked");
      PeerRotation.comeBack(terminal, gateway, given.applied(who)).close();
      awaitState(who, id, "succeeded");
    }
  }

  // Verifies that a terminal that asks for one secret gets all that change with it: LOGIN_ACK is
  // signed with the set that LOGIN was.
  @Test
  void givesNoPartOfASet() {
    Identity who = provisioned();
    try (PeerTerminal terminal = gateway.terminal(who).login()) {
      String id = rotate(who).path("id").asText();
      Given sent = PeerRotation.expectSet(terminal);
      PeerFrame given = terminal.exchange(PeerRotation.ask(terminal, 5, PeerRotation.UPLINK));
      Map<Integer, byte[]> values = PeerRotation.tlvs(given.body(), 1);
      assertThat(values.keySet()).isEqualTo(sent.values().keySet());
      PeerRotation.comeBack(terminal, gateway, new Given(given, values).applied(who))
          .close();
      awaitState(who, id, "succeeded");
    }
  }

  // Verifies that an operator may have the same set sent again, or give it up, and is warned.
  @Test
  void resendsAndAbandons() {
    Identity who = provisioned();
    try (PeerTerminal terminal = gateway.terminal(who).login()) {
      String id = rotate(who, "downlinkPassword").path("id").asText();
      Given given = PeerRotation.expectSet(terminal);
      assertThat(given.values().keySet())
          .containsExactly(PeerRotation.DOWNLINK, PeerRotation.DOWNLINK_EXPIRY);
      PeerRotation.ack(terminal, given, 0);
      awaitState(who, id, "acked");
      // The open one is given to whom asks for the same; more is a conflict.
      assertThat(rotate(who, "downlinkPassword").path("id").asText()).isEqualTo(id);
      Api.Answer more = app.call("POST", path(who), Api.JSON.createObjectNode());
      assertThat(more.status()).isEqualTo(409);
      assertThat(more.json().path("type").asText()).endsWith("rotation-open");
      Api.Answer resend =
          app.call("POST", path(who) + "/" + id + "/resend", Api.JSON.createObjectNode());
      assertThat(resend.status()).as(resend.body()).isEqualTo(202);
      assertThat(resend.json().path("warning").asText()).isNotEmpty();
      Given again = PeerRotation.expectSet(terminal);
      assertThat(again.secrets()).isEqualTo(given.secrets());
      PeerRotation.ack(terminal, again, 0);
      Api.Answer abandoned =
          app.call("POST", path(who) + "/" + id + "/abandon", Api.JSON.createObjectNode());
      assertThat(abandoned.json().path("state").asText()).isEqualTo("abandoned");
      assertThat(abandoned.json().path("warning").asText()).contains("cannot log in");
      assertThat(app.call("POST", path(who) + "/" + id + "/abandon", Api.JSON.createObjectNode())
              .status())
          .isEqualTo(409);
      try (PeerTerminal late = gateway.terminal(given.applied(who))) {
        // A LOGIN proves with the uplink password alone, which this rotation left as it was.
        assertThat(late.who().uplink()).isEqualTo(who.uplink());
      }
      assertThat(admin.get("/v1/admin/audit?limit=1000").body())
          .contains("rotation.open", "rotation.resend", "rotation.abandon");
    }
  }

  // Verifies that a terminal that asks for new secrets gets its pending set, the same each time,
  // and may start using it.
  @Test
  void givesATerminalWhatItAsksFor() {
    Identity who = provisioned();
    try (PeerTerminal terminal = gateway.terminal(who).login()) {
      assertThat(terminal.exchange(PeerRotation.ask(terminal, 7)).result())
          .as("activation without a set")
          .isEqualTo(3);
      assertThat(terminal.exchange(PeerRotation.ask(terminal, 6)).result())
          .as("encrypted, in a clear session")
          .isEqualTo(3);
      PeerFrame wrong =
          terminal.exchange(PeerRotation.ask(terminal, 5, PeerRotation.UPLINK, 0x0011));
      assertThat(wrong.body()).containsExactly(2, 0, 0x11, 0, 0);
      int[] all = {0xE038, 0xE036, 0xE02A, 0xE028, 0xE027, 0xE025};
      PeerFrame given = terminal.exchange(PeerRotation.ask(terminal, 5, all));
      assertThat(given.result()).isZero();
      Map<Integer, byte[]> values = PeerRotation.tlvs(given.body(), 1);
      assertThat(values).hasSize(6);
      PeerFrame again = terminal.exchange(PeerRotation.ask(terminal, 5, all));
      assertThat(again.body()).isEqualTo(given.body());
      JsonNode open = app.get(path(who)).json().path("items").get(0);
      assertThat(open.path("origin").asText()).isEqualTo("terminal");
      assertThat(terminal.exchange(PeerRotation.ask(terminal, 7)).result()).isZero();
      Identity renewed = new Given(given, values).applied(who);
      PeerRotation.comeBack(terminal, gateway, renewed).close();
      awaitState(who, open.path("id").asText(), "succeeded");
      assertNowhere(new Given(given, values).secrets(), who);
    }
  }

  // Verifies that what a terminal reports of its security becomes reported state, its secrets and
  // their digests unseen.
  @Test
  void keepsReportsWithoutSecrets() {
    Identity who = provisioned();
    try (PeerTerminal terminal = gateway.terminal(who).login()) {
      byte[] body = bytes()
          .u8(4)
          .tlv(0xE001, "4711")
          .tlv(0xE002, new byte[] {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16})
          .tlv(0xE003, new byte[] {1})
          .toArray();
      assertThat(terminal
              .exchange(terminal.signed(PeerRotation.SECURITY_CONFIG, body))
              .result())
          .isZero();
      JsonNode reported =
          app.get("/v1/terminals/" + who.serial() + "/parameters").json().path("reported");
      assertThat(reported.path("pin1-active").path("value").asInt()).isEqualTo(1);
      assertThat(reported.path("pin1").path("value").path("secret").asBoolean()).isTrue();
      assertThat(reported.path("pin1-digest").path("value").path("secret").asBoolean())
          .isTrue();
      assertNowhere(List.of("4711\"", "0102030405060708"), who);
    }
  }

  // Verifies what a wrong wish is told.
  @Test
  void refusesWrongWishes() {
    Identity who = provisioned();
    var body = Api.JSON.createObjectNode();
    body.putArray("secrets").add("pin1");
    assertThat(app.call("POST", path(who), body).status()).isEqualTo(422);
    body.putArray("secrets");
    assertThat(app.call("POST", path(who), body).status()).isEqualTo(422);
    Api other = admin.createApplication("EC" + who.serial().substring(8));
    assertThat(other.call("POST", path(who), Api.JSON.createObjectNode()).status())
        .isEqualTo(404);
    assertThat(app.get(path(who) + "/01J00000000000000000000000").status()).isEqualTo(404);
  }
}
