package io.m2mgate.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.m2mgate.peer.Api;
import io.m2mgate.peer.GatewayProcess;
import io.m2mgate.peer.Identity;
import io.m2mgate.peer.PeerRegistration;
import io.m2mgate.peer.PeerRegistration.Answer;
import io.m2mgate.peer.PeerRegistration.Parameters;
import io.m2mgate.peer.PeerTerminal;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** REGISTER and the distribution of security parameters, as behaviour 5.3.1, 5.4.1 and 5.4.4 have them. */
class RegistrationIT {
  private static final String APP = "EC01";
  private static final String PLACEHOLDER = "ACME000100000000";
  private static final byte[] HELLO = "hello".getBytes(StandardCharsets.US_ASCII);
  private static final String BASE_KEY = "112233445566778899001234";

  /** More than the time between two sends. */
  private static final Duration REPEAT = Duration.ofSeconds(5);

  private static final List<String> secrets = new CopyOnWriteArrayList<>();
  private static GatewayProcess gateway;
  private static Api admin;
  private static Api app;

  @BeforeAll
  static void start() {
    gateway = GatewayProcess.start(
        "registration.mode=open",
        "registration.defaultApp=" + APP,
        "registration.allowPrefixes=ACME",
        "registration.repeatSeconds=1",
        "registration.perSourcePerMinute=100000",
        "registration.perMinute=100000");
    admin = gateway.api();
    app = admin.createApplication(APP);
  }

  /** Nothing that the gateway printed, logged, told or kept for auditors holds a secret that it gave away. */
  @AfterAll
  static void stop() {
    try {
      String events = app.pull(0, 0).toString();
      String audit = admin.get("/v1/admin/audit?limit=1000").body();
      List<String> output = gateway.process().output();
      assertThat(secrets).hasSizeGreaterThan(5);
      for (String secret : secrets) {
        assertThat(events).doesNotContain(secret);
        assertThat(audit).doesNotContain(secret);
        assertThat(output).noneMatch(line -> line.contains(secret));
      }
    } finally {
      gateway.closeClean();
    }
  }

  private static PeerRegistration registration() {
    return new PeerRegistration(gateway.terminals());
  }

  private static Parameters noted(Parameters parameters) {
    Stream.of(parameters.uplink(), parameters.downlink(), parameters.baseKey())
        .forEach(secrets::add);
    return parameters;
  }

  /** A terminal that nobody provisioned has registered, has its secrets and has used them. */
  private static Identity registered() {
    Identity stranger = Identity.fresh();
    try (PeerRegistration registration = registration()) {
      registration.register(
          PeerRegistration.ASK_SERIAL, PLACEHOLDER, stranger.imei(), stranger.imsi());
      Parameters given = noted(registration.parameters());
      registration.acknowledge(given, 0);
      Identity who = given.of(stranger);
      login(who);
      app.events(1, "m2m.key.rotation", who.serial());
      return who;
    }
  }

  private static void login(Identity who) {
    try (PeerTerminal terminal = gateway.terminal(who)) {
      terminal.login();
    }
  }

  private static int loginResult(Identity who) {
    try (PeerTerminal terminal = gateway.terminal(who)) {
      return terminal
          .exchangeLogin(terminal.loginFrame(terminal.nextSequence(), 0))
          .result();
    }
  }

  private static Identity provisioned() {
    return admin.createTerminal(Identity.fresh(), APP);
  }

