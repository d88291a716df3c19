package io.m2mgate.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.m2mgate.peer.Api;
import io.m2mgate.peer.GatewayProcess;
import io.m2mgate.peer.JavaProcess;
import io.m2mgate.peer.SecretScan;
import io.m2mgate.peer.WebhookDesk;
import io.m2mgate.peer.WebhookReceiver;
import io.m2mgate.peer.WebhookReceiver.Hit;
import io.m2mgate.peer.WebhookReceiver.Reply;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** What webhooks keep secret, and whom they trust. */
@Execution(ExecutionMode.CONCURRENT)
class WebhookSecretsIT {
  private static final String APP = "EC01";
  private static final String NAME = "orders";
  private static final String VALUE = "Bearer-0123456789-abcdefgh";
  private static final char[] STORE_PASSWORD = "changeit".toCharArray();

  @TempDir
  private Path elsewhere;

  private static void header(ObjectNode body) {
    body.putObject("headers").put("Authorization", VALUE);
  }

  private static Hit tested(WebhookDesk desk, WebhookReceiver receiver) {
    int before = receiver.hits().size();
    desk.post(NAME + "/test", WebhookDesk.body());
    return receiver.await(before + 1, any -> true).get(before);
  }

  // Verifies that neither secrets nor values of headers are in any file, output or answer, and that
  // they are still known under another master key.
  @Test
  void keepsSecrets() throws IOException {
    try (GatewayProcess gateway = GatewayProcess.start("log.level=trace");
        WebhookReceiver receiver = WebhookReceiver.start()) {
      var desk = new WebhookDesk(gateway.api().createApplication(APP));
      String first = desk.create(NAME, receiver, WebhookSecretsIT::header);
      assertThat(tested(desk, receiver).header("authorization")).isEqualTo(VALUE);
      receiver.answering(any -> Reply.of(500));
      tested(desk, receiver);
      String second =
          desk.post(NAME + "/secret", WebhookDesk.body()).json().path("secret").asText();
      SecretScan scan = new SecretScan()
          .add("the first secret", WebhookDesk.key(first))
          .add("the second secret", WebhookDesk.key(second))
          .add("a header", VALUE.getBytes(StandardCharsets.US_ASCII));
      String refused = desk.put(
              NAME, receiver.url(), body -> body.putObject("headers").put("Host", VALUE))
          .body();
      String answers = desk.read(NAME)
          + desk.api().get("/v1/webhooks").body()
          + desk.put(NAME, receiver.url(), body -> {}).body()
          + gateway.api().get("/v1/admin/audit?limit=1000").body()
          + gateway.api().metrics()
          + refused;
      assertThat(scan.in(answers.getBytes(StandardCharsets.UTF_8))).isEmpty();
      assertThat(gateway.terminate()).isZero();
      String output = String.join("\n", gateway.process().output());
      assertThat(scan.in(output.getBytes(StandardCharsets.UTF_8))).isEmpty();
      try (Stream<Path> files = Files.walk(gateway.dataDir())) {
        for (Path file : files.filter(Files::isRegularFile).toList()) {
          assertThat(scan.in(file)).as(file.toString()).isEmpty();
        }
      }
      JavaProcess rekey =
          JavaProcess.start(elsewhere, List.of("rekey", "--set", "data.dir=" + gateway.dataDir()));
      assertThat(rekey.awaitExit(Duration.ofSeconds(60)))
          .as("%s", rekey.output())
          .isZero();
      gateway.restart();
      Hit hit = tested(desk, receiver);
      assertThat(WebhookDesk.signed(hit, first)).isTrue();
      assertThat(WebhookDesk.signed(hit, second)).isTrue();
      assertThat(hit.header("authorization")).isEqualTo(VALUE);
    }
  }

  // Verifies that the program in the documentation takes what is signed and nothing else.
  @Test
  void agreesWithItsDocumentation() throws Exception {
    String document = Files.readString(Path.of("docs", "applications.md"));
    int start = document.indexOf("```python\n# verifies a webhook");
    String program = document.substring(start + 10, document.indexOf("\n```", start));
    try (GatewayProcess gateway = GatewayProcess.start();
        WebhookReceiver receiver = WebhookReceiver.start()) {
      var desk = new WebhookDesk(gateway.api().createApplication(APP));
      String secret = desk.create(NAME, receiver, body -> {});
      Hit hit = tested(desk, receiver);
      assertThat(verified(program, secret, hit, hit.body())).isEqualTo("True");
      assertThat(verified(program, secret, hit, hit.body() + " ")).isEqualTo("False");
    }
  }

