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

/** {@code m2mgate events tail} as a person and as a program use it. */
class EventsTailIT {
  private static final String APP = "EC01";
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @TempDir
  private Path directory;

  private JavaProcess tail(GatewayProcess gateway, String... options) {
    List<String> arguments = new ArrayList<>(
        List.of("events", "tail", "--data-dir", gateway.dataDir().toString()));
    arguments.addAll(List.of(options));
    return JavaProcess.start(directory, arguments);
  }

  private static void awaitLine(String what, JavaProcess process, String... texts) {
    Await.until(
        what + " of " + process.output(),
        PATIENCE,
        () -> process.output().stream()
            .anyMatch(line -> List.of(texts).stream().allMatch(line::contains)));
  }

  private static void send(PeerTerminal terminal, String text) {
    assertThat(terminal.data(APP, text.getBytes(StandardCharsets.US_ASCII))).isZero();
  }

  // Verifies that a person reads every event as it comes, also after the gateway was killed, each
  // once; that a program gets the events as they are; and that both end well, with the last offset.
  @Test
  void followsALog() throws Exception {
    try (GatewayProcess gateway = GatewayProcess.start()) {
      Api admin = gateway.api();
      Api app = admin.createApplication(APP);
      Identity who = admin.createTerminal(Identity.fresh(), APP);
      JavaProcess person =
          tail(gateway, "--app", APP, "--after", "0", "--types", "m2m.data.up,m2m.terminal.login");
      JavaProcess program = tail(
          gateway,
          "--app",
          APP,
          "--after",
          "0",
          "--json",
          "--count",
          "2",
          "--types",
          "m2m.data.up");
      try (PeerTerminal terminal = gateway.terminal(who).login()) {
        send(terminal, "one");
        send(terminal, "two");
      }
      // THEN the program gets what a pull gives, and ends
      assertThat(program.awaitExit(PATIENCE)).as("%s", program.output()).isZero();
      List<JsonNode> pulled = app.readings(2, who);
      assertThat(program.stdout())
          .containsExactlyElementsOf(pulled.stream().map(JsonNode::toString).toList());
      assertThat(program.stderr())
          .anyMatch(line -> line.endsWith("last offset " + pulled.get(1).path("offset")));
      awaitLine(
          "the second reading", person, who.serial(), "m2m.data.up", "3 bytes 74776f \"two\"");
      // WHEN the gateway is killed and comes back THEN it goes on, and shows nothing twice
      gateway.kill().restart();
      try (PeerTerminal terminal = gateway.terminal(who).countingFrom(77).login()) {
        send(terminal, "three");
      }
      awaitLine("the third reading", person, who.serial(), "\"three\"");
      String last = app.readings(3, who).get(2).path("offset").asText();
      assertThat(person.terminate(PATIENCE)).as("%s", person.output()).isZero();
      assertThat(person.stderr()).anyMatch(line -> line.endsWith("last offset " + last));
      assertThat(person.stdout().stream().filter(line -> line.contains("m2m.data.up")))
          .hasSize(3);
      assertThat(person.stdout()).doesNotHaveDuplicates();
    }
  }
}
