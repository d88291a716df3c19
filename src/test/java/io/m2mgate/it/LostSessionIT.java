package io.m2mgate.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.m2mgate.peer.Api;
import io.m2mgate.peer.GatewayProcess;
import io.m2mgate.peer.Identity;
import io.m2mgate.peer.PeerCipher;
import io.m2mgate.peer.PeerCipher.Digest;
import io.m2mgate.peer.PeerCipher.Kind;
import io.m2mgate.peer.PeerTerminal;
import java.nio.charset.StandardCharsets;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.HexFormat;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Sessions that cannot go on as they began, and how their terminals come back (wire 4, behaviour 5.4.5). */
class LostSessionIT {
  private static final String APP = "SAFE";
  private static final String BASE_KEY = "BaseKeyOfTwentyFourChars";

  private static GatewayProcess gateway;
  private static Api admin;
  private static Api app;

  @BeforeAll
  static void start() {
    gateway = GatewayProcess.start();
    admin = gateway.api();
    app = admin.createApplication(APP);
    admin.createProfile("aes", profile -> profile.put("cipher", Kind.AES.profile()));
  }

  @AfterAll
  static void stop() {
    gateway.closeClean();
  }

  private static Identity provisioned(String profile) {
    Identity who = Identity.fresh();
    byte[] baseKey = BASE_KEY.getBytes(StandardCharsets.US_ASCII);
    var body =
        Api.terminalJson(who, APP, profile).put("baseKey", HexFormat.of().formatHex(baseKey));
    var answer = admin.call("POST", "/v1/admin/terminals", body);
    assertThat(answer.status()).as("create terminal: %s", answer.body()).isEqualTo(201);
    return who;
  }

  // Verifies that a stored key that does not open costs its session, and nothing else of the
  // terminal: it logs in again.
  @ParameterizedTest
  @ValueSource(strings = {"not base64", "AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyAhIiMkJQ=="})
  void losesNoMoreThanTheSessionOfABrokenKey(String stored) throws SQLException {
    Identity who = provisioned("aes");
    try (PeerTerminal terminal = gateway.terminal(who)) {
      PeerCipher peer = new PeerCipher(terminal, BASE_KEY, Kind.AES, Digest.MD5);
      peer.login();
      assertThat(peer.data(APP, "before")).isZero();
      assertThat(peer.exchange(PeerTerminal.LOGOUT, new byte[] {8})).isEmpty();
      peer.login();
      assertThat(peer.data(APP, "again")).isZero();

      gateway.kill();
      breakKeys(who, stored);
      gateway.restart();
      terminal.reconnect();

      byte[] reading = PeerTerminal.dataBody(APP, "lost".getBytes(StandardCharsets.US_ASCII));
      byte[] request = peer.encrypted(PeerTerminal.DATA, terminal.nextSequence(), reading);
      assertThat(terminal.link().write(request).read().result()).isNotZero();
      peer.login();
      assertThat(peer.data(APP, "after")).isZero();
      assertThat(app.readings(3, who)).hasSize(3);
      assertThat(gateway.process().output().stream()
              .filter(line -> line.contains("WARN") && line.contains(who.serial())))
          .hasSize(1);
    }
  }

  // Verifies that a terminal in a session without a key is not read any more once its profile wants
  // encryption, may log out, and is served again when it proves its base key.
  @Test
  void endsClearBodiesWhenEncryptionBecomesRequired() {
    admin.createProfile("stricter", profile -> profile.put("encryption", "whenNegotiated"));
    Identity who = provisioned("stricter");
    try (PeerTerminal terminal = gateway.terminal(who).login()) {
      assertThat(terminal.data(APP, new byte[] {1})).isZero();

      admin.createProfile("stricter", profile -> profile.put("encryption", "required"));

      byte[] reading = PeerTerminal.dataBody(APP, new byte[] {2});
      terminal.expectNoAnswer(terminal.signed(PeerTerminal.DATA, reading));
      terminal.heartbeat();
      terminal.logout(0);
      assertThat(terminal
              .exchangeLogin(terminal.loginFrame(terminal.nextSequence(), 0))
              .result())
          .isEqualTo(4);
      PeerCipher peer = new PeerCipher(terminal, BASE_KEY, Kind.TRIPLE_DES, Digest.MD5);
      peer.login();
      assertThat(peer.data(APP, "hidden")).isZero();
      assertThat(app.readings(2, who)).hasSize(2);
    }
  }

  private static void breakKeys(Identity who, String stored) throws SQLException {
    try (var store =
            DriverManager.getConnection("jdbc:sqlite:" + gateway.dataDir().resolve("m2mgate.db"));
        var read = store.prepareStatement("SELECT tokens FROM session WHERE serial = ?");
        var write = store.prepareStatement("UPDATE session SET tokens = ? WHERE serial = ?")) {
      read.setString(1, who.serial());
      String tokens = read.executeQuery().getString(1);
      String broken = tokens.replaceAll("(\"aes-128\",\")[^\"]*", "$1" + stored);
      assertThat(broken).contains(stored);
      write.setString(1, broken);
      write.setString(2, who.serial());
      assertThat(write.executeUpdate()).isEqualTo(1);
    }
  }
}