  // Verifies that a terminal nobody knows gets a serial and its secrets
  // over its own connection, logs in with them and sends data.
  @Test
  void admitsAStranger() {
    Identity stranger = Identity.fresh();
    try (PeerRegistration registration = registration()) {
      // WHEN it registers under its maker's placeholder
      Answer answer = registration.register(
          PeerRegistration.ASK_SERIAL, PLACEHOLDER, stranger.imei(), stranger.imsi());
      // THEN it gets a serial of the placeholder's prefix, and its parameters under that
      assertThat(answer.result()).isZero();
      assertThat(answer.serial()).matches("ACME0001[A-Z0-9]{8}").isNotEqualTo(PLACEHOLDER);
      Parameters given = noted(registration.parameters());
      assertThat(given.frame().serial()).isEqualTo(answer.serial());
      // WHEN it acknowledges THEN nothing is repeated
      registration.acknowledge(given, 0);
      assertThat(registration.maybeParameters(Duration.ofSeconds(2))).isEmpty();
      // AND it logs in with them and sends
      try (PeerTerminal terminal = gateway.terminal(given.of(stranger)).login()) {
        assertThat(terminal.data(APP, HELLO)).isZero();
      }
      // AND its application and the audit know of it
      JsonNode event = app.events(1, "m2m.terminal.registered", answer.serial()).get(0);
      assertThat(event.path("data").path("imei").asText()).isEqualTo(stranger.imei());
      assertThat(event.path("data").path("imsi").asText()).isEqualTo(stranger.imsi());
      assertThat(event.path("data").path("operation").asText()).isEqualTo("askSerial");
      assertThat(event.path("data").path("created").asBoolean()).isTrue();
      assertThat(app.events(1, "m2m.key.rotation", answer.serial())).hasSize(1);
      assertThat(admin.get("/v1/admin/audit?limit=1000").body())
          .contains("terminal.register", answer.serial());
      assertThat(admin.terminal(answer.serial()).path("app").asText()).isEqualTo(APP);
    }
  }

