package io.m2mgate.sms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.m2mgate.peer.Await;
import io.m2mgate.peer.Smsc;
import io.m2mgate.peer.TestAuthority;
import io.vertx.core.Vertx;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The link {@code smpp} through TLS. */
class SmppTlsIT {
  private static final byte[] USER_DATA = {11, 5, 4};

  @TempDir
  Path directory;

  // Verifies that messages go through TLS, that a certificate of an authority that is not trusted,
  // or of another host, opens no
  // session, and that the reason is told.
  @Test
  void checksCertificateAndHost() throws Exception {
    var trusted = new TestAuthority(directory.resolve("trusted"), "ip:127.0.0.1");
    var other = new TestAuthority(directory.resolve("other"), "ip:192.0.2.1");
    try (var smsc = Smsc.start(Files.createDirectory(directory.resolve("smsc")), trusted);
        var gateway = CentreUnderTest.open(settings(smsc, trusted.authority()))) {
      gateway.awaitUp();
      gateway.expectSent("8613900000001", USER_DATA);
      smsc.send("8613900000001", USER_DATA);
      smsc.awaitTaken();
      assertThat(gateway.taken).hasSize(1);
      try (var stranger = CentreUnderTest.open(settings(smsc, other.authority()))) {
        expectReason(stranger, "its TLS is not accepted");
      }
      assertThat(smsc.binds()).isEqualTo(1);
    }
    try (var elsewhere = Smsc.start(Files.createDirectory(directory.resolve("elsewhere")), other);
        var gateway = CentreUnderTest.open(settings(elsewhere, other.authority()))) {
      expectReason(gateway, "127.0.0.1");
      assertThat(elsewhere.binds()).isZero();
    }
  }

  // Verifies that a file of authorities that is none stops the start and is named.
  @Test
  void namesUnusableFile() throws Exception {
    Path nonsense = Files.writeString(directory.resolve("nonsense.pem"), "nothing");
    Map<String, String> told = CentreUnderTest.told(
        CentreUnderTest.load("sms.smpp.tls.enabled=true", "sms.smpp.tls.trustFile=" + nonsense));
    Vertx vertx = Vertx.vertx();

    assertThatThrownBy(() -> new SmppLinkProvider().create(told, vertx))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("sms.smpp.tls.trustFile");
    CentreUnderTest.get(vertx.close());
  }

  private static void expectReason(CentreUnderTest gateway, String words) {
    Await.until(
        "a reason", Await.PATIENCE, () -> gateway.status().state().reason().contains(words));
    assertThat(gateway.status().state().up()).isFalse();
  }

  private static String[] settings(Smsc smsc, Path authority) {
    return smsc.settings("sms.smpp.tls.enabled=true", "sms.smpp.tls.trustFile=" + authority);
  }
}
