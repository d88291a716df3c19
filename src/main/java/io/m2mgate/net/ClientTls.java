package io.m2mgate.net;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.net.KeyCertOptions;
import io.vertx.core.net.TrustOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.Optional;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * TLS of who asks a gateway. Immutable.
 *
 * @param key what the gateway is shown; absent = nothing
 * @param trusted who may have signed the gateway's certificate; absent = whom Java trusts
 */
public record ClientTls(
    Optional<X509ExtendedKeyManager> key, Optional<X509ExtendedTrustManager> trusted) {

  public static final ClientTls DEFAULT = new ClientTls(Optional.empty(), Optional.empty());

  /**
   * Reads PEM files; blocks.
   *
   * @param certificate and {@code key} of the client, both or none
   */
  public static ClientTls read(Optional<Path> ca, Optional<Path> certificate, Optional<Path> key)
      throws IOException {
    if (ca.isEmpty() && certificate.isEmpty() && key.isEmpty()) {
      return DEFAULT;
    }
    if (certificate.isPresent() != key.isPresent()) {
      throw new IOException("a certificate and its key are needed together");
    }
    Vertx vertx = Vertx.vertx();
    try {
      return new ClientTls(
          certificate.isEmpty()
              ? Optional.empty()
              : Optional.of(PemFiles.readKey(vertx, certificate.get(), key.orElseThrow())),
          ca.isEmpty() ? Optional.empty() : Optional.of(PemFiles.readTrusted(vertx, ca.get())));
    } catch (IOException e) {
      throw e;
    } catch (Exception e) {
      throw new IOException("the PEM files cannot be used: " + e.getMessage(), e);
    } finally {
      vertx.close();
    }
  }

  public void protect(HttpClientOptions client) {
    key.ifPresent(its -> client.setKeyCertOptions(KeyCertOptions.wrap(its)));
    trusted.ifPresent(its -> client.setTrustOptions(TrustOptions.wrap(its)));
  }

  public SSLContext context() throws IOException {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(
          key.map(its -> new KeyManager[] {its}).orElse(null),
          trusted.map(its -> new TrustManager[] {its}).orElse(null),
          null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IOException(e);
    }
  }
}
