package io.m2mgate.peer;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A short message centre that speaks SMPP 3.4 in a process of its own ({@link SmscServer}), and the test's hand on it. What it holds and
 * what was submitted outlives the process.
 */
public final class Smsc implements AutoCloseable {
  public static final String SYSTEM_ID = "m2mgate";
  public static final String PASSWORD = "hunter2!";
  /** The service number that the gateway's messages come from. */
  public static final String SERVICE = "10657109";

  private static final Duration START = Duration.ofSeconds(60);

  private final Path directory;
  private final Optional<TestAuthority> tls;
  private JavaProcess process;
  private int port;
  private int control;

  private Smsc(Path directory, Optional<TestAuthority> tls) {
    this.directory = directory;
    this.tls = tls;
  }

  /** @param directory where it keeps its messages */
  public static Smsc start(Path directory) {
    return new Smsc(directory, Optional.empty()).launch();
  }

  /** One that speaks TLS with the certificate of an authority. */
  public static Smsc start(Path directory, TestAuthority authority) {
    return new Smsc(directory, Optional.of(authority)).launch();
  }

  private Smsc launch() {
    var command = new ArrayList<String>(List.of(
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "-Xmx64m",
        "-XX:+UseSerialGC",
        "-XX:TieredStopAtLevel=1",
        "-Xshare:auto",
        "-cp",
        classes(),
        SmscServer.class.getName(),
        directory.toAbsolutePath().toString(),
        Integer.toString(port),
        SYSTEM_ID,
        PASSWORD));
    tls.ifPresent(authority -> command.addAll(
        List.of(authority.certificate().toString(), authority.key().toString())));
    process = JavaProcess.of(directory, Map.of(), command);
    String[] ports = process.awaitLine("smsc ", START).split(" ");
    port = Integer.parseInt(ports[1]);
    control = Integer.parseInt(ports[2]);
    return this;
  }

  private static String classes() {
    try {
      return Path.of(SmscServer.class
              .getProtectionDomain()
              .getCodeSource()
              .getLocation()
              .toURI())
          .toString();
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  public int port() {
    return port;
  }

  /** The gateway's settings for it, and more. */
  public String[] settings(String... more) {
    var all = new ArrayList<>(List.of(
        "sms.enabled=true",
        "sms.smpp.host=127.0.0.1",
        "sms.smpp.port=" + port,
        "sms.smpp.systemId=" + SYSTEM_ID,
        "sms.smpp.password=" + PASSWORD,
        "sms.smpp.sourceAddress=" + SERVICE,
        "sms.smpp.backoff.firstMillis=200",
        "sms.smpp.backoff.maxSeconds=1",
        "sms.perSecond=1000"));
    all.addAll(List.of(more));
    return all.toArray(String[]::new);
  }

  /** A telephone sends a message to the gateway, with UDHI and 8-bit coding; kept until the gateway takes it. Gives its id. */
  public int send(String from, byte[] userData) {
    return send(from, 0x40, 4, userData, false);
  }

  /** The same with another {@code esm_class} and coding, and perhaps in {@code message_payload}. */
  public int send(String from, int esmClass, int dataCoding, byte[] userData, boolean payload) {
    return number("deliver " + from + " " + SERVICE + " " + esmClass + " " + dataCoding + " "
        + HexFormat.of().formatHex(userData) + " " + (payload ? "payload" : "-"));
  }

  /** What was submitted since the first start of it, in order, with what it was answered. */
  public List<SmscStore.Submitted> submits() {
    try {
      return SmscStore.submits(directory.resolve("messages"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Waits until so many messages were submitted. */
  public List<SmscStore.Submitted> awaitSubmits(int count) {
    Await.until(count + " submits", Duration.ofSeconds(30), () -> submits().size() >= count);
    return submits();
  }

  /** Waits until the gateway has taken everything that was sent to it. */
  public void awaitTaken() {
    Await.until("no held message", Duration.ofSeconds(30), () -> held() == 0);
  }

  public void awaitBound() {
    Await.until("a bound session", Duration.ofSeconds(30), () -> number("bound") == 1);
  }

  /** Messages that the gateway has not taken. */
  public int held() {
    return number("held");
  }

  /** Binds since it started. */
  public int binds() {
    return number("binds");
  }

  public int enquiries() {
    return number("enquiries");
  }

  public Smsc throttle(int submits) {
    return mode("throttle", submits);
  }

  public Smsc refuse(int submits) {
    return mode("refuse", submits);
  }

  /** Takes so many submits and answers none of them. */
  public Smsc dropAnswers(int submits) {
    return mode("silent", submits);
  }

  private Smsc mode(String mode, int submits) {
    order("mode " + mode + " " + submits);
    return this;
  }

  /** What receipts say of messages from now on, as in {@code DELIVRD}; none sends none. */
  public Smsc receipts(String state) {
    order("receipts " + state);
    return this;
  }

  /** Closes its connections without a word. */
  public Smsc drop() {
    order("drop");
    return this;
  }

  public Smsc unbind() {
    order("unbind");
    return this;
  }

  /** SIGKILL. */
  public Smsc kill() {
    process.kill();
    return this;
  }

  /** Starts again on the same port with what it had. */
  public Smsc restart() {
    return launch();
  }

  private int number(String order) {
    return Integer.parseInt(order(order));
  }

  private String order(String line) {
    try (var socket = new Socket(InetAddress.getLoopbackAddress(), control);
        var out = new PrintWriter(socket.getOutputStream(), true, StandardCharsets.US_ASCII);
        var in = new BufferedReader(
            new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII))) {
      out.println(line);
      return in.readLine();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    process.kill();
  }
}
