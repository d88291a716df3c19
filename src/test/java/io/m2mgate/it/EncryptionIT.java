package io.m2mgate.it;

import static io.m2mgate.peer.PeerBytes.bytes;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.m2mgate.peer.Api;
import io.m2mgate.peer.GatewayProcess;
import io.m2mgate.peer.Identity;
import io.m2mgate.peer.PeerCipher;
import io.m2mgate.peer.PeerCipher.Digest;
import io.m2mgate.peer.PeerCipher.Kind;
import io.m2mgate.peer.PeerFrame;
import io.m2mgate.peer.PeerTerminal;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Wire 4 and behaviour 5.3.2 from outside: session keys, and bodies under them. */
class EncryptionIT {
  private static final String APP = "SAFE";
  private static final String BASE_KEY = "BaseKeyOfTwentyFourChars";
  private static final HexFormat HEX = HexFormat.of();
  private static final long NEVER = 0xFFFFFFFFL;
  private static final int LATER_SECONDS = 86_400;

  private static GatewayProcess gateway;
  private static Api admin;
  private static Api app;

  @BeforeAll
  static void start() {
    gateway = GatewayProcess.start("security.sessionKeyBlocks=200");
    admin = gateway.api();
    app = admin.createApplication(APP);
    for (String policy : List.of("off", "optional", "required")) {
      admin.createProfile("encryption-" + policy, profile -> profile.put("encryption", policy));
    }
    for (Kind kind : Kind.values()) {
      admin.createProfile(
          "cipher-" + kind.profile(), profile -> profile.put("cipher", kind.profile()));
    }
    for (Digest digest : Digest.values()) {
      admin.createProfile(
          "mac-" + digest.profile(), profile -> profile.put("mac", digest.profile()));
    }
  }

  @AfterAll
  static void stop() {
    gateway.closeClean();
  }

  private record Peer(PeerTerminal terminal, PeerCipher cipher) implements AutoCloseable {
    Identity who() {
      return terminal.who();
    }

    @Override
    public void close() {
      terminal.close();
    }
  }

  private static Peer peer(String profile) {
    return peer(profile, Kind.TRIPLE_DES, Digest.MD5);
  }

  private static Peer peer(String profile, Kind kind, Digest digest) {
    return peer(provisioned(profile, BASE_KEY), BASE_KEY, kind, digest);
  }

  private static Peer peer(Identity who, String baseKey, Kind kind, Digest digest) {
    PeerTerminal terminal = gateway.terminal(who);
    return new Peer(terminal, new PeerCipher(terminal, baseKey, kind, digest));
  }

  private static Identity provisioned(String profile, String baseKey) {
    Identity who = Identity.fresh();
    var body = Api.terminalJson(who, APP, profile)
        .put("baseKey", HEX.formatHex(baseKey.getBytes(StandardCharsets.US_ASCII)));
    var answer = admin.call("POST", "/v1/admin/terminals", body);
    assertThat(answer.status()).as("create terminal: %s", answer.body()).isEqualTo(201);
    return who;
  }

  private static Identity provisionedWithoutBaseKey() {
    return admin.createTerminal(Identity.fresh(), APP, "wmmp-3");
  }

  private static List<String> payloads(Identity who, int count) {
    return app.readings(count, who).stream()
        .map(event -> event.path("data").path("payload").asText())
        .map(text -> new String(Base64.getDecoder().decode(text), StandardCharsets.US_ASCII))
        .toList();
  }

  private static List<JsonNode> events(Identity who, String type, int atLeast) {
    return app.events(atLeast, type, who.serial());
  }

