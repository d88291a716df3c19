package io.m2mgate.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.m2mgate.peer.Api;
import io.m2mgate.peer.Await;
import io.m2mgate.peer.GatewayProcess;
import io.m2mgate.peer.Identity;
import io.m2mgate.peer.JavaProcess;
import io.m2mgate.peer.PeerTerminal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code m2mgate trace} as a person and as a program use it. */
class TraceCommandIT {
  private static final String APP = "EC01";
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final byte[] HELLO = "hello".getBytes(StandardCharsets.US_ASCII);

  @TempDir
  private Path directory;

  private JavaProcess trace(Path dataDir, String... options) {
    List<String> arguments = new ArrayList<>(List.of("trace", "--data-dir", dataDir.toString()));
    arguments.addAll(List.of(options));
    return JavaProcess.start(directory, arguments);
  }

  private static void awaitErr(JavaProcess process, String text, int times) {
    Await.until(
        text + " of " + process.output(),
        PATIENCE,
        () -> process.stderr().stream().filter(line -> line.contains(text)).count() >= times);
  }

  private static void awaitOut(JavaProcess process, String... texts) {
    for (String text : texts) {
      Await.until(
          text, PATIENCE, () -> process.stdout().stream().anyMatch(line -> line.contains(text)));
    }
  }

  // Verifies that a person reads what a terminal sends and gets, also after the gateway was away,
  // and that a program gets the same as NDJSON.
  @Test
  void followsATerminal() throws Exception {
    try (GatewayProcess gateway = GatewayProcess.start()) {
      Api admin = gateway.api();
      admin.createApplication(APP);
      Identity who = admin.createTerminal(Identity.fresh(), APP);
      JavaProcess person = trace(gateway.dataDir(), who.serial());
      JavaProcess program = trace(gateway.dataDir(), who.serial(), "--json", "--direction", "in");
      awaitErr(person, "waiting for frames", 1);
      awaitErr(program, "waiting for frames", 1);
      // WHEN a terminal logs in and sends
      try (PeerTerminal terminal = gateway.terminal(who).login()) {
        assertThat(terminal.data(APP, HELLO)).isZero();
      }
      // THEN both show it
      awaitOut(
          person,
          "-> " + who.serial() + " LOGIN seq 1",
          "LOGIN_ACK seq 1",
          "result 0",
          "destination-ec",
          "68656c6c6f");
      awaitOut(program, "TRANSPARENT_DATA");
      for (String line : program.stdout()) {
        JsonNode event = Api.JSON.readTree(line);
        assertThat(event.path("event").asText()).isEqualTo("frame");
        assertThat(event.path("direction").asText()).isEqualTo("in");
      }
      // WHEN the gateway is killed and comes back THEN the person sees the next frames
      gateway.kill().restart();
      awaitErr(person, "connected again", 1);
      try (PeerTerminal terminal = gateway.terminal(who).countingFrom(77).login()) {
        assertThat(terminal.data(APP, HELLO)).isZero();
      }
      awaitOut(person, "LOGIN seq 77");
      person.kill();
      program.kill();
    }
  }

  // Verifies that the end of a trace is its end, and that what cannot be had is said.
  @Test
  void endsWithItsTrace() throws Exception {
    try (GatewayProcess gateway = GatewayProcess.start("traces.maxSeconds=1")) {
      JavaProcess ended = trace(gateway.dataDir(), "--source", "127.0.0.0/8");
      assertThat(ended.awaitExit(PATIENCE)).as("%s", ended.output()).isZero();
      assertThat(ended.stderr()).anyMatch(line -> line.contains("traces.maxSeconds"));
      JavaProcess wrong = trace(gateway.dataDir(), "X", "--direction", "up");
      assertThat(wrong.awaitExit(PATIENCE)).isEqualTo(1);
      assertThat(wrong.stderr()).anyMatch(line -> line.contains("422"));
    }
    JavaProcess none = trace(directory.resolve("nothing"), "X");
    assertThat(none.awaitExit(PATIENCE)).isEqualTo(3);
    assertThat(none.stderr()).anyMatch(line -> line.contains("no running gateway"));
    JavaProcess unnamed = trace(directory.resolve("nothing"));
    assertThat(unnamed.awaitExit(PATIENCE)).isEqualTo(2);
  }
}
