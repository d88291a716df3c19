package io.m2mgate.peer;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedKeyManager;

/** A key with a certificate of its own for this machine's loopback, as a store of Java's and as PEM files. */
public record PeerCertificate(KeyStore keys, Path certificate, Path key) {
  private static final char[] PASSWORD = "for-this-test".toCharArray();
  private static final String ALIAS = "peer";

  /** One for each name, made side by side. */
  public static List<PeerCertificate> make(Path directory, String... names) {
    List<Process> tools =
        Arrays.stream(names).map(name -> keytool(directory, name)).toList();
    return java.util.stream.IntStream.range(0, names.length)
        .mapToObj(i -> read(directory, names[i], tools.get(i)))
        .toList();
  }

  private static Process keytool(Path directory, String name) {
    try {
      return new ProcessBuilder(
              Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
              "-genkeypair",
              "-alias",
              ALIAS,
              "-keyalg",
              "EC",
              "-dname",
              "CN=" + name,
              "-ext",
              "SAN=ip:127.0.0.1,dns:localhost",
              "-storetype",
              "PKCS12",
              "-keystore",
              directory.resolve(name + ".p12").toString(),
              "-storepass",
              new String(PASSWORD))
          .redirectErrorStream(true)
          .redirectOutput(directory.resolve(name + ".log").toFile())
          .start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static PeerCertificate read(Path directory, String name, Process tool) {
    try {
      assertThat(tool.waitFor(60, TimeUnit.SECONDS)).isTrue();
      KeyStore keys = KeyStore.getInstance("PKCS12");
      try (var in = Files.newInputStream(directory.resolve(name + ".p12"))) {
        keys.load(in, PASSWORD);
      }
      return new PeerCertificate(
          keys,
          pem(
              directory.resolve(name + ".pem"),
              "CERTIFICATE",
              keys.getCertificate(ALIAS).getEncoded()),
          pem(
              directory.resolve(name + "-key.pem"),
              "PRIVATE KEY",
              keys.getKey(ALIAS, PASSWORD).getEncoded()));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Path pem(Path file, String type, byte[] der) throws IOException {
    String text = "-----BEGIN " + type + "-----\n"
        + Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII)).encodeToString(der)
        + "\n-----END " + type + "-----\n";
    return Files.writeString(file, text);
  }

  /** A client that trusts these and shows nothing. */
  public static SSLContext trusting(PeerCertificate... trusted) {
    return context(new KeyManager[0], trusted);
  }

  /** A client that trusts these and shows this one. */
  public SSLContext showing(PeerCertificate... trusted) {
    try {
      var managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
      managers.init(keys, PASSWORD);
      var key = (X509ExtendedKeyManager) managers.getKeyManagers()[0];
      return context(new KeyManager[] {new Shown(key)}, trusted);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static SSLContext context(KeyManager[] shown, PeerCertificate... trusted) {
    try {
      KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
      store.load(null, null);
      for (PeerCertificate one : trusted) {
        store.setCertificateEntry("trusted-" + store.size(), one.keys.getCertificate(ALIAS));
      }
      var managers = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      managers.init(store);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(shown, managers.getTrustManagers(), null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Shows its certificate also to who says that he knows only others. */
  private static final class Shown extends X509ExtendedKeyManager {
    private final X509ExtendedKeyManager key;

    Shown(X509ExtendedKeyManager key) {
      this.key = key;
    }

    @Override
    public String chooseEngineClientAlias(String[] types, Principal[] issuers, SSLEngine engine) {
      return key.chooseEngineClientAlias(types, null, engine);
    }

    @Override
    public String chooseClientAlias(String[] types, Principal[] issuers, Socket socket) {
      return key.chooseClientAlias(types, null, socket);
    }

    @Override
    public String[] getClientAliases(String type, Principal[] issuers) {
      return key.getClientAliases(type, null);
    }

    @Override
    public String[] getServerAliases(String type, Principal[] issuers) {
      return key.getServerAliases(type, issuers);
    }

    @Override
    public String chooseServerAlias(String type, Principal[] issuers, Socket socket) {
      return key.chooseServerAlias(type, issuers, socket);
    }

    @Override
    public X509Certificate[] getCertificateChain(String alias) {
      return key.getCertificateChain(alias);
    }

    @Override
    public PrivateKey getPrivateKey(String alias) {
      return key.getPrivateKey(alias);
    }
  }
}