  // Verifies that each cipher carries readings and answers, and that nobody is told the key.
  @ParameterizedTest
  @EnumSource(Kind.class)
  void encryptsBothWays(Kind kind) {
    try (Peer peer = peer("cipher-" + kind.profile(), kind, Digest.MD5)) {
      // GIVEN a session whose terminal proved its base key
      long before = Instant.now().getEpochSecond();
      peer.cipher().login();
      assertThat(peer.cipher().expirySeconds())
          .isBetween(before + LATER_SECONDS, Instant.now().getEpochSecond() + LATER_SECONDS);
      // WHEN it sends readings, a report and a question, encrypted
      assertThat(peer.cipher().data(APP, "first")).isZero();
      assertThat(peer.cipher().data(APP, "second reading, of another length")).isZero();
      byte[] report =
          bytes().tlv(0x0011, (byte) 0, (byte) 0, (byte) 0, (byte) 60).toArray();
      assertThat(peer.cipher().exchange(PeerTerminal.CONFIG_TRAP, report)).startsWith(0);
      byte[] question = bytes().u16(0x0011).u16(0).toArray();
      // THEN each is served or refused as it is in clear, its answer encrypted
      assertThat(peer.cipher().exchange(PeerTerminal.CONFIG_REQ, question))
          .startsWith(1, 0, 0x11, 0, 0);
      assertThat(payloads(peer.who(), 2))
          .containsExactly("first", "second reading, of another length");
      assertThat(events(peer.who(), "m2m.report", 1).get(0).toString()).contains("60");
      // AND heartbeat and logout find their answers
      assertThat(peer.cipher().exchange(PeerTerminal.HEART_BEAT, new byte[0])).isEmpty();
      assertThat(peer.cipher().exchange(PeerTerminal.LOGOUT, new byte[] {8})).isEmpty();
      assertThat(events(peer.who(), "m2m.terminal.logout", 1).get(0).toString())
          .contains("sessionKeyExpired");
      assertTellsNoKey(peer);
    }
  }

  private static void assertTellsNoKey(Peer peer) {
    List<String> forms = List.of(
        BASE_KEY,
        HEX.formatHex(peer.cipher().sessionKey()),
        Base64.getEncoder().encodeToString(peer.cipher().sessionKey()));
    String told = app.events(
            1, event -> event.path("subject").asText().equals(peer.who().serial()))
        .toString();
    String shown = admin.terminal(peer.who().serial()).toString();
    for (String form : forms) {
      assertThat(told).doesNotContain(form);
      assertThat(shown).doesNotContain(form);
      assertThat(gateway.process().output()).noneMatch(line -> line.contains(form));
    }
  }

  // Verifies that each kind of digest opens a session and carries it, encrypted too, and that MD5
  // does not where another is asked for.
  @ParameterizedTest
  @EnumSource(Digest.class)
  void signsAsTheProfileSays(Digest digest) {
    try (Peer peer = peer("mac-" + digest.profile(), Kind.TRIPLE_DES, digest)) {
      peer.cipher().login();
      assertThat(peer.cipher().data(APP, "signed")).isZero();
      if (digest != Digest.MD5) {
        PeerTerminal plain = peer.terminal();
        assertThat(
                plain.exchangeLogin(plain.loginFrame(plain.nextSequence(), 0)).result())
            .isEqualTo(4);
      }
    }
  }

  // Verifies that the session and its key survive kill -9, also between a request and its repeat.
  @Test
  void goesOnAfterKill() {
    try (Peer peer = peer("cipher-aes-128", Kind.AES, Digest.MD5)) {
      peer.cipher().login();
      byte[] body = PeerTerminal.dataBody(APP, "before".getBytes(StandardCharsets.US_ASCII));
      byte[] request = peer.cipher().encrypted(PeerTerminal.DATA, 100, body);
      assertThat(peer.cipher().exchange(request)).startsWith(0);

      gateway.kill().restart();
      peer.terminal().reconnect();

      // the same under another IV is the same reading
      assertThat(peer.cipher().exchange(peer.cipher().encrypted(PeerTerminal.DATA, 100, body)))
          .startsWith(0);
      peer.terminal().countingFrom(101);
      assertThat(peer.cipher().data(APP, "after")).isZero();
      assertThat(payloads(peer.who(), 2)).containsExactly("before", "after");
    }
  }

  // Verifies that a LOGIN sent again gets the same key, and one after it another.
  @Test
  void givesOneKeyToOneSession() {
    try (Peer peer = peer("wmmp-3")) {
      byte[] login = peer.cipher().loginFrame(peer.cipher().proof(NEVER));
      byte[] first = peer.cipher().take(peer.cipher().exchangeLogin(login)).sessionKey();
      byte[] again = peer.cipher().take(peer.cipher().exchangeLogin(login)).sessionKey();
      assertThat(again).isEqualTo(first);
      assertThat(peer.cipher().data(APP, "one")).isZero();
      byte[] next = peer.cipher().login().sessionKey();
      assertThat(next).isNotEqualTo(first);
    }
  }

