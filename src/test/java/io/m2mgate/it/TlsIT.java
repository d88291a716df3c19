package io.m2mgate.it;

import static io.m2mgate.peer.PeerBytes.bytes;
import static java.nio.file.StandardCopyOption.REPLACE_EXISTING;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.m2mgate.peer.Api;
import io.m2mgate.peer.Await;
import io.m2mgate.peer.GatewayProcess;
import io.m2mgate.peer.Identity;
import io.m2mgate.peer.JavaProcess;
import io.m2mgate.peer.PeerCertificate;
import io.m2mgate.peer.PeerLink;
import io.m2mgate.peer.PeerTerminal;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.eclipse.paho.client.mqttv3.MqttClient;
import org.eclipse.paho.client.mqttv3.MqttConnectOptions;
import org.eclipse.paho.client.mqttv3.MqttException;
import org.eclipse.paho.client.mqttv3.persist.MemoryPersistence;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** All listeners behind TLS, by clients that trust the one certificate (application.md, "Security"). */
class TlsIT {
  private static final int RECORD_ALERT = 0x15;
  private static final int PROTOCOL_VERSION = 70;

  @TempDir
  static Path directory;

  private static GatewayProcess gateway;
  private static PeerCertificate own;
  private static PeerCertificate next;
  private static PeerCertificate client;
  private static PeerCertificate stranger;

  /** Trusts the gateway, before and after its certificate changes, and shows nothing, what is known, what is not. */
  private static SSLContext bare;

  private static SSLContext known;
  private static SSLContext unknown;

  private static Path certificate;
  private static Path key;

  @BeforeAll
  static void start() throws IOException {
    List<PeerCertificate> made =
        PeerCertificate.make(directory, "gateway", "next", "client", "stranger");
    own = made.get(0);
    next = made.get(1);
    client = made.get(2);
    stranger = made.get(3);
    bare = PeerCertificate.trusting(own, next);
    known = client.showing(own, next);
    unknown = stranger.showing(own, next);
    certificate = Files.copy(own.certificate(), directory.resolve("used.pem"));
    key = Files.copy(own.key(), directory.resolve("used-key.pem"));
    gateway = GatewayProcess.start(Stream.of(
            Stream.of("http.host=0.0.0.0", "tls.reloadSeconds=1"),
            settings("terminal.tcp", "required"),
            settings("http", "request"),
            settings("mqtt", "required"))
        .flatMap(all -> all)
        .toArray(String[]::new));
  }

  private static Stream<String> settings(String listener, String clientAuth) {
    return Stream.of(
            "enabled=true",
            "certificateFile=" + certificate,
            "keyFile=" + key,
            "clientCaFile=" + client.certificate(),
            "clientAuth=" + clientAuth)
        .map(setting -> listener + ".tls." + setting);
  }

  @AfterAll
  static void stop() {
    gateway.closeClean();
  }

  private static InetSocketAddress address(String listener) {
    return listener.equals("tcp")
        ? gateway.terminals()
        : new InetSocketAddress("127.0.0.1", gateway.endpoint(listener).getPort());
  }

  private static URI http() {
    assertThat(gateway.endpoint("http").getScheme()).isEqualTo("https");
    return URI.create("https://127.0.0.1:" + address("http").getPort());
  }

