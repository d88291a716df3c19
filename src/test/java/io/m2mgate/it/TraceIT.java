package io.m2mgate.it;

import static io.m2mgate.peer.PeerBytes.bytes;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.m2mgate.peer.Api;
import io.m2mgate.peer.Await;
import io.m2mgate.peer.GatewayProcess;
import io.m2mgate.peer.Identity;
import io.m2mgate.peer.PeerCipher;
import io.m2mgate.peer.PeerCipher.Digest;
import io.m2mgate.peer.PeerCipher.Kind;
import io.m2mgate.peer.PeerLife;
import io.m2mgate.peer.PeerLink;
import io.m2mgate.peer.PeerTerminal;
import io.m2mgate.peer.SecretScan;
import io.m2mgate.peer.TraceTap;
import io.m2mgate.peer.TraceTap.Shown;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Live traces of terminals, from outside: what is shown of each frame, and what never is. */
class TraceIT {
  private static final String APP = "EC01";
  private static final String BASE_KEY = "BaseKeyOfTwentyFourChars";
  private static final HexFormat HEX = HexFormat.of();
  private static final byte[] HELLO = ascii("hello");
  private static final int KEYS_CHANGED = 9;

  private static GatewayProcess gateway;
  private static Api admin;
  private static Api app;

  @BeforeAll
  static void start() {
    gateway = GatewayProcess.start(
        "lanes=2",
        "traces.max=3",
        "registration.mode=open",
        "registration.defaultApp=" + APP,
        "registration.allowPrefixes=ACME");
    admin = gateway.api();
    app = admin.createApplication(APP);
  }

