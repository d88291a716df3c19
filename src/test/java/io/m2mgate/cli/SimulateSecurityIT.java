package io.m2mgate.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.m2mgate.peer.GatewayProcess;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What {@code simulate} does about registration, keys and secrets, as its command line has it, against a gateway of its own. */
@Execution(ExecutionMode.CONCURRENT)
class SimulateSecurityIT {
  private static final int TERMINALS = 4;
  private static final int MESSAGES = 40;
  private static final String STRANGERS = "STRANGERS";

  private static final AtomicInteger FLEETS = new AtomicInteger();

  private static GatewayProcess gateway;

  @TempDir
  private Path directory;

  @BeforeAll
  static void start() {
    gateway = GatewayProcess.start(
        "registration.mode=open",
        "registration.defaultApp=" + STRANGERS,
        "registration.repeatSeconds=1",
        "registration.perSourcePerMinute=100000",
        "registration.perMinute=100000",
        "security.sourceChecksPerSecond=1000");
  }

  @AfterAll
  static void stop() {
    gateway.closeClean();
  }

  private static String fleet() {
    return "FLEET" + FLEETS.getAndIncrement();
  }

  private static JsonNode simulate(String app, String... more) throws Exception {
    return simulate(app, MESSAGES, more);
  }

  private static JsonNode simulate(String app, int delivered, String... more) throws Exception {
    List<String> arguments = new ArrayList<>(List.of(
        "simulate",
        "--data-dir",
        gateway.dataDir().toString(),
        "--app",
        app,
        "--terminals",
        "" + TERMINALS,
        "--messages",
        "" + MESSAGES,
        "--rate",
        "20",
        "--json"));
    arguments.addAll(List.of(more));
    var out = new StringWriter();
    var err = new StringWriter();
    int exit = Main.commandLine("simulate")
        .setOut(new PrintWriter(out))
        .setErr(new PrintWriter(err))
        .execute(arguments.toArray(String[]::new));
    assertThat(out.toString()).as("summary; errors: %s", err).startsWith("{");
    JsonNode summary = new ObjectMapper().readTree(out.toString());
    assertThat(exit).as("exit code of %s; %s", summary, err).isZero();
    assertThat(summary.path("delivered").asInt()).as("delivered").isEqualTo(delivered);
    assertThat(summary.path("lost").asInt()).as("lost").isZero();
    return summary;
  }

  // Verifies that each operation of REGISTER brings its terminals into session, with a key.
  @ParameterizedTest
  @ValueSource(strings = {"0", "askSecurity", "rebind", "3", "cleared"})
  void registers(String operation) throws Exception {
    JsonNode security = simulate(fleet(), "--register", operation, "--encrypt").path("security");
    assertThat(security.path("registered").asInt()).isEqualTo(TERMINALS);
    assertThat(security.path("keysGiven").asInt()).isEqualTo(TERMINALS);
    assertThat(security.path("registersRefused")).isEmpty();
  }