  // Verifies that parameters whose acks are lost come again as the same bytes, four times in all,
  // and
  // that the terminal can log in with the old secrets until it has used the new ones.
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4})
  void neverLocksOutWhoseAcksAreLost(int lost) {
    Identity old = registered();
    try (PeerRegistration registration = registration()) {
      assertThat(registration.register(PeerRegistration.ASK_SECURITY, old))
          .isEqualTo(new Answer(0, old.serial()));
      Parameters given = noted(registration.parameters());
      for (int i = 1; i < lost; i++) {
        assertThat(registration.parameters(REPEAT).frame().bytes())
            .isEqualTo(given.frame().bytes());
      }
      if (lost == 4) {
        assertThat(registration.maybeParameters(Duration.ofSeconds(2))).isEmpty();
      } else {
        registration.acknowledge(given, 0);
      }
      // THEN the old secrets are good, and the new ones are
      login(old);
      Identity renewed = given.of(old);
      login(renewed);
      // AND from the first frame under the new ones the old are over
      assertThat(loginResult(old)).isEqualTo(4);
      login(renewed);
    }
  }

  // Verifies that a login with the parameters stops their repeats.
  @Test
  void stopsAtTheLogin() {
    Identity old = registered();
    try (PeerRegistration registration = registration()) {
      registration.register(PeerRegistration.CLEARED, old);
      Parameters given = noted(registration.parameters());
      login(given.of(old));
      assertThat(registration.maybeParameters(Duration.ofSeconds(2))).isEmpty();
    }
  }

  // Verifies that a terminal which logged in and lost its secrets at once is given secrets again.
  @Test
  void givesAgainToWhoLostThemAtOnce() {
    Identity stranger = Identity.fresh();
    try (PeerRegistration registration = registration()) {
      registration.register(0, PLACEHOLDER, stranger.imei(), stranger.imsi());
      Identity who = noted(registration.parameters()).of(stranger);
      login(who);
      assertThat(registration.register(PeerRegistration.CLEARED, who).result()).isZero();
      login(noted(registration.parameters()).of(who));
    }
  }

  // Verifies that a terminal which refuses its parameters is left alone with them, and is given the
  // same when it asks again.
  @Test
  void takesARefusalOfParameters() {
    Identity old = registered();
    try (PeerRegistration registration = registration()) {
      registration.register(PeerRegistration.CLEARED, old);
      Parameters given = noted(registration.parameters());
      registration.acknowledge(given, 3);
      assertThat(registration.maybeParameters(Duration.ofSeconds(2))).isEmpty();
      registration.register(PeerRegistration.CLEARED, old);
      assertThat(registration.parameters().frame().body())
          .isEqualTo(given.frame().body());
      login(old);
    }
  }

  // Verifies that a stranger's ack neither ends the repeats nor is answered.
  @Test
  void takesAcksFromTheRegisteringConnectionOnly() {
    Identity old = registered();
    try (PeerRegistration registration = registration();
        PeerRegistration other = registration()) {
      registration.register(PeerRegistration.ASK_SECURITY, old);
      Parameters given = noted(registration.parameters());
      other.acknowledge(given, 0);
      assertThat(registration.parameters(REPEAT).frame().bytes())
          .isEqualTo(given.frame().bytes());
    }
  }

  // Verifies that an unsigned ack of the parameters ends their repeats also beside an open session
  // whose profile looks at no digest, and which therefore takes unsigned acks of its own.
  @Test
  void takesTheAckBesideASessionWithoutDigests() {
    String lax = admin.createProfile("no-digest", profile -> profile.put("digest", "off"));
    Identity who = admin.createTerminal(Identity.fresh(), APP, lax);
    try (PeerTerminal terminal = gateway.terminal(who).login();
        PeerRegistration registration = registration()) {
      assertThat(registration.register(PeerRegistration.ASK_SECURITY, who).result())
          .isZero();
      registration.acknowledge(noted(registration.parameters()), 0);
      assertThat(registration.maybeParameters(Duration.ofSeconds(2))).isEmpty();
      assertThat(terminal.data(APP, HELLO)).isZero();
    }
  }

  // Verifies that a terminal with a new SIM is bound to it by its first session, and that both SIMs
  // are good until then.
  @Test
  void rebindsToANewSim() {
    Identity old = provisioned();
    String imsi = Identity.fresh().imsi();
    Identity changed = new Identity(old.serial(), old.imei(), imsi, old.uplink(), old.downlink());
    assertThat(loginResult(changed)).isEqualTo(4);
    try (PeerRegistration registration = registration()) {
      // WHEN it says so, twice THEN it keeps its serial and logs in
      assertThat(registration.rebind(old, imsi)).isEqualTo(new Answer(9, old.serial()));
      assertThat(registration.rebind(old, imsi)).isEqualTo(new Answer(9, old.serial()));
      // AND both are good
      login(old);
      login(changed);
      // AND only the new one is afterwards
      assertThat(loginResult(old)).isEqualTo(4);
      assertThat(app.events(1, "m2m.terminal.rebound", old.serial())).hasSize(1);
      assertThat(admin.terminal(old.serial()).path("imsi").asText()).isEqualTo(imsi);
    }
  }

  // Verifies that preset secrets are proven by their digests.
  @Test
  void takesPresetSecrets() {
    Identity who = Identity.fresh();
    JsonNode terminal = Api.terminalJson(who, APP, "wmmp-3")
        .put(
            "baseKey",
            java.util.HexFormat.of().formatHex(BASE_KEY.getBytes(StandardCharsets.US_ASCII)));
    assertThat(admin.call("POST", "/v1/admin/terminals", terminal).status()).isEqualTo(201);
    try (PeerRegistration registration = registration()) {
      assertThat(registration.preset(who, BASE_KEY)).isEqualTo(new Answer(9, who.serial()));
      assertThat(registration.preset(who, BASE_KEY.replace('1', '2')).result()).isEqualTo(4);
      assertThat(registration.register(PeerRegistration.PRESET, who).result()).isEqualTo(4);
      login(who);
    }
  }

  // Verifies every refusal with its code, under the serial that was asked.
  @Test
  void refusesByCode() {
    Identity who = provisioned();
    Identity other = provisioned();
    Identity stranger = Identity.fresh();
    Identity disabled = provisioned();
    admin.call(
        "PATCH",
        "/v1/admin/terminals/" + disabled.serial(),
        Api.JSON.createObjectNode().put("enabled", false));
    try (PeerRegistration registration = registration()) {
      String serial = who.serial();
      // IMEI known with another IMSI, IMSI under another IMEI, neither 15 digits
      assertThat(registration.register(0, PLACEHOLDER, who.imei(), stranger.imsi()))
          .isEqualTo(new Answer(4, PLACEHOLDER));
      assertThat(
              registration.register(0, PLACEHOLDER, stranger.imei(), who.imsi()).result())
          .isEqualTo(4);
      assertThat(registration.register(0, PLACEHOLDER, who.imei(), other.imsi()).result())
          .isEqualTo(4);
      assertThat(registration.register(0, PLACEHOLDER, "35", stranger.imsi()).result())
          .isEqualTo(4);
      assertThat(registration
              .register(0, PLACEHOLDER, stranger.imei(), "46X010000000000")
              .result())
          .isEqualTo(4);
      // an own serial that nobody has, or that is another's
      assertThat(registration.register(1, stranger).result()).isEqualTo(3);
      assertThat(registration.register(0, stranger).result()).isEqualTo(3);
      assertThat(registration.register(1, serial, other.imei(), other.imsi()).result())
          .isEqualTo(4);
      assertThat(registration.register(4, serial, who.imei(), stranger.imsi()).result())
          .isEqualTo(4);
      // a disabled terminal, a maker that is not admitted, an operation that nobody knows
      assertThat(registration
              .register(0, PLACEHOLDER, disabled.imei(), disabled.imsi())
              .result())
          .isEqualTo(5);
      assertThat(registration.register(1, disabled).result()).isEqualTo(5);
      assertThat(registration
              .register(0, "OTHER00100000000", stranger.imei(), stranger.imsi())
              .result())
          .isEqualTo(5);
      assertThat(registration.register(9, who).result()).isEqualTo(5);
      // a new SIM without a proof, or with the wrong one, or one that another has
      assertThat(registration.register(2, serial, who.imei(), stranger.imsi()).result())
          .isEqualTo(4);
      Identity forged = new Identity(serial, who.imei(), who.imsi(), "guessed1", who.downlink());
      assertThat(registration.rebind(forged, stranger.imsi()).result()).isEqualTo(4);
      assertThat(registration.rebind(who, other.imsi()).result()).isEqualTo(4);
      // THEN nothing of it changed anything
      login(who);
      login(other);
      assertThat(app.events(1, "m2m.terminal.refused", serial)
              .get(0)
              .path("data")
              .path("result")
              .asInt())
          .isEqualTo(4);
    }
  }

  // Verifies that a flood of REGISTER neither ends a session nor fills the event log.
  @Test
  void survivesAFlood() {
    Identity who = provisioned();
    try (PeerTerminal terminal = gateway.terminal(who).login();
        PeerRegistration flood = registration()) {
      int before = app.pull(0, 0).path("events").size();
      for (int i = 0; i < 2000; i++) {
        byte[] body = PeerTerminal.registerBody(
            i % 5, new Identity(who.serial(), who.imei(), Identity.numbered(1).imsi(), "", ""));
        flood
            .link()
            .write(PeerTerminal.unsigned(
                i % 2 == 0 ? who.serial() : PLACEHOLDER, PeerTerminal.REGISTER, i, 0x80, body));
        if (i % 100 == 99) {
          assertThat(terminal.data(APP, HELLO)).isZero();
          flood.link().discard();
        }
      }
      terminal.heartbeat();
      List<JsonNode> refused = app.events(1, "m2m.terminal.refused", who.serial());
      assertThat(refused.size()).isLessThan(10);
      assertThat(app.pull(0, 0).path("events").size() - before).isLessThan(60);
    }
  }
}