  private static String verified(String program, String secret, Hit hit, String body)
      throws Exception {
    ObjectNode given = Api.JSON.createObjectNode().put("secret", secret).put("body", body);
    hit.headers().forEach(given.putObject("headers")::put);
    Process python = new ProcessBuilder(
            "python3",
            "-c",
            program
                + "\nimport json, sys\ngiven = json.load(sys.stdin)\n"
                + "print(verify(given['secret'], given['headers'], given['body'].encode()))\n")
        .redirectErrorStream(true)
        .start();
    python.getOutputStream().write(given.toString().getBytes(StandardCharsets.UTF_8));
    python.getOutputStream().close();
    String said = new String(python.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(python.waitFor(60, TimeUnit.SECONDS)).isTrue();
    return said.strip();
  }

  private void keytool(String... arguments) throws Exception {
    var command = new java.util.ArrayList<>(
        List.of(Path.of(System.getProperty("java.home"), "bin", "keytool").toString()));
    command.addAll(List.of(arguments));
    command.addAll(List.of("-storepass", new String(STORE_PASSWORD)));
    Process tool = new ProcessBuilder(command)
        .directory(elsewhere.toFile())
        .redirectErrorStream(true)
        .redirectOutput(elsewhere.resolve("keytool.log").toFile())
        .start();
    assertThat(tool.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(tool.exitValue()).isZero();
  }

  // Verifies that a receiver is believed by its certificate and only under the name in it.
  @Test
  void believesCertificatesUnderTheirNames() throws Exception {
    keytool(
        "-genkeypair",
        "-alias",
        "receiver",
        "-keyalg",
        "EC",
        "-dname",
        "CN=receiver",
        "-ext",
        "san=dns:localhost",
        "-validity",
        "2",
        "-keystore",
        "receiver.p12");
    keytool(
        "-exportcert",
        "-rfc",
        "-alias",
        "receiver",
        "-file",
        "receiver.pem",
        "-keystore",
        "receiver.p12");
    KeyStore keys = KeyStore.getInstance("PKCS12");
    try (var in = Files.newInputStream(elsewhere.resolve("receiver.p12"))) {
      keys.load(in, STORE_PASSWORD);
    }
    var factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    factory.init(keys, STORE_PASSWORD);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(factory.getKeyManagers(), null, null);
    try (GatewayProcess gateway =
            GatewayProcess.start("webhooks.caFile=" + elsewhere.resolve("receiver.pem"));
        WebhookReceiver receiver = WebhookReceiver.startTls(context)) {
      var desk = new WebhookDesk(gateway.api().createApplication(APP));
      assertThat(desk.put(NAME, receiver.url("localhost"), body -> {}).status()).isEqualTo(201);
      assertThat(desk.post(NAME + "/test", WebhookDesk.body()).body())
          .contains("\"delivered\":true");
      assertThat(desk.put(NAME, receiver.url(), body -> {}).status()).isEqualTo(200);
      assertThat(desk.post(NAME + "/test", WebhookDesk.body()).body())
          .contains("\"delivered\":false", "TLS");
      assertThat(receiver.hits()).hasSize(1);
    }
  }

  // Verifies that an application has so many webhooks and no more.
  @Test
  void boundsTheirNumber() {
    try (GatewayProcess gateway = GatewayProcess.start();
        WebhookReceiver receiver = WebhookReceiver.start()) {
      boundsTheirNumber(new WebhookDesk(gateway.api().createApplication(APP)), receiver);
    }
  }

  private static void boundsTheirNumber(WebhookDesk desk, WebhookReceiver receiver) {
    IntStream.range(0, 20).forEach(i -> desk.create("w" + i, receiver, body -> {}));
    Api.Answer refused = desk.put("w20", receiver.url(), body -> {});
    assertThat(refused.status()).isEqualTo(429);
    assertThat(refused.json().path("type").asText()).endsWith("quota-exceeded");
    JsonNode page = desk.api().get("/v1/webhooks?limit=15").json();
    assertThat(page.path("items")).hasSize(15);
    assertThat(desk.api()
            .get("/v1/webhooks?cursor=" + page.path("next").asText())
            .json()
            .path("items"))
        .hasSize(5);
  }
}
