package io.m2mgate.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.m2mgate.peer.Api;
import io.m2mgate.peer.Await;
import io.m2mgate.peer.GatewayProcess;
import io.m2mgate.peer.Identity;
import io.m2mgate.peer.JavaProcess;
import io.m2mgate.peer.PeerBytes;
import io.m2mgate.peer.PeerCommands;
import io.m2mgate.peer.PeerFrame;
import io.m2mgate.peer.PeerTerminal;
import io.m2mgate.peer.Snippets;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The programs that docs/applications.md shows, run as they stand there. */
class SnippetsIT {
  private static final String APP = "EC02";
  private static final int SIGNAL_LEVEL = 0x3007;
  private static final Duration PATIENCE = Duration.ofSeconds(90);
  private static final Snippets DOCUMENT = new Snippets(Path.of("docs", "applications.md"));

  private static GatewayProcess gateway;
  private static Api app;

  @TempDir
  private Path directory;

  @BeforeAll
  static void start() {
    gateway = GatewayProcess.start();
    app = gateway.api().createApplication(APP);
  }

  @AfterAll
  static void stop() {
    gateway.closeClean();
  }

  private static Map<String, String> environment(Identity who) {
    var environment = new HashMap<>(addresses());
    environment.put("M2M_ADMIN_KEY", gateway.adminKey());
    environment.put("M2M_KEY", app.key());
    environment.put("M2M_APP", APP);
    environment.put("M2M_SERIAL", who.serial());
    environment.put("M2M_IMEI", who.imei());
    environment.put("M2M_IMSI", who.imsi());
    environment.put("M2M_UPLINK_PASSWORD", who.uplink());
    environment.put("M2M_DOWNLINK_PASSWORD", who.downlink());
    return environment;
  }

  private static Map<String, String> addresses() {
    return Map.of(
        "M2M_URL", gateway.endpoint("http").toString(),
        "M2M_MQTT_PORT", Integer.toString(gateway.endpoint("mqtt").getPort()));
  }

  private static void awaitLine(JavaProcess program, String text) {
    Await.until(text, PATIENCE, () -> {
      assertThat(program.alive()).as("%s", program.output()).isTrue();
      return program.stdout().stream().anyMatch(line -> line.contains(text));
    });
  }

  private static void send(PeerTerminal terminal, String text) {
    assertThat(terminal.data(APP, text.getBytes(StandardCharsets.US_ASCII))).isZero();
  }

  // Verifies that the tour leads from a fresh gateway to events, a command that succeeded and
  // parameters, with the shell alone.
  @Test
  void leadsThroughTheTour() throws Exception {
    Files.createSymbolicLink(directory.resolve("data"), gateway.dataDir());
    Files.createSymbolicLink(
        directory.resolve("target"), Path.of(System.getProperty("m2mgate.jar")).getParent());
    Path tour = DOCUMENT.writeTo(directory, "tour.sh");
    JavaProcess shell = JavaProcess.of(
        directory, addresses(), List.of("bash", "-eu", "-o", "pipefail", tour.toString()));
    try {
      assertThat(shell.awaitExit(PATIENCE)).as("%s", shell.output()).isZero();
    } finally {
      shell.kill();
    }
    assertThat(shell.stdout())
        .anyMatch(line -> line.startsWith("{\"events\":[{") && line.contains("m2m.terminal.login"))
        .anyMatch(
            line -> line.contains("\"control\":\"reportStatistics\"") && line.contains("succeeded"))
        .anyMatch(line -> line.contains("\"desired\""));
    assertThat(shell.stdout().stream().filter(line -> line.startsWith("m2m/v1/EC01/evt/SIM")))
        .hasSize(3)
        .allMatch(line -> line.contains("/data {") && line.contains("\"type\":\"m2m.data.up\""));
  }

  private final class Program {
    private final Identity who = Identity.fresh();
    private final JavaProcess process;
    private final PeerTerminal terminal;

    Program(String file, String... command) {
      List<String> all = new ArrayList<>(List.of(command));
      all.add(DOCUMENT.writeTo(directory, file).toString());
      process = JavaProcess.of(directory, environment(who), all);
      terminal = gateway.terminal(who);
    }

    /** The terminal logs in, is asked what the program wants to know, and answers. */
    void answer() {
      awaitLine(process, "provisioned " + who.serial());
      awaitLine(process, "connected");
      terminal.login();
      PeerFrame asked =
          PeerCommands.expect(terminal, PeerCommands.CONFIG_GET, PeerCommands.pairs(SIGNAL_LEVEL));
      PeerCommands.ack(
          terminal, asked, PeerBytes.bytes().u8(0).tlv(SIGNAL_LEVEL, (byte) 17).toArray());
      awaitLine(process, "command succeeded");
      awaitLine(process, "signal-level");
    }

    void close() {
      terminal.close();
      process.kill();
    }
  }

  // Verifies that the reader in each language provisions a terminal, asks it when it logs in,
  // and reads on after the gateway was killed; and that its consumer is behind what it read.
  @Test
  void readsInEveryLanguage() {
    Path java = Path.of(System.getProperty("java.home"), "bin", "java");
    List<Program> programs = List.of(
        new Program("reader.py", "python3"),
        new Program("reader.mjs", "node"),
        new Program("Reader.java", java.toString(), "-Xmx128m", "-XX:TieredStopAtLevel=1"));
    try {
      programs.forEach(Program::answer);
      gateway.kill().restart();
      programs.forEach(program -> send(program.terminal.reconnect(), "after " + program.who));
      for (Program program : programs) {
        Await.until(
            "the reading in " + program.process.output(),
            PATIENCE,
            () -> program.process.stdout().stream()
                .anyMatch(line -> line.startsWith("reading") && line.contains("after ")));
        long read = app.readings(1, program.who).get(0).path("offset").asLong();
        String consumer = "/v1/consumers/reader-" + program.who.serial();
        Await.until(
            "the commit",
            PATIENCE,
            () -> app.get(consumer).json().path("offset").asLong() >= read);
      }
    } finally {
      programs.forEach(Program::close);
    }
  }

  // Verifies that the MQTT session of the document is kept: what comes while nobody listens comes
  // when it is run again.
  @Test
  void readsOverMqtt() {
    Identity who = gateway.api().createTerminal(Identity.fresh(), APP);
    Path script = DOCUMENT.writeTo(directory, "mqtt.sh");
    List<String> command = List.of("bash", script.toString());
    try (PeerTerminal terminal = gateway.terminal(who).login()) {
      JavaProcess first = JavaProcess.of(directory, environment(who), command);
      Await.until("a reading over MQTT", PATIENCE, () -> {
        send(terminal, "now");
        return !first.alive();
      });
      send(terminal, "while nobody listened");
      JavaProcess second = JavaProcess.of(directory, environment(who), command);
      for (JavaProcess each : List.of(first, second)) {
        assertThat(each.awaitExit(PATIENCE)).as("%s", each.output()).isZero();
        assertThat(each.stdout())
            .singleElement()
            .asString()
            .startsWith("m2m/v1/" + APP + "/evt/" + who.serial() + "/data {");
      }
    }
  }
}
