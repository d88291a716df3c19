package io.m2mgate.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.m2mgate.peer.Api;
import io.m2mgate.peer.GatewayProcess;
import io.m2mgate.peer.JavaProcess;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The process as scripts see it: ready line, health, metrics, exit codes, tools. */
class SmokeIT {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private static GatewayProcess gateway;

  @TempDir
  private Path directory;

  @BeforeAll
  static void start() {
    gateway = GatewayProcess.start();
  }

  @AfterAll
  static void stop() {
    gateway.closeClean();
  }

  // Verifies that one line on stdout says that the
  // gateway is ready and where, as endpoints.json does.
  @Test
  void saysWhereItListens() {
    // WHEN the gateway is ready THEN its line names the addresses that endpoints.json has
    String line = gateway.process().awaitLine("m2mgate ready", PATIENCE);
    assertThat(line).matches("m2mgate ready in \\d+ ms: .*");
    for (String name : List.of("tcp", "udp", "http", "mqtt")) {
      assertThat(gateway.endpoint(name).getScheme()).isEqualTo(name);
      assertThat(line).contains(gateway.endpoint(name).toString());
    }
  }

  // Verifies that health is told to anybody, that metrics
  // are in Prometheus' form, and that the rest needs a key.
  @Test
  void tellsItsHealth() {
    Api nobody = gateway.api().as("wrong");
    // WHEN health and metrics are asked for THEN they are there
    assertThat(nobody.get("/health/live").status()).isEqualTo(200);
    assertThat(nobody.get("/health/ready").status()).isEqualTo(200);
    assertThat(gateway.api().metrics()).contains("# TYPE").contains("m2mgate_");
    // AND the interface itself wants a key
    Api.Answer answer = nobody.get("/v1/terminals");
    assertThat(answer.status()).isEqualTo(401);
    assertThat(answer.json().path("type").asText()).contains("unauthenticated");
  }

  // Verifies that keys are made at the first start, for their owner alone, and never printed.
  @Test
  void keepsItsKeysToItself() throws Exception {
    for (String name : List.of("admin.key", "master.key")) {
      Path file = gateway.dataDir().resolve(name);
      // WHEN the gateway has started THEN its keys are readable by the owner only
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
          .isEqualTo("rw-------");
      // AND nowhere in its output
      String key = Files.readString(file).strip();
      assertThat(gateway.process().output()).noneMatch(line -> line.contains(key));
    }
  }

  // Verifies that SIGTERM ends the process with 0 in time.
  @Test
  void endsInOrder() {
    try (GatewayProcess other = GatewayProcess.start()) {
      // WHEN it gets SIGTERM THEN it exits with 0 (the wait is bounded by 10 s)
      assertThat(other.terminate()).isZero();
      // AND it starts again on the same data
      assertThat(other.restart().api().get("/health/ready").status()).isEqualTo(200);
    }
  }

  // Verifies that an unknown or invalid setting stops the start with 2 and is named.
  @ParameterizedTest
  @CsvSource({
    "terminal.tcp.prot=1, terminal.tcp.prot",
    "terminal.tcp.port=many, terminal.tcp.port",
    "terminal.maxFrame=-5, terminal.maxFrame",
    "store.url=oracle:thin, store.url",
    "http.host=0.0.0.0, http.allowPlaintext"
  })
  void refusesBadSettings(String setting, String named) {
    // WHEN it is started so
    Run run = run("run", "--set", "data.dir=" + directory.resolve("data"), "--set", setting);
    // THEN it exits with 2 and says which setting
    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(String.join("\n", run.output())).contains(named);
  }

  // Verifies that a frame from the vectors is explained
  // field by field, for people and for programs.
  @Test
  void decodesAFrame() throws Exception {
    String hex = "00430004000000030300200041534d3730303037323232323232323234f640140004454330314007"
        + "000568656c6c6fe02100107d1dc0da2b5f4105a939479f250a0c24";
    // WHEN the vector data-to-application is decoded THEN
    // its command, destination and payload are named
    Run text = run("decode", hex);
    assertThat(text.exitCode()).isZero();
    assertThat(String.join("\n", text.output()))
        .contains("TRANSPARENT_DATA", "ASM7000722222222", "4014", "EC01", "4007");
    // AND as JSON it says the same
    Run json = run("decode", "--json", hex);
    assertThat(json.exitCode()).isZero();
    JsonNode explained = Api.JSON.readTree(String.join("\n", json.output()));
    assertThat(explained.isContainerNode()).isTrue();
    assertThat(explained.toString()).contains("TRANSPARENT_DATA", "4007");
  }

  // Verifies that rubbish is refused without a stack trace.
  @Test
  void refusesToDecodeRubbish() {
    Run run = run("decode", "zz");
    assertThat(run.exitCode()).isNotZero();
    assertThat(run.output()).noneMatch(line -> line.startsWith("\tat "));
  }

  private record Run(int exitCode, List<String> output) {}

  private Run run(String... arguments) {
    JavaProcess process = JavaProcess.start(directory, new ArrayList<>(List.of(arguments)));
    return new Run(process.awaitExit(PATIENCE), process.output());
  }
}
