package io.m2mgate.it;

import static io.m2mgate.peer.PeerBytes.bytes;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.m2mgate.peer.Api;
import io.m2mgate.peer.GatewayProcess;
import io.m2mgate.peer.Identity;
import io.m2mgate.peer.PeerCipher;
import io.m2mgate.peer.PeerCipher.Digest;
import io.m2mgate.peer.PeerCipher.Kind;
import io.m2mgate.peer.PeerFrame;
import io.m2mgate.peer.PeerLink;
import io.m2mgate.peer.PeerRegistration;
import io.m2mgate.peer.PeerRotation;
import io.m2mgate.peer.PeerRotation.Given;
import io.m2mgate.peer.PeerTerminal;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.function.ToIntFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * What is refused gets its code and nothing else: no further byte, no change of the record, no event but the one that tells of it
 * (wire 7, behaviour 5.3.1, 5.3.2, 5.4.5).
 */
@Execution(ExecutionMode.CONCURRENT)
class RefusalsIT {
  private static final String APP = "EC01";
  private static final String BASE_KEY = "BaseKeyOfTwentyFourChars";
  private static final String REFUSED = "m2m.terminal.refused";
  private static final byte[] HELLO = "hello".getBytes(StandardCharsets.US_ASCII);
  private static final int FOREIGN_TAG = 0x1234;

  private static GatewayProcess gateway;
  private static Api admin;
  private static Api app;

  @BeforeAll
  static void start() {
    gateway = GatewayProcess.start();
    admin = gateway.api();
    app = admin.createApplication(APP);
    admin.createProfile("required", profile -> profile.put("encryption", "required"));
    admin.createProfile("refuses", profile -> profile.put("onWrongDigest", "refuse"));
    admin.createProfile("aes", profile -> profile.put("cipher", "aes-128"));
  }

  @AfterAll
  static void stop() {
    gateway.closeClean();
  }

  private static Identity provisioned(String profile) {
    return admin.createTerminal(Identity.fresh(), APP, profile);
  }

  private static Identity withBaseKey(String profile) {
    Identity who = Identity.fresh();
    var json = Api.terminalJson(who, APP, profile)
        .put("baseKey", HexFormat.of().formatHex(BASE_KEY.getBytes(StandardCharsets.US_ASCII)));
    assertThat(admin.call("POST", "/v1/admin/terminals", json).status()).isEqualTo(201);
    return who;
  }

  private static List<String> events(Identity who, int atLeast) {
    return app.events(atLeast, it -> it.path("subject").asText().equals(who.serial())).stream()
        .map(event -> event.path("type").asText())
        .toList();
  }

  /** But for when it was heard: a request that is its own is, whatever becomes of it. */
  private static JsonNode record(Identity who) {
    ObjectNode terminal = admin.terminal(who.serial()).deepCopy();
    terminal.remove("heard");
    ((ObjectNode) terminal.path("presence")).remove("heard");
    return terminal;
  }

  /** Asks, expects this result, and nothing else but these events. */
  private static void refused(
      int code, Identity who, PeerTerminal by, ToIntFunction<PeerTerminal> ask, String... told) {
    JsonNode before = record(who);
    List<String> earlier = events(who, 0);
    assertThat(ask.applyAsInt(by)).isEqualTo(code);
    by.link().expectSilence();
    assertThat(record(who)).isEqualTo(before);
    List<String> later = events(who, earlier.size() + told.length);
    assertThat(later.subList(earlier.size(), later.size())).containsExactly(told);
  }

  private static int login(PeerTerminal terminal) {
    return terminal
        .exchangeLogin(terminal.loginFrame(terminal.nextSequence(), 0))
        .result();
  }

  private static int unsignedLogin(PeerTerminal terminal) {
    return terminal
        .exchangeLogin(terminal.unsigned(
            PeerTerminal.LOGIN, terminal.nextSequence(), 0x80, terminal.loginBody(0)))
        .result();
  }

  // Verifies that each fact that a LOGIN is signed with is needed, each wrong one is 4, and that
  // the terminal itself logs in afterwards.
  @Test
  void refusesALoginThatProvesNothing() {
    Identity who = provisioned("wmmp-3");
    Identity other = Identity.fresh();
    List<Identity> forged = List.of(
        new Identity(who.serial(), who.imei(), who.imsi(), "guessed1", who.downlink()),
        new Identity(who.serial(), other.imei(), who.imsi(), who.uplink(), who.downlink()),
        new Identity(who.serial(), who.imei(), other.imsi(), who.uplink(), who.downlink()));
    boolean first = true;
    for (Identity wrong : forged) {
      try (PeerTerminal thief = gateway.terminal(wrong)) {
        // One event a minute tells of them all.
        String[] told = first ? new String[] {REFUSED} : new String[0];
        refused(4, who, thief, RefusalsIT::login, told);
        first = false;
      }
    }
    try (PeerTerminal terminal = gateway.terminal(who)) {
      refused(4, who, terminal, RefusalsIT::unsignedLogin);
      terminal.login();
      assertThat(terminal.data(APP, HELLO)).isZero();
    }
  }