  @AfterAll
  static void stop() {
    gateway.closeClean();
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  private static Identity provisioned() {
    return admin.createTerminal(Identity.fresh(), APP);
  }

  private static void assertShows(Shown shown, String verdict, String digest) {
    assertThat(shown.verdict()).as("%s", shown).isEqualTo(verdict);
    assertThat(shown.data().path("explanation").path("digest").asText())
        .as("%s", shown)
        .isEqualTo(digest);
  }

  private static int result(Shown shown) {
    return shown.data().path("result").path("code").asInt(-1);
  }

  // Verifies that each frame of a terminal is shown both ways with its verdict, its bytes and what
  // they mean: login, readings, heartbeat, and frames that get no answer.
  @Test
  void showsEveryFrame() throws Exception {
    Identity who = provisioned();
    try (var trace = new TraceTap(admin, "/" + who.serial());
        PeerTerminal terminal = gateway.terminal(who)) {
      // WHEN it logs in
      terminal.login();
      // THEN requests and answers are shown
      assertShows(trace.await("in", "LOGIN"), "accepted", "good");
      Shown ack = trace.await("out", "LOGIN_ACK");
      assertShows(ack, "sent", "good");
      assertThat(result(ack)).isZero();
      assertThat(ack.data().path("bearer").asText()).isEqualTo("tcp");
      assertThat(ack.data().path("remote").asText()).startsWith("127.0.0.1:");
      assertShows(trace.await("in", "CONFIG_TRAP"), "accepted", "good");
      assertShows(trace.await("out", "CONFIG_TRAP_ACK"), "sent", "good");
      // WHEN it sends a reading THEN its bytes are shown as they were, and explained
      byte[] reading = terminal.signed(PeerTerminal.DATA, PeerTerminal.dataBody(APP, HELLO));
      assertThat(terminal.exchange(reading).result()).isZero();
      Shown data = trace.await("in", "TRANSPARENT_DATA");
      assertShows(data, "accepted", "good");
      assertThat(data.data().path("bytes").asText()).isEqualTo(HEX.formatHex(reading));
      assertThat(data.row("user-data").orElseThrow().path("value").asText())
          .isEqualTo(HEX.formatHex(HELLO));
      assertThat(result(trace.await("out", "TRANSPARENT_DATA_ACK"))).isZero();
      // AND so are a heartbeat, a copy, a wrong digest and a command that nobody knows
      terminal.heartbeat();
      assertShows(trace.await("in", "HEART_BEAT"), "accepted", "absent");
      assertShows(trace.await("out", "HEART_BEAT_ACK"), "sent", "absent");
      terminal.link().write(reading).read();
      Shown copy = trace.await("in", "TRANSPARENT_DATA");
      assertShows(copy, "answered", "good");
      assertThat(copy.data().path("reason").asText()).isEqualTo("duplicate-joined");
      terminal.expectNoAnswer(
          terminal.signedWith("wrong", PeerTerminal.DATA, 99, PeerTerminal.dataBody(APP, HELLO)));
      Shown wrong = trace.await("in", "TRANSPARENT_DATA");
      assertShows(wrong, "dropped", "wrong");
      assertThat(wrong.data().path("reason").asText()).isEqualTo("wrong-digest");
      terminal.expectNoAnswer(terminal.signed(0x0042, new byte[0]));
      Shown unknown = trace.await("in", "unknown command 0042");
      assertThat(unknown.data().path("reason").asText()).isEqualTo("unknown-command");
    }
  }

  // Verifies that encrypted bodies are shown decrypted, both ways, and no key with them.
  @Test
  void showsEncryptedBodies() throws Exception {
    Identity who = Identity.fresh();
    var json = Api.terminalJson(who, APP, "wmmp-3").put("baseKey", HEX.formatHex(ascii(BASE_KEY)));
    assertThat(admin.call("POST", "/v1/admin/terminals", json).status()).isEqualTo(201);
    try (var trace = new TraceTap(admin, "/" + who.serial());
        PeerTerminal terminal = gateway.terminal(who)) {
      PeerCipher cipher = new PeerCipher(terminal, BASE_KEY, Kind.TRIPLE_DES, Digest.MD5);
      cipher.login();
      assertThat(cipher.data(APP, "hello")).isZero();

      Shown login = trace.await("out", "LOGIN_ACK");
      assertThat(login.row("encrypted-session-key").orElseThrow().path("bytes").asText())
          .isEqualTo("****");
      Shown data = trace.await("in", "TRANSPARENT_DATA");
      assertThat(data.data().path("explanation").path("wrapping").asText()).isEqualTo("encrypted");
      assertThat(data.row("user-data").orElseThrow().path("value").asText())
          .isEqualTo(HEX.formatHex(HELLO));
      Shown ack = trace.await("out", "TRANSPARENT_DATA_ACK");
      assertThat(ack.data().at("/explanation/inside/0/rows")).isNotEmpty();
      assertThat(result(ack)).isZero();
      assertThat(new SecretScan()
              .add("session key", cipher.sessionKey())
              .add("base key", ascii(BASE_KEY))
              .in(ascii(trace.text())))
          .isEmpty();
    }
  }

  // Verifies that whoever watches a source sees a terminal register under its maker's placeholder,
  // and neither what it is given nor what it is given later under encryption.
  @Test
  void masksEverySecret() throws Exception {
    try (var trace = new TraceTap(admin, "?source=127.0.0.0/8");
        PeerLife life = new PeerLife(gateway.terminals())) {
      // GIVEN a terminal that registers, gets its secrets, logs in with them and is given others
      life.register();
      life.takeParameters();
      life.acknowledgeParameters();
      life.logIn();
      life.confirm();
      var secrets = Api.JSON.createObjectNode();
      secrets.putArray("secrets").add("uplinkPassword").add("downlinkPassword").add("baseKey");
      String path = "/v1/terminals/" + life.who().serial() + "/rotations";
      Await.until(
          "end of the registration's own set",
          Await.PATIENCE,
          () -> app.get(path).json().at("/items/0/state").asText().equals("succeeded"));
      assertThat(app.call("POST", path, secrets).status()).isEqualTo(202);
      life.takeNewSecrets();
      life.acknowledgeNewSecrets();
      life.logOut(KEYS_CHANGED);
      // THEN all of it is shown
      Shown register = trace.await("in", "REGISTER");
      assertThat(register.data().path("serial").asText()).isEqualTo("ACME000100000000");
      assertThat(result(trace.await("out", "REGISTER_ACK"))).isZero();
      Shown given = trace.await("out", "SECURITY_CONFIG");
      assertThat(given.row("uplink-password").orElseThrow().path("value").asText())
          .isEqualTo("****");
      assertThat(given.row("uplink-password-expiry").orElseThrow().path("value").asText())
          .isNotEqualTo("****");
      assertThat(given.data().path("bytes").asText()).contains("****");
      Shown rotated = trace.await("out", "SECURITY_CONFIG");
      assertThat(rotated.data().at("/explanation/inside/0/rows")).isNotEmpty();
      assertThat(rotated.row("base-key").orElseThrow().path("value").asText()).isEqualTo("****");
      trace.await("out", "LOGOUT_ACK");
      // AND no secret
      SecretScan scan = new SecretScan();
      assertThat(life.everySecret()).hasSize(6);
      life.everySecret().forEach(secret -> scan.add("a secret", ascii(secret)));
      assertThat(scan.in(ascii(trace.text()))).isEmpty();
    }
  }

  // Verifies that attempts under serials that nobody has are shown, and bytes that are no frame to
  // who watches their source.
  @Test
  void showsStrangers() throws Exception {
    Identity stranger = Identity.fresh();
    try (var trace = new TraceTap(admin, "/" + stranger.serial());
        var source = new TraceTap(admin, "?source=127.0.0.1");
        PeerTerminal terminal = gateway.terminal(stranger)) {
      terminal.exchangeLogin(terminal.loginFrame(1, 0));
      terminal.link().write(terminal.unsigned(PeerTerminal.HEART_BEAT, 2, 0, new byte[0]));

      assertShows(trace.await("in", "LOGIN"), "accepted", "unchecked");
      assertThat(result(trace.await("out", "LOGIN_ACK"))).isEqualTo(6);
      Shown beat = trace.await("in", "HEART_BEAT");
      assertThat(beat.data().path("reason").asText()).isEqualTo("unknown-serial");
      try (PeerLink broken = new PeerLink(gateway.terminals())) {
        broken.write(new byte[] {0, 1, 2, 3});
        broken.expectClosed(Await.PATIENCE);
      }
      Shown unframed = source.await("unframed", shown -> shown.type().equals("unframed"));
      assertThat(unframed.data().path("reason").asText()).startsWith("length-too-short");
    }
  }

  // Verifies that a trace follows its terminal over connections and lanes, and shows no other's.
  @Test
  void followsOverLanes() throws Exception {
    Identity who = provisioned();
    Identity other = provisioned();
    int moves = 6;
    try (var trace = new TraceTap(admin, "/" + who.serial() + "?commands=TRANSPARENT_DATA");
        PeerTerminal terminal = gateway.terminal(who).login();
        PeerTerminal neighbour = gateway.terminal(other).login()) {
      for (int i = 0; i < moves; i++) {
        assertThat(terminal.data(APP, ascii("reading " + i))).isZero();
        assertThat(neighbour.data(APP, HELLO)).isZero();
        terminal.reconnect();
      }
      for (int i = 0; i < moves; i++) {
        Shown data = trace.await("in", "TRANSPARENT_DATA");
        assertThat(data.row("user-data").orElseThrow().path("value").asText())
            .isEqualTo(HEX.formatHex(ascii("reading " + i)));
        trace.await("out", "TRANSPARENT_DATA_ACK");
      }
      assertThat(trace.all()).hasSize(2 * moves).noneMatch(shown -> shown.type().equals("lost"));
      assertThat(trace.text()).doesNotContain(other.serial());
    }
  }

  // Verifies that a trace narrows by direction, and says what is wrong with what it is asked.
  @Test
  void narrows() throws Exception {
    Identity who = provisioned();
    try (var trace =
            new TraceTap(admin, "/" + who.serial() + "?direction=out&commands=LOGIN,0007");
        PeerTerminal terminal = gateway.terminal(who).login()) {
      assertThat(terminal.data(APP, HELLO)).isZero();
      trace.await("out", "LOGIN_ACK");
      trace.await("out", "CONFIG_TRAP_ACK");
      assertThat(trace.all()).hasSize(2);
    }
    String base = "/v1/admin/traces";
    for (String wrong : List.of(
        base,
        base + "?source=nowhere",
        base + "/no%20serial",
        base + "/X?direction=up",
        base + "/X?commands=LOGIM",
        base + "/X?command=LOGIN")) {
      assertThat(admin.get(wrong).status()).as(wrong).isEqualTo(422);
    }
    assertThat(app.get(base + "/" + who.serial()).status()).isEqualTo(403);
  }

  // Verifies that there are at most so many traces, and that each is in the audit with its end.
  @Test
  void boundsAndAudits() throws Exception {
    String serial = Identity.fresh().serial();
    try (var first = new TraceTap(admin, "/" + serial);
        var second = new TraceTap(admin, "/" + serial);
        var third = new TraceTap(admin, "/" + serial)) {
      Api.Answer fourth = admin.get("/v1/admin/traces/" + serial);
      assertThat(fourth.status()).isEqualTo(429);
      assertThat(fourth.json().path("type").asText()).endsWith("quota-exceeded");
      assertThat(admin.metric("m2mgate_tap_open", "kind=\"trace\"")).isEqualTo(3);
      assertThat(first.all()).isEmpty();
      assertThat(second.all()).isEmpty();
      assertThat(third.all()).isEmpty();
    }
    Await.until(
        "ends in the audit",
        Await.PATIENCE,
        () -> audited("trace.ended", serial).size() == 4);
    assertThat(audited("trace.started", serial)).hasSize(4);
    new TraceTap(admin, "/" + serial).close();
  }

  private static List<JsonNode> audited(String action, String target) {
    JsonNode items = admin.get("/v1/admin/audit?limit=1000").json().path("items");
    return java.util.stream.StreamSupport.stream(items.spliterator(), false)
        .filter(entry -> entry.path("action").asText().equals(action))
        .filter(entry -> entry.path("target").asText().equals(target))
        .toList();
  }

  // Verifies that a command inside a TRANSPARENT_CMD is explained, refused, and told to the
  // application once a minute, and a command that nobody knows likewise.
  @Test
  void tellsOfCommandsThatNobodyServes() throws Exception {
    Identity who = provisioned();
    byte[] inner =
        bytes().tlv(0x4012, who.serial()).tlv(0x4016, (byte) 0, (byte) 6).toArray();
    try (var trace = new TraceTap(admin, "/" + who.serial() + "?commands=TRANSPARENT_CMD");
        PeerTerminal terminal = gateway.terminal(who).login()) {
      for (int i = 0; i < 3; i++) {
        byte[] request = terminal.signed(PeerTerminal.TRANSPARENT_CMD, inner);
        assertThat(terminal.exchange(request).result()).isEqualTo(3);
        terminal.link().write(terminal.signed(0x0042, new byte[0]));
        terminal.link().write(terminal.signed(0x0043, new byte[0]));
        // Nobody proved these: they are told of together.
        for (int unproven = 0x50; unproven < 0x60; unproven++) {
          terminal.link().write(terminal.unsigned(unproven, 1, 0, new byte[0]));
        }
      }
      terminal.heartbeat();
      Shown shown = trace.await("in", "TRANSPARENT_CMD");
      assertThat(shown.row("inner").orElseThrow().path("name").asText()).isEqualTo("CONFIG_SET");
      assertThat(result(trace.await("out", "TRANSPARENT_CMD_ACK"))).isEqualTo(3);
      List<JsonNode> events = app.events(4, "m2m.terminal.refused", who.serial());
      assertThat(events)
          .extracting(event -> event.path("data"))
          .extracting(data -> data.path("reason").asText() + " "
              + data.path("command").asText() + " " + data.path("proven").asBoolean())
          .containsExactlyInAnyOrder(
              "notRouted TRANSPARENT_CMD true",
              "unknownCommand 0042 true",
              "unknownCommand 0043 true",
              "unknownCommand 0050 false");
      assertThat(events.stream()
              .map(event -> event.path("data").path("inner").path("name").asText())
              .filter(name -> !name.isEmpty()))
          .containsExactly("CONFIG_SET");
      assertThat(audited("terminal.refused", who.serial())).hasSize(4);
      assertThat(admin.metric("m2mgate_frames_dropped_total", "reason=\"unknown-command\""))
          .isGreaterThanOrEqualTo(3 * 18);
    }
  }

  // Verifies that the body of an unread report is shown as far as it can be read.
  @Test
  void showsMalformedBodies() throws Exception {
    Identity who = provisioned();
    try (var trace = new TraceTap(admin, "/" + who.serial());
        PeerTerminal terminal = gateway.terminal(who).login()) {
      byte[] past = bytes().u16(0x0011).u16(200).u8(1).toArray();
      assertThat(
              terminal.exchange(terminal.signed(PeerTerminal.CONFIG_TRAP, past)).result())
          .isEqualTo(1);
      trace.await("in", "CONFIG_TRAP");
      Shown report = trace.await("in", "CONFIG_TRAP");
      assertThat(report.data().path("reason").asText()).isEqualTo("malformed");
      assertThat(
              report.data().path("explanation").path("malformed").path("reason").asText())
          .isEqualTo("tlv-past-end");
    }
  }
}