  // Verifies that terminals nobody provisioned get serial and secrets, and that the next run goes
  // on
  // with both.
  @Test
  void keepsWhatStrangersAreGiven() throws Exception {
    String file = directory.resolve("fleet.ndjson").toString();
    JsonNode first =
        simulate(STRANGERS, "--register", "0", "--strangers", "--keep", file).path("security");
    assertThat(first.path("registered").asInt()).isEqualTo(TERMINALS);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(Path.of(file))))
        .isEqualTo("rw-------");
    assertThat(Files.readAllLines(Path.of(file)))
        .hasSize(TERMINALS)
        .allMatch(line -> line.contains("\"serial\":\"SIMULATE") && line.contains("\"baseKey\""));
    JsonNode second = simulate(
            STRANGERS, "--register", "0", "--strangers", "--encrypt", "--keep", file, "--delete")
        .path("security");
    assertThat(second.path("registered").asInt()).isZero();
    assertThat(second.path("keysGiven").asInt()).isEqualTo(TERMINALS);
  }

  // Verifies that bodies go under every cipher, and frames under every digest.
  @ParameterizedTest
  @CsvSource({"3des,hmac-sha256", "aes,md5", "sm4,hmac-sm3"})
  void encrypts(String cipher, String mac) throws Exception {
    JsonNode summary = simulate(fleet(), "--encrypt", "--cipher", cipher, "--mac", mac, "--logout");
    assertThat(summary.path("security").path("keysGiven").asInt()).isEqualTo(TERMINALS);
    assertThat(summary.path("wrongDigests").asInt()).isZero();
    assertThat(summary.path("sessionsLost").asInt()).isZero();
  }

  // Verifies that terminals that were known before in clear get what encryption needs.
  @Test
  void encryptsWhatWasProvisionedInClear() throws Exception {
    String app = fleet();
    simulate(app);
    assertThat(simulate(app, "--encrypt", "--cipher", "aes")
            .path("security")
            .path("keysGiven")
            .asInt())
        .isEqualTo(TERMINALS);
  }

  // Verifies that other secrets are taken from whoever begins it, in clear and encrypted, and that
  // the next run goes on with them.
  @ParameterizedTest
  @CsvSource({"platform,", "ask,", "platform,--encrypt", "ask-encrypted,--encrypt"})
  void rotates(String how, String more) throws Exception {
    String app = fleet();
    String file = directory.resolve("fleet.ndjson").toString();
    List<String> arguments = new ArrayList<>(List.of("--rotate", how, "--keep", file));
    if (more != null) {
      arguments.add(more);
    }
    JsonNode security = simulate(app, arguments.toArray(String[]::new)).path("security");
    assertThat(security.path("rotated").asInt()).isEqualTo(TERMINALS);
    assertThat(security.path("asksRefused").asInt()).isZero();
    JsonNode next = simulate(app, "--keep", file);
    assertThat(next.path("logins").asInt()).isEqualTo(TERMINALS);
    assertThat(next.path("loginsRefused")).isEmpty();
  }

  // Verifies that terminals that forget their secrets, after a rotation too, come back for others.
  @Test
  void clears() throws Exception {
    JsonNode security =
        simulate(fleet(), "--encrypt", "--rotate", "ask-encrypted", "--clear").path("security");
    assertThat(security.path("rotated").asInt()).isEqualTo(TERMINALS);
    assertThat(security.path("cleared").asInt()).isEqualTo(TERMINALS);
    assertThat(security.path("registered").asInt()).isEqualTo(TERMINALS);
    assertThat(security.path("keysGiven").asInt()).isEqualTo(3 * TERMINALS);
  }

  // Verifies that terminals that do nothing but log in come back as often as they are told, with a
  // new
  // key each time.
  @Test
  void logsInOverAndOver() throws Exception {
    JsonNode summary = simulate(fleet(), 0, "--encrypt", "--mode", "login");
    assertThat(summary.path("acknowledged").asInt()).isEqualTo(MESSAGES);
    assertThat(summary.path("logins").asInt()).isEqualTo(TERMINALS + MESSAGES);
    assertThat(summary.path("security").path("keysGiven").asInt()).isEqualTo(TERMINALS + MESSAGES);
  }

  // Verifies that each misdeed gets its own answer and harms nobody.
  @ParameterizedTest
  @CsvSource({
    "wrong-digest,LOGIN_ACK 4 digestRefused",
    "wrong-binding,LOGIN_ACK 4 digestRefused",
    "replay,LOGIN_ACK 0 inSync",
    "clock-skew,no answer",
    "duplicate-serial,REGISTER_ACK 4 bindingConflict"
  })
  void misbehaves(String kind, String answer) throws Exception {
    JsonNode summary = simulate(fleet(), "--misbehave", kind, "--misbehave-share", "0.5");
    JsonNode misdeeds = summary.path("security").path("misdeeds");
    assertThat(misdeeds.properties()).as("kinds").hasSize(1);
    assertThat(misdeeds.path(kind).path(answer).asInt())
        .as("%s of %s", answer, misdeeds)
        .isPositive();
    assertThat(summary.path("sessionsLost").asInt()).isZero();
  }

  // Verifies that a misdeed under keys is no other, and that kinds take turns.
  @Test
  void misbehavesUnderKeys() throws Exception {
    JsonNode misdeeds = simulate(
            fleet(),
            "--encrypt",
            "--misbehave",
            "replay,clock-skew,duplicate-serial",
            "--misbehave-share",
            "1")
        .path("security")
        .path("misdeeds");
    assertThat(misdeeds.properties()).hasSize(3);
    assertThat(misdeeds.path("replay").path("LOGIN_ACK 0 inSync").asInt()).isPositive();
  }
}
