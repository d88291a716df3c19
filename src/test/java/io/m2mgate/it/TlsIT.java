package io.m2mgate.it;

import static io.m2mgate.peer.PeerBytes.bytes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.m2mgate.peer.Api;
import io.m2mgate.peer.GatewayProcess;
import io.m2mgate.peer.Identity;
import io.m2mgate.peer.PeerLink;
import io.m2mgate.peer.PeerTerminal;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.Base64;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The listeners behind TLS, by clients that trust the one certificate (application.md, "Security"). */
class TlsIT {
  private static final char[] STORE_PASSWORD = "for-this-test".toCharArray();
  private static final String ALIAS = "gateway";

  @TempDir
  static Path directory;

  private static GatewayProcess gateway;
  private static SSLContext trust;

  @BeforeAll
  static void start() throws Exception {
    KeyStore keys = certificate();
    Path certificate =
        pem("certificate.pem", "CERTIFICATE", keys.getCertificate(ALIAS).getEncoded());
    Path key = pem("key.pem", "PRIVATE KEY", keys.getKey(ALIAS, STORE_PASSWORD).getEncoded());
    var trusted = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trusted.init(keys);
    trust = SSLContext.getInstance("TLS");
    trust.init(null, trusted.getTrustManagers(), null);
    gateway = GatewayProcess.start(
        "terminal.tcp.tls.enabled=true",
        "terminal.tcp.tls.certificateFile=" + certificate,
        "terminal.tcp.tls.keyFile=" + key,
        "http.tls.enabled=true",
        "http.tls.certificateFile=" + certificate,
        "http.tls.keyFile=" + key);
  }

  @AfterAll
  static void stop() {
    gateway.closeClean();
  }

  private static KeyStore certificate() throws Exception {
    Path file = directory.resolve("gateway.p12");
    Process tool = new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
            "-genkeypair",
            "-alias",
            ALIAS,
            "-keyalg",
            "EC",
            "-dname",
            "CN=localhost",
            "-ext",
            "SAN=ip:127.0.0.1,dns:localhost",
            "-storetype",
            "PKCS12",
            "-keystore",
            file.toString(),
            "-storepass",
            new String(STORE_PASSWORD))
        .redirectErrorStream(true)
        .redirectOutput(directory.resolve("keytool.log").toFile())
        .start();
    assertThat(tool.waitFor(60, TimeUnit.SECONDS)).isTrue();
    KeyStore keys = KeyStore.getInstance("PKCS12");
    try (var in = Files.newInputStream(file)) {
      keys.load(in, STORE_PASSWORD);
    }
    keys.setCertificateEntry("trusted", keys.getCertificate(ALIAS));
    return keys;
  }

  private static Path pem(String name, String type, byte[] der) throws Exception {
    String text = "-----BEGIN " + type + "-----\n"
        + Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII)).encodeToString(der)
        + "\n-----END " + type + "-----\n";
    return Files.writeString(directory.resolve(name), text);
  }

  private static String call(String method, String path, String body) throws Exception {
    URI base = gateway.endpoint("http");
    assertThat(base.getScheme()).isEqualTo("https");
    var client = HttpClient.newBuilder().sslContext(trust).build();
    var answer = client.send(
        HttpRequest.newBuilder(base.resolve(path))
            .header("Authorization", "Bearer " + gateway.adminKey())
            .header("Content-Type", "application/json")
            .method(method, HttpRequest.BodyPublishers.ofString(body))
            .build(),
        BodyHandlers.ofString());
    assertThat(answer.statusCode()).as(answer.body()).isBetween(200, 299);
    return answer.body();
  }

  // Verifies that a terminal behind TLS logs in and delivers readings, small ones and many at once,
  // to an application that reads them through TLS.
  @Test
  void servesThroughTls() throws Exception {
    Identity who = Identity.fresh();
    call("POST", "/v1/admin/applications", "{\"appCode\":\"TLS1\"}");
    call("POST", "/v1/admin/terminals", Api.terminalJson(who, "TLS1", "wmmp-3").toString());
    try (PeerTerminal terminal =
        new PeerTerminal(who, gateway.terminals(), new PeerLink(gateway.terminals(), trust))) {
      terminal.login();
      for (int i = 0; i < 50; i++) {
        assertThat(terminal.data("TLS1", bytes().u32(i).raw(new byte[1000]).toArray()))
            .isZero();
      }
    }
    String events = call("GET", "/v1/events?app=TLS1&types=m2m.data.up&limit=100", "");
    assertThat(Api.JSON.readTree(events).path("events")).hasSize(50);
  }

  // Verifies that a terminal that speaks no TLS gets nowhere there, and that one that does is
  // served
  // afterwards.
  @Test
  void turnsPlainTerminalsAway() {
    try (PeerLink plain = new PeerLink(gateway.terminals())) {
      plain.write(PeerTerminal.unsigned(
          Identity.fresh().serial(), PeerTerminal.HEART_BEAT, 1, 0, new byte[0]));
      plain.expectClosed(PeerLink.PATIENCE);
    }
    assertThatThrownBy(() -> new PeerLink(gateway.terminals(), SSLContext.getDefault()))
        .isInstanceOf(UncheckedIOException.class);
    try (PeerLink tls = new PeerLink(gateway.terminals(), trust)) {
      tls.write(PeerTerminal.unsigned(
          Identity.fresh().serial(), PeerTerminal.HEART_BEAT, 1, 0, new byte[0]));
      tls.expectSilence();
    }
  }
}