  private static HttpResponse<String> send(
      SSLContext context, String method, String path, String body, String bearer)
      throws IOException {
    var request = HttpRequest.newBuilder(http().resolve(path))
        .header("Content-Type", "application/json")
        .method(method, HttpRequest.BodyPublishers.ofString(body));
    if (!bearer.isEmpty()) {
      request.header("Authorization", "Bearer " + bearer);
    }
    try {
      return HttpClient.newBuilder()
          .sslContext(context)
          .build()
          .send(request.build(), BodyHandlers.ofString());
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String call(String method, String path, String body) throws IOException {
    var answer = send(bare, method, path, body, gateway.adminKey());
    assertThat(answer.statusCode()).as(answer.body()).isBetween(200, 299);
    return answer.body();
  }

  private static String application(String code) throws IOException {
    String made = call("POST", "/v1/admin/applications", "{\"appCode\":\"" + code + "\"}");
    return Api.JSON.readTree(made).path("apiKey").asText();
  }

  private static PeerTerminal terminal(String app) throws IOException {
    Identity who = Identity.fresh();
    call("POST", "/v1/admin/terminals", Api.terminalJson(who, app, "wmmp-3").toString());
    return new PeerTerminal(who, gateway.terminals(), new PeerLink(gateway.terminals(), known));
  }

  private static MqttClient mqtt(String app, String apiKey, SSLContext context)
      throws MqttException {
    assertThat(gateway.endpoint("mqtt").getScheme()).isEqualTo("mqtts");
    var mqtt = new MqttClient(
        "ssl://127.0.0.1:" + address("mqtt").getPort(),
        "tls-" + System.nanoTime(),
        new MemoryPersistence());
    mqtt.setTimeToWait(10_000);
    var options = new MqttConnectOptions();
    options.setUserName(app);
    options.setPassword(apiKey.toCharArray());
    options.setSocketFactory(context.getSocketFactory());
    mqtt.connect(options);
    return mqtt;
  }

  // Verifies that a terminal behind TLS logs in and delivers readings, small ones and many at once,
  // to an application that reads them through TLS over HTTP and MQTT.
  @Test
  void servesThroughTls() throws Exception {
    String apiKey = application("TLS1");
    MqttClient mqtt = mqtt("TLS1", apiKey, known);
    var delivered = new LinkedBlockingQueue<String>();
    mqtt.subscribe("m2m/v1/TLS1/evt/+/data", 1, (topic, message) -> delivered.add(topic));
    try (PeerTerminal terminal = terminal("TLS1")) {
      terminal.login();
      for (int i = 0; i < 50; i++) {
        assertThat(terminal.data("TLS1", bytes().u32(i).raw(new byte[1000]).toArray()))
            .isZero();
      }
      String events = call("GET", "/v1/events?app=TLS1&types=m2m.data.up&limit=100", "");
      assertThat(Api.JSON.readTree(events).path("events")).hasSize(50);
      assertThat(delivered.poll(Await.PATIENCE.toSeconds(), TimeUnit.SECONDS))
          .contains(terminal.who().serial());
    }
    mqtt.disconnectForcibly(100, 100);
    mqtt.close(true);
  }

  // Verifies that a terminal that speaks no TLS gets nowhere there, and that one that does is
  // served afterwards.
  @Test
  void turnsPlainTerminalsAway() {
    try (PeerLink plain = new PeerLink(gateway.terminals())) {
      plain.write(PeerTerminal.unsigned(
          Identity.fresh().serial(), PeerTerminal.HEART_BEAT, 1, 0, new byte[0]));
      plain.expectClosed(PeerLink.PATIENCE);
    }
    try (PeerLink tls = new PeerLink(gateway.terminals(), known)) {
      tls.write(PeerTerminal.unsigned(
          Identity.fresh().serial(), PeerTerminal.HEART_BEAT, 1, 0, new byte[0]));
      tls.expectSilence();
    }
  }

  // Verifies that nobody is served who shows a certificate that is not known, or none where one is
  // required, and that a client that does not trust the gateway's goes away.
  @Test
  void asksForCertificates() throws Exception {
    String apiKey = application("TLS2");
    for (SSLContext wrong : List.of(bare, unknown)) {
      assertThatThrownBy(() -> mqtt("TLS2", apiKey, wrong)).isInstanceOf(MqttException.class);
      assertThatThrownBy(() -> served("tcp", wrong)).isInstanceOf(IOException.class);
    }
    assertThatThrownBy(() -> send(unknown, "GET", "/health/live", "", ""))
        .isInstanceOf(IOException.class);
    assertThat(send(bare, "GET", "/health/live", "", "").statusCode()).isEqualTo(200);
    assertThat(send(known, "GET", "/health/live", "", "").statusCode()).isEqualTo(200);
    for (String listener : List.of("tcp", "http", "mqtt")) {
      assertThatThrownBy(() -> served(listener, client.showing(stranger)))
          .isInstanceOf(IOException.class);
    }
  }

  /** Shakes hands, and reads until the gateway has nothing to say or says that it refuses; gives the certificate's name. */
  private static String served(String listener, SSLContext context) throws IOException {
    try (var socket = (SSLSocket) context.getSocketFactory().createSocket()) {
      socket.connect(address(listener), 10_000);
      socket.startHandshake();
      String name = socket.getSession().getPeerPrincipal().getName();
      socket.setSoTimeout((int) PeerLink.SILENCE.toMillis());
      try {
        // In TLS 1.3 the client's certificate is looked at after its handshake is over.
        if (socket.getInputStream().read() < 0) {
          throw new IOException("closed");
        }
      } catch (java.net.SocketTimeoutException quiet) {
        return name;
      }
      return name;
    }
  }

  // Verifies that a client that knows nothing newer than TLS 1.1 is told so and gets no further.
  @ParameterizedTest
  @ValueSource(strings = {"tcp", "http", "mqtt"})
  void refusesOldProtocols(String listener) throws IOException {
    byte[] hello = bytes()
        .raw(new byte[] {3, 2})
        .raw(new byte[32])
        .raw(new byte[] {0, 0, 4, (byte) 0xC0, 0x0A, (byte) 0xC0, 0x14, 1, 0})
        .toArray();
    byte[] record = bytes()
        .raw(new byte[] {0x16, 3, 1, 0, (byte) (hello.length + 4), 1, 0, 0, (byte) hello.length})
        .raw(hello)
        .toArray();
    try (Socket socket = new Socket()) {
      socket.connect(address(listener), 10_000);
      socket.setSoTimeout(30_000);
      socket.getOutputStream().write(record);
      byte[] answer = socket.getInputStream().readAllBytes();
      assertThat(answer).hasSize(7);
      assertThat(answer[0]).isEqualTo((byte) RECORD_ALERT);
      assertThat(answer[6]).isEqualTo((byte) PROTOCOL_VERSION);
    }
  }

  // Verifies that the figures are for the administrator alone where the address is not the
  // machine's own.
  @Test
  void keepsFiguresForTheAdministrator() throws IOException {
    String apiKey = application("TLS3");

    assertThat(send(bare, "GET", "/metrics", "", "").statusCode()).isEqualTo(401);
    assertThat(send(bare, "GET", "/metrics", "", apiKey).statusCode()).isEqualTo(401);
    assertThat(send(bare, "GET", "/metrics", "", gateway.adminKey()).statusCode())
        .isEqualTo(200);
  }

  // Verifies that a certificate that changes on disk is shown to new connections on every listener
  // while those that are open go on, and that one that makes no sense changes nothing and is told.
  @Test
  void takesChangedCertificates() throws Exception {
    application("TLS4");
    try (PeerTerminal terminal = terminal("TLS4")) {
      terminal.login();
      assertThat(served("tcp", known)).isEqualTo("CN=gateway");

      replace(next);
      for (String listener : List.of("tcp", "http", "mqtt")) {
        awaitShown(listener, "CN=next");
      }
      assertThat(terminal.data("TLS4", new byte[] {1})).isZero();

      Files.writeString(certificate, "nothing");
      Await.until(
          "word of the bad file",
          Duration.ofSeconds(30),
          () -> gateway.process().output().stream()
              .anyMatch(line -> line.contains("http.tls: the changed files are not used")));
      assertThat(served("http", client.showing(own, next))).isEqualTo("CN=next");
    } finally {
      replace(own);
      awaitShown("tcp", "CN=gateway");
    }
    String log = String.join("\n", gateway.process().output());
    assertThat(log)
        .doesNotContain(Files.readAllLines(own.key(), StandardCharsets.UTF_8).get(1));
  }

  /** By a new client each time: one that was there goes on with the session it has. */
  private static void awaitShown(String listener, String name) {
    Await.until(name + " of " + listener, Duration.ofSeconds(30), () -> {
      try {
        return served(listener, client.showing(own, next)).equals(name);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    });
  }

  private static void replace(PeerCertificate by) throws IOException {
    Files.copy(by.key(), key, REPLACE_EXISTING);
    Files.copy(by.certificate(), certificate, REPLACE_EXISTING);
  }

  // Verifies that the command line reaches such a gateway with the files it is given, by each of
  // its
  // clients, and not without.
  @ParameterizedTest
  @ValueSource(strings = {"upgrade list", "terminals export -"})
  void letsTheCommandLineIn(String command) {
    List<String> address = List.of(
        "--endpoint",
        http().toString(),
        "--admin-key-file",
        gateway.dataDir().resolve("admin.key").toString());
    List<String> files = List.of(
        "--ca",
        own.certificate().toString(),
        "--cert",
        client.certificate().toString(),
        "--key",
        client.key().toString());

    assertThat(exit(command, address, files)).isZero();
    assertThat(exit(command, address, List.of())).isNotZero();
  }

  private static int exit(String command, List<String> address, List<String> files) {
    return JavaProcess.start(
            directory,
            Stream.of(List.of(command.split(" ")), address, files)
                .flatMap(List::stream)
                .toList())
        .awaitExit(Duration.ofSeconds(60));
  }
}
