package io.m2mgate.sms;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.util.Collection;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.jsmpp.session.connection.Connection;
import org.jsmpp.session.connection.ConnectionFactory;
import org.jsmpp.session.connection.socket.SocketConnection;

/** Connects to the centre, through TLS where that is asked for: its certificate is checked, and that it names the host. */
final class SmppConnections implements ConnectionFactory {

  private static final String[] VERSIONS = {"TLSv1.2", "TLSv1.3"};

  private final Optional<SSLContext> tls;
  private final int patienceMillis;

  /** @throws IllegalArgumentException when the file of authorities cannot be used */
  SmppConnections(Optional<SmppOptions.Trust> trust, int patienceMillis) {
    this.tls = trust.map(SmppConnections::context);
    this.patienceMillis = patienceMillis;
  }

  @Override
  public Connection createConnection(String host, int port) throws IOException {
    Socket socket = new Socket();
    try {
      socket.connect(new InetSocketAddress(host, port), patienceMillis);
      socket.setTcpNoDelay(true);
      return new SocketConnection(tls.isPresent() ? secured(socket, host, port) : socket);
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }

  private Socket secured(Socket plain, String host, int port) throws IOException {
    SSLSocket socket =
        (SSLSocket) tls.orElseThrow().getSocketFactory().createSocket(plain, host, port, true);
    SSLParameters wanted = socket.getSSLParameters();
    wanted.setEndpointIdentificationAlgorithm("HTTPS");
    wanted.setProtocols(VERSIONS);
    socket.setSSLParameters(wanted);
    socket.setSoTimeout(patienceMillis);
    socket.startHandshake();
    return socket;
  }

  private static SSLContext context(SmppOptions.Trust trust) {
    try {
      var managers = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      managers.init(trust.authorities().isPresent() ? store(trust.authorities().get()) : null);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, managers.getTrustManagers(), null);
      return context;
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalArgumentException(
          "sms.smpp.tls.trustFile cannot be used: " + e.getMessage(), e);
    }
  }

  private static KeyStore store(Path file) throws GeneralSecurityException, IOException {
    KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
    store.load(null, null);
    try (InputStream pem = Files.newInputStream(file)) {
      Collection<? extends Certificate> found =
          CertificateFactory.getInstance("X.509").generateCertificates(pem);
      if (found.isEmpty()) {
        throw new GeneralSecurityException("there is no certificate in it");
      }
      for (Certificate each : found) {
        store.setCertificateEntry("authority" + store.size(), each);
      }
    }
    return store;
  }
}
