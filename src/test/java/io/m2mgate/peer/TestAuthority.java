package io.m2mgate.peer;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** A certificate authority that a test makes, with one certificate that it signed, as PEM files in a directory. One thread owns it. */
public final class TestAuthority {
  private static final String PASSWORD = "for-this-test";

  private final Path directory;
  private final KeyStore keys;

  /** @param names of the signed certificate, such as {@code ip:127.0.0.1,dns:localhost} */
  public TestAuthority(Path directory, String names) throws Exception {
    this.directory = Files.createDirectories(directory);
    keytool("-alias", "authority", "-dname", "CN=authority", "-ext", "bc:c");
    keytool(
        "-alias", "server", "-dname", "CN=server", "-ext", "SAN=" + names, "-signer", "authority");
    keys = KeyStore.getInstance("PKCS12");
    try (var in = Files.newInputStream(store())) {
      keys.load(in, PASSWORD.toCharArray());
    }
    pem("ca.pem", "CERTIFICATE", keys.getCertificate("authority"));
    pem("server.pem", "CERTIFICATE", keys.getCertificate("server"));
    Key key = keys.getKey("server", PASSWORD.toCharArray());
    pem("server.key", "PRIVATE KEY", key.getEncoded());
  }

  private Path store() {
    return directory.resolve("keys.p12");
  }

  private void keytool(String... options) throws IOException, InterruptedException {
    var command = new ArrayList<String>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
    command.addAll(List.of("-genkeypair", "-keyalg", "EC", "-storetype", "PKCS12"));
    command.addAll(List.of("-keystore", store().toString(), "-storepass", PASSWORD));
    command.addAll(List.of(options));
    Process tool = new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(directory.resolve("keytool.log").toFile())
        .start();
    assertThat(tool.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(tool.exitValue()).as("keytool").isZero();
  }

  private void pem(String name, String type, Certificate certificate)
      throws IOException, GeneralSecurityException {
    pem(name, type, certificate.getEncoded());
  }

  private void pem(String name, String type, byte[] der) throws IOException {
    String text = "-----BEGIN " + type + "-----\n"
        + Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII)).encodeToString(der)
        + "\n-----END " + type + "-----\n";
    Files.writeString(directory.resolve(name), text);
  }

  public Path authority() {
    return directory.resolve("ca.pem");
  }

  public Path certificate() {
    return directory.resolve("server.pem");
  }

  public Path key() {
    return directory.resolve("server.key");
  }

  /** Of a client that trusts the authority and shows the signed certificate. */
  public SSLContext mutual() throws GeneralSecurityException, IOException {
    KeyStore trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, null);
    trusted.setCertificateEntry("authority", keys.getCertificate("authority"));
    var factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init(trusted);
    SSLContext context = SSLContext.getInstance("TLS");
    var own = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    own.init(keys, PASSWORD.toCharArray());
    context.init(own.getKeyManagers(), factory.getTrustManagers(), null);
    return context;
  }
}