  // Verifies that neither a wrong LOGIN nor one refused for its terminal's sake touches the session
  // that is in force.
  @Test
  void leavesTheSessionInForce() {
    Identity who = provisioned("wmmp-3");
    var path = "/v1/admin/terminals/" + who.serial();
    try (PeerTerminal terminal = gateway.terminal(who).login();
        PeerTerminal second = gateway.terminal(who)) {
      assertThat(terminal.data(APP, HELLO)).as("and the session is stored").isZero();
      refused(4, who, second, RefusalsIT::unsignedLogin, REFUSED);
      assertThat(terminal.data(APP, HELLO)).isZero();
      admin.call("PATCH", path, Api.JSON.createObjectNode().put("enabled", false));
      refused(5, who, second, RefusalsIT::login, REFUSED);
      admin.call("PATCH", path, Api.JSON.createObjectNode().put("enabled", true));
      assertThat(terminal.data(APP, HELLO)).isZero();
    }
  }

  // Verifies that a proof with the wrong secrets, or under another SIM, is 4, that the refused SIM
  // is 3 at LOGIN, and that no parameters follow.
  @Test
  void refusesRegistrationsByProof() {
    Identity who = withBaseKey("wmmp-3");
    Identity forged = new Identity(who.serial(), who.imei(), who.imsi(), "guessed1", "guessed2");
    String sim = Identity.fresh().imsi();
    Identity moved = new Identity(who.serial(), who.imei(), sim, who.uplink(), who.downlink());
    try (PeerTerminal terminal = gateway.terminal(moved);
        PeerRegistration registration = new PeerRegistration(gateway.terminals())) {
      refused(4, who, terminal, it -> registration.preset(forged, BASE_KEY).result(), REFUSED);
      refused(4, who, terminal, it -> registration.preset(who, BASE_KEY + "x").result());
      refused(4, who, terminal, it -> registration.rebind(forged, sim).result());
      registration.link().expectSilence();
      refused(3, who, terminal, RefusalsIT::login, "m2m.terminal.bindingMismatch");
    }
    try (PeerTerminal terminal = gateway.terminal(who)) {
      terminal.login();
    }
  }

  // Verifies that a profile that wants encryption takes neither a LOGIN without E03A nor one with
  // another base key, and that clear and undecryptable bodies change nothing.
  @Test
  void refusesADowngrade() {
    Identity who = withBaseKey("required");
    try (PeerTerminal terminal = gateway.terminal(who)) {
      PeerCipher cipher = new PeerCipher(terminal, BASE_KEY, Kind.TRIPLE_DES, Digest.MD5);
      refused(4, who, terminal, RefusalsIT::login, REFUSED);
      refused(
          4,
          who,
          terminal,
          it -> cipher.exchangeLogin(cipher.loginFrame(new byte[16])).result(),
          "m2m.terminal.keyMismatch");
      cipher.login();
      int events = events(who, 3).size();
      terminal.expectNoAnswer(cipher.clear(PeerTerminal.DATA, PeerTerminal.dataBody(APP, HELLO)));
      assertThat(cipher.data(APP, "hidden")).isZero();
      assertThat(events(who, events + 1)).hasSize(events + 1).endsWith("m2m.data.up");
    }
  }

  // Verifies the codes of SECURITY_CONFIG: 1 for what does not decrypt, 2 with the tag for one that
  // is no secret, 3 for what is not done, and none of a wrong digest unless the profile wants one.
  @Test
  void refusesSecurityRequests() {
    Identity hidden = withBaseKey("aes");
    try (PeerTerminal terminal = gateway.terminal(hidden)) {
      PeerCipher cipher = new PeerCipher(terminal, BASE_KEY, Kind.AES, Digest.MD5).login();
      assertThat(cipher.data(APP, "stored")).isZero();
      byte[] garbage = bytes().tlv(0xE042, new byte[64]).toArray();
      byte[] request = terminal.sign(
          terminal.unsigned(PeerTerminal.SECURITY_CONFIG, terminal.nextSequence(), 0xF0, garbage));
      refused(1, hidden, terminal, it -> cipher.exchange(request)[0]);
      assertThat(cipher.data(APP, "hidden")).isZero();
    }
    Identity who = provisioned("refuses");
    try (PeerTerminal terminal = gateway.terminal(who).login()) {
      assertThat(terminal.data(APP, HELLO)).isZero();
      PeerFrame foreign = terminal.exchange(PeerRotation.ask(terminal, 5, FOREIGN_TAG));
      assertThat(foreign.body()).containsExactly(2, 0x12, 0x34, 0, 0);
      refused(3, who, terminal, it -> exchanged(it, PeerRotation.ask(it, 9)));
      refused(3, who, terminal, it -> exchanged(it, PeerRotation.ask(it, 7)));
      refused(3, who, terminal, it -> exchanged(it, PeerRotation.ask(it, 6)), REFUSED);
      refused(3, who, terminal, it -> exchanged(it, wronglySigned(it)));
      assertThat(terminal.data(APP, HELLO)).isZero();
    }
    try (PeerTerminal silent = gateway.terminal(provisioned("wmmp-3")).login()) {
      silent.expectNoAnswer(wronglySigned(silent));
      assertThat(silent.data(APP, HELLO)).isZero();
    }
  }