  // Verifies that a clear body gets no answer in a session with a key, changes nothing, and is
  // counted.
  @Test
  void refusesAClearBody() {
    try (Peer peer = peer("wmmp-3")) {
      peer.cipher().login();
      byte[] reading = PeerTerminal.dataBody(APP, "clear".getBytes(StandardCharsets.US_ASCII));

      peer.terminal().expectNoAnswer(peer.cipher().clear(PeerTerminal.DATA, reading));

      assertThat(peer.cipher().data(APP, "hidden")).isZero();
      assertThat(payloads(peer.who(), 1)).containsExactly("hidden");
      assertThat(admin.metric("m2mgate_frames_dropped_total", "reason=\"clear-body\""))
          .isPositive();
    }
  }

  // Verifies that an optional profile takes clear bodies and encrypted ones.
  @Test
  void takesBothWhereOptional() {
    try (Peer peer = peer("encryption-optional")) {
      peer.cipher().login();
      byte[] reading = PeerTerminal.dataBody(APP, "clear".getBytes(StandardCharsets.US_ASCII));

      assertThat(peer.cipher().exchange(peer.cipher().clear(PeerTerminal.DATA, reading)))
          .startsWith(0);
      assertThat(peer.cipher().data(APP, "hidden")).isZero();

      assertThat(payloads(peer.who(), 2)).containsExactly("clear", "hidden");
    }
  }

  // Verifies that a profile that wants encryption opens no session without it.
  @Test
  void refusesALoginWithoutProof() {
    try (Peer peer = peer("encryption-required")) {
      PeerTerminal plain = peer.terminal();

      assertThat(plain.exchangeLogin(plain.loginFrame(plain.nextSequence(), 0)).result())
          .isEqualTo(4);
      assertThat(peer.cipher()
              .exchangeLogin(peer.cipher().loginFrame(new byte[16]))
              .result())
          .isEqualTo(4);
      assertThat(events(peer.who(), "m2m.terminal.keyMismatch", 1)).hasSize(1);
      peer.cipher().login();
      assertThat(peer.cipher().data(APP, "encrypted")).isZero();
    }
  }

  // Verifies that a profile without encryption gives no key, whatever the terminal asks for.
  @Test
  void givesNoKeyWhereOff() {
    try (Peer peer = peer("encryption-off")) {
      peer.cipher()
          .take(
              peer.cipher().exchangeLogin(peer.cipher().loginFrame(peer.cipher().proof(NEVER))));

      assertThat(peer.cipher().sessionKey()).isEmpty();
      assertThat(peer.cipher().data(APP, "clear")).isZero();
    }
  }

  // Verifies that a terminal with another base key gets a session without a key, that its
  // application is told once, and that what it encrypts is refused.
  @Test
  void tellsOfAnotherBaseKey() {
    Identity who = provisioned("wmmp-3", BASE_KEY);
    try (Peer peer = peer(who, "AnotherKeyOfTwentyFourCh", Kind.TRIPLE_DES, Digest.MD5)) {
      for (int i = 0; i < 3; i++) {
        peer.cipher()
            .take(peer.cipher()
                .exchangeLogin(peer.cipher().loginFrame(peer.cipher().proof(i))));
        assertThat(peer.cipher().sessionKey()).isEmpty();
      }
      assertThat(peer.cipher().data(APP, "clear")).isZero();
      List<JsonNode> told = events(who, "m2m.terminal.keyMismatch", 1);
      assertThat(told).hasSize(1);
      assertThat(told.get(0).path("data").path("reason").asText()).isEqualTo("other");
      byte[] wrapped = bytes().tlv(0xE042, new byte[16]).toArray();
      byte[] request = peer.terminal()
          .sign(peer.terminal()
              .unsigned(PeerTerminal.DATA, peer.terminal().nextSequence(), 0xF0, wrapped));
      assertThat(peer.terminal().exchange(request).result()).isEqualTo(3);
    }
  }

