package io.m2mgate.net;

import io.vertx.core.Vertx;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.PemTrustOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * The PEM files of one listener, and how such files are read; its methods block.
 *
 * @param clientCa of those who may have signed a client's certificate
 */
public record PemFiles(Path certificate, Path key, Optional<Path> clientCa) {
  private static final byte[] PROBE = {1, 2, 3, 4};

  /** What is in the files, without their contents: another text for other contents. */
  String fingerprint() throws IOException {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      for (Path file :
          Stream.concat(Stream.of(certificate, key), clientCa.stream()).toList()) {
        digest.update(Files.readAllBytes(file));
        digest.update((byte) 0);
      }
      return HexFormat.of().formatHex(digest.digest());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Fails where the key is not that of the certificate, which a pair that is being replaced shows for a moment. */
  static X509ExtendedKeyManager readKey(Vertx vertx, Path certificate, Path key) throws Exception {
    var options =
        new PemKeyCertOptions().setCertPath(certificate.toString()).setKeyPath(key.toString());
    X509ExtendedKeyManager read =
        only(X509ExtendedKeyManager.class, options.getKeyManagerFactory(vertx).getKeyManagers());
    for (String type : List.of("RSA", "EC", "EdDSA")) {
      String[] aliases = read.getServerAliases(type, null);
      if (aliases != null) {
        check(
            read.getPrivateKey(aliases[0]), read.getCertificateChain(aliases[0])[0].getPublicKey());
        return read;
      }
    }
    throw new GeneralSecurityException("a key of a kind that is not used in TLS");
  }

  static X509ExtendedTrustManager readTrusted(Vertx vertx, Path ca) throws Exception {
    var options = new PemTrustOptions().addCertPath(ca.toString());
    return only(
        X509ExtendedTrustManager.class, options.getTrustManagerFactory(vertx).getTrustManagers());
  }

  private static <T> T only(Class<T> type, Object[] made) {
    return Stream.of(made).filter(type::isInstance).map(type::cast).findFirst().orElseThrow();
  }

  private static void check(PrivateKey key, PublicKey certified) throws GeneralSecurityException {
    Signature signature = Signature.getInstance(
        switch (key.getAlgorithm()) {
          case "RSA" -> "SHA256withRSA";
          case "EC" -> "SHA256withECDSA";
          default -> "EdDSA";
        });
    boolean fits = key.getAlgorithm().equals(certified.getAlgorithm());
    if (fits) {
      signature.initSign(key);
      signature.update(PROBE);
      byte[] signed = signature.sign();
      signature.initVerify(certified);
      signature.update(PROBE);
      fits = signature.verify(signed);
    }
    if (!fits) {
      throw new GeneralSecurityException("the key is not that of the certificate");
    }
  }
}