  private static int exchanged(PeerTerminal terminal, byte[] request) {
    return terminal.exchange(request).result();
  }

  private static byte[] wronglySigned(PeerTerminal terminal) {
    return terminal.signedWith(
        "guessed1", PeerTerminal.SECURITY_CONFIG, terminal.nextSequence(), new byte[] {5});
  }

  // Verifies that where registration is open a serial that nobody has is told to register, and that
  // an expired password opens a session unless the profile enforces its end.
  @Test
  void refusesByPolicy() {
    try (GatewayProcess other = GatewayProcess.start(
        "registration.mode=open",
        "security.rotation.auto=false",
        "security.rotation.checkSeconds=1",
        "security.rotation.lifetimeSeconds=3")) {
      Api its = other.api();
      Api itsApp = its.createApplication(APP);
      its.createProfile("strict", profile -> profile.put("expiry", "enforce"));
      try (PeerTerminal stranger = other.terminal(Identity.fresh())) {
        assertThat(login(stranger)).isEqualTo(6);
        stranger.link().expectSilence();
        assertThat(login(stranger)).isEqualTo(6);
      }
      Identity who = its.createTerminal(Identity.fresh(), APP);
      PeerTerminal terminal = other.terminal(who).login();
      itsApp.call(
          "POST", "/v1/terminals/" + who.serial() + "/rotations", Api.JSON.createObjectNode());
      Given given = PeerRotation.expectSet(terminal);
      PeerRotation.ack(terminal, given, 0);
      terminal = PeerRotation.comeBack(terminal, other, given.applied(who));
      itsApp.events(3, "m2m.key.expired", who.serial());

      terminal.reconnect().login();
      profile(its, who, "strict");
      assertThat(login(terminal.reconnect())).isEqualTo(6);
      terminal.link().expectSilence();
      assertThat(terminal.data(APP, HELLO)).as("the session before goes on").isZero();
      profile(its, who, "wmmp-3");
      terminal.login();
      terminal.close();
    }
  }

  private static void profile(Api its, Identity who, String name) {
    var patch = Api.JSON.createObjectNode().put("profile", name);
    assertThat(its.call("PATCH", "/v1/admin/terminals/" + who.serial(), patch).status())
        .isEqualTo(200);
  }

  // Verifies that of a LOGIN beyond the admitted rate two copies get nothing and the third gets 7,
  // while who came before is served in turn.
  @Test
  void refusesOverload() {
    try (GatewayProcess busy =
        GatewayProcess.start("lanes=1", "admission.loginsPerSecond=1", "admission.queueLength=1")) {
      busy.api().createApplication(APP);
      List<PeerTerminal> crowd = Stream.generate(Identity::fresh)
          .limit(3)
          .map(who -> busy.terminal(busy.api().createTerminal(who, APP)))
          .toList();
      PeerTerminal late = crowd.get(2);
      // All in one write, so that they meet in one second.
      PeerLink link = late.link()
          .write(
              crowd.get(0).loginFrame(1, 0),
              crowd.get(1).loginFrame(1, 0),
              late.loginFrame(1, 0),
              late.loginFrame(2, 0),
              late.loginFrame(3, 0));
      Map<String, Integer> results = new HashMap<>();
      for (int i = 0; i < crowd.size(); i++) {
        PeerFrame ack = link.read();
        results.put(ack.serial() + " " + ack.sequence(), ack.result());
      }
      assertThat(results)
          .containsOnly(
              Map.entry(crowd.get(0).who().serial() + " 1", 0),
              Map.entry(crowd.get(1).who().serial() + " 1", 0),
              Map.entry(late.who().serial() + " 3", 7));
      link.expectSilence();
      late.login();
      crowd.forEach(PeerTerminal::close);
    }
  }
}