  // Verifies that a terminal without a base key logs in, with an event only where there should be
  // one.
  @Test
  void takesATerminalWithoutBaseKey() {
    Identity without = provisionedWithoutBaseKey();
    Identity lost = provisioned("wmmp-3", BASE_KEY);
    for (Identity who : List.of(without, lost)) {
      try (Peer peer = peer(who, BASE_KEY, Kind.TRIPLE_DES, Digest.MD5)) {
        peer.cipher()
            .take(peer.cipher().exchangeLogin(peer.cipher().loginFrame(PeerCipher.proofOfNone())));
        assertThat(peer.cipher().sessionKey()).isEmpty();
        assertThat(peer.cipher().data(APP, "clear")).isZero();
      }
    }
    assertThat(events(lost, "m2m.terminal.keyMismatch", 1)
            .get(0)
            .path("data")
            .path("reason")
            .asText())
        .isEqualTo("none-there");
    assertThat(events(without, "m2m.terminal.keyMismatch", 0)).isEmpty();
  }

  // Verifies that the application hears of a cleared PIN1, once the session is confirmed.
  @Test
  void tellsOfAClearedPin() {
    try (Peer peer = peer("wmmp-3")) {
      byte[] tlvs = bytes().tlv(0xE020, (byte) 0x80).toArray();
      peer.cipher().take(peer.cipher().exchangeLogin(peer.cipher().loginFrame(tlvs, 0xA0)));
      assertThat(events(peer.who(), "m2m.terminal.pin1Cleared", 0)).isEmpty();

      assertThat(peer.cipher().data(APP, "clear")).isZero();

      assertThat(events(peer.who(), "m2m.terminal.pin1Cleared", 1)).hasSize(1);
    }
  }

  // Verifies that a worn key is told of once, counted, and goes on.
  @Test
  void tellsOfAWornKey() {
    try (Peer peer = peer("wmmp-3")) {
      peer.cipher().login();
      double before = admin.metric("m2mgate_cipher_blocks_total", "direction=\"in\"");
      for (int i = 0; i < 4; i++) {
        assertThat(peer.cipher().data(APP, "x".repeat(800))).isZero();
      }
      List<JsonNode> told = events(peer.who(), "m2m.key.expired", 1);
      assertThat(told).hasSize(1);
      assertThat(told.get(0).path("data").path("reason").asText()).isEqualTo("blocks");
      assertThat(admin.metric("m2mgate_cipher_blocks_total", "direction=\"in\""))
          .isGreaterThanOrEqualTo(before + 400);
    }
  }

  // Verifies that a body that does not decrypt gets nothing, and the session goes on.
  @ParameterizedTest
  @CsvSource({"31", "64"})
  void survivesGarbage(int length) {
    try (Peer peer = peer("cipher-sm4", Kind.SM4, Digest.MD5)) {
      peer.cipher().login();
      byte[] wrapped = bytes().tlv(0xE042, new byte[length]).toArray();
      byte[] request = peer.terminal()
          .sign(peer.terminal()
              .unsigned(PeerTerminal.DATA, peer.terminal().nextSequence(), 0xF0, wrapped));

      peer.terminal().expectNoAnswer(request);

      assertThat(peer.cipher().data(APP, "good")).isZero();
      assertThat(admin.metric("m2mgate_frames_dropped_total", "reason=\"decryption-failed\""))
          .isPositive();
    }
  }

  // Verifies that a captured LOGIN, sent again, gives its sender nothing that opens.
  @Test
  void givesAReplayNothingToRead() {
    try (Peer peer = peer("wmmp-3");
        PeerTerminal thief = gateway.terminal(peer.who())) {
      byte[] login = peer.cipher().loginFrame(peer.cipher().proof(NEVER));
      peer.cipher().take(peer.cipher().exchangeLogin(login));
      assertThat(peer.cipher().data(APP, "mine")).isZero();

      PeerFrame ack = thief.link().write(login).read();

      Consumer<String> absent = form -> assertThat(HEX.formatHex(ack.bytes())).doesNotContain(form);
      absent.accept(HEX.formatHex(peer.cipher().sessionKey()));
      absent.accept(HEX.formatHex(BASE_KEY.getBytes(StandardCharsets.US_ASCII)));
      assertThat(peer.cipher().data(APP, "still mine")).isZero();
    }
  }
}
