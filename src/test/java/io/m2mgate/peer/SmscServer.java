package io.m2mgate.peer;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/**
 * A short message centre in a process of its own, as {@link Smsc} starts it: SMPP 3.4 on one port, orders of the test on another. A
 * thread a connection. Arguments: directory, SMPP port, system id, password and, for TLS, certificate and key.
 */
public final class SmscServer {
  private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();

  final SmscStore store;
  final String systemId;
  final String password;
  private final List<SmscSession> sessions = new CopyOnWriteArrayList<>();
  private final AtomicInteger binds = new AtomicInteger();
  final AtomicInteger enquiries = new AtomicInteger();
  /** ok, throttle, full, refuse or silent. */
  volatile String mode = "ok";
  /** Submits that the mode is for; then it is ok again. */
  final AtomicInteger modeLeft = new AtomicInteger();
  /** What receipts say; none sends none. */
  volatile String receipts = "none";

  private SmscServer(Path directory, String systemId, String password) throws IOException {
    this.store = new SmscStore(directory.resolve("messages"));
    this.systemId = systemId;
    this.password = password;
  }

  public static void main(String[] args) throws Exception {
    var server = new SmscServer(Path.of(args[0]), args[2], args[3]);
    int port = Integer.parseInt(args[1]);
    ServerSocket smpp = args.length > 4
        ? context(Path.of(args[4]), Path.of(args[5]))
            .getServerSocketFactory()
            .createServerSocket(port, 50, LOOPBACK)
        : new ServerSocket(port, 50, LOOPBACK);
    ServerSocket control = new ServerSocket(0, 50, LOOPBACK);
    new Thread(() -> server.accept(smpp)).start();
    System.out.println("smsc " + smpp.getLocalPort() + " " + control.getLocalPort());
    server.obey(control);
  }

  private static SSLContext context(Path certificate, Path key) throws Exception {
    Certificate own;
    try (var in = Files.newInputStream(certificate)) {
      own = CertificateFactory.getInstance("X.509").generateCertificate(in);
    }
    String text = Files.readString(key).replaceAll("-----[^-]+-----", "");
    var spec = new PKCS8EncodedKeySpec(Base64.getMimeDecoder().decode(text));
    KeyStore keys = KeyStore.getInstance("PKCS12");
    keys.load(null, null);
    keys.setKeyEntry(
        "own", KeyFactory.getInstance("EC").generatePrivate(spec), new char[0], new Certificate[] {
          own
        });
    var managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    managers.init(keys, new char[0]);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(managers.getKeyManagers(), null, null);
    return context;
  }

  private void accept(ServerSocket smpp) {
    try {
      while (true) {
        var session = new SmscSession(this, smpp.accept());
        sessions.add(session);
        new Thread(session).start();
      }
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  void bound() {
    binds.incrementAndGet();
  }

  void ended(SmscSession session) {
    sessions.remove(session);
  }

  /** The word for the next submit. */
  String nextMode() {
    String now = mode;
    if (!now.equals("ok") && modeLeft.getAndDecrement() <= 0) {
      mode = "ok";
      return "ok";
    }
    return now;
  }

  private void obey(ServerSocket control) throws IOException {
    while (true) {
      try (Socket test = control.accept();
          var in = new BufferedReader(
              new InputStreamReader(test.getInputStream(), StandardCharsets.US_ASCII));
          var out = new PrintWriter(test.getOutputStream(), true, StandardCharsets.US_ASCII)) {
        for (String line = in.readLine(); line != null; line = in.readLine()) {
          out.println(obey(line.split(" ")));
        }
      }
    }
  }

  private String obey(String[] order) throws IOException {
    return switch (order[0]) {
      case "deliver" ->
        ""
            + store.hold(
                order[1],
                order[2],
                Integer.parseInt(order[3]),
                Integer.parseInt(order[4]),
                order[5],
                order[6].equals("payload"));
      case "mode" -> {
        modeLeft.set(Integer.parseInt(order[2]));
        mode = order[1];
        yield "ok";
      }
      case "receipts" -> {
        receipts = order[1];
        yield "ok";
      }
      case "held" -> "" + store.held().size();
      case "bound" -> "" + sessions.stream().filter(SmscSession::isBound).count();
      case "binds" -> "" + binds;
      case "enquiries" -> "" + enquiries;
      case "drop" -> {
        sessions.forEach(SmscSession::drop);
        yield "ok";
      }
      case "unbind" -> {
        sessions.forEach(SmscSession::unbind);
        yield "ok";
      }
      default -> "what is " + order[0];
    };
  }
}
