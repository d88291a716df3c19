package io.m2mgate.net;

import io.vertx.core.http.ClientAuth;
import io.vertx.core.net.KeyCertOptions;
import io.vertx.core.net.NetServerOptions;
import io.vertx.core.net.TrustOptions;
import java.util.Optional;
import java.util.Set;
import javax.net.ssl.X509TrustManager;

/**
 * TLS of one listener. What it shows and whom it trusts is asked at each handshake, and may be another by then. Safe for any thread.
 *
 * @param clients who may be a client; absent = nobody is asked for a certificate
 * @param required a client that shows none is refused
 */
public record ListenerTls(
    CurrentKey key, Optional<? extends X509TrustManager> clients, boolean required) {

  private static final Set<String> PROTOCOLS = Set.of("TLSv1.2", "TLSv1.3");

  /** Makes a listener speak it, and nothing older than TLS 1.2. */
  public void protect(NetServerOptions listener) {
    listener
        .setSsl(true)
        .setEnabledSecureTransportProtocols(PROTOCOLS)
        .setKeyCertOptions(KeyCertOptions.wrap(key));
    clients.ifPresent(trusted -> listener
        .setTrustOptions(TrustOptions.wrap(trusted))
        .setClientAuth(required ? ClientAuth.REQUIRED : ClientAuth.REQUEST));
  }
}
