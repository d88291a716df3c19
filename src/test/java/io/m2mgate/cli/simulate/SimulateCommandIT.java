package io.m2mgate.cli.simulate;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.m2mgate.peer.ScriptedPlatform;
import io.m2mgate.peer.ScriptedPlatform.Deed;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class SimulateCommandIT {
  @TempDir
  private Path directory;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int execute(String... arguments) {
    return new CommandLine(new SimulateCommand())
        .setOut(new PrintWriter(out))
        .setErr(new PrintWriter(err))
        .execute(arguments);
  }

  private int simulate(Deed deed, String... more) throws Exception {
    try (var platform = new ScriptedPlatform(number -> number == 20 ? deed : Deed.STORE_AND_ACK)) {
      var tcp = platform.terminals();
      Files.writeString(
          directory.resolve("endpoints.json"), """
          {"tcp":"tcp://127.0.0.1:%d","http":"%s"}
          """.formatted(tcp.getPort(), platform.http()));
      Files.writeString(directory.resolve("admin.key"), "key\n");
      var arguments = new java.util.ArrayList<>(java.util.List.of(
          "--data-dir", directory.toString(), "--terminals", "3", "--messages", "100"));
      arguments.addAll(java.util.List.of(more));
      return execute(arguments.toArray(String[]::new));
    }
  }

  // Verifies that a clean run exits with 0 and says so, for people.
  @Test
  void summarises() throws Exception {
    // WHEN a hundred readings are sent at a rate
    int exit = simulate(Deed.STORE_AND_ACK, "--total-rate", "200");
    // THEN
    assertThat(exit).isZero();
    assertThat(out.toString())
        .contains("3 terminals online", "acknowledged 100", "lost 0", "end to end", "clean")
        .doesNotContain("NOT CLEAN");
  }

  // Verifies that a loss makes the exit code 1, and that the summary can be read by a program.
  @Test
  void exitsWithOneWhenSomethingIsLost() throws Exception {
    // WHEN one reading is lost
    int exit = simulate(Deed.ACK_ONLY, "--rate", "0", "--json", "--patience", "1s");
    // THEN
    assertThat(exit).isEqualTo(1);
    JsonNode summary = new ObjectMapper().readTree(out.toString());
    assertThat(summary.path("lost").asLong()).isEqualTo(1);
    assertThat(summary.path("acknowledged").asLong()).isEqualTo(100);
    assertThat(summary.path("clean").asBoolean()).isFalse();
  }

  // Verifies that a bad option ends with 2 and what would be valid.
  @ParameterizedTest
  @ValueSource(
      strings = {
        "--terminals=0",
        "--mode=voice",
        "--retry=never",
        "--duration=soon",
        "--pipeline=65",
        "--payload-bytes=3",
        "--app=a b",
        "--register=9",
        "--strangers=true",
        "--cipher=rot13",
        "--cipher=aes",
        "--mac=crc",
        "--rotate=never",
        "--misbehave=shout",
        "--misbehave-share=0",
        "--persona=drunk=0.1",
        "--persona=slow",
        "--persona=slow=0.6,lossy=0.6",
        "--loss=1",
        "--commands-each=-1",
        "--command-kinds=shout",
        "--bearer=pigeon",
        "--sockets=-1",
        "--duplicates=1",
        "--reorders=-0.1",
        "--rebind-every=0",
        "--switch-every=0",
        "--heartbeat-probe=-1",
        "--probe-every=0",
        "--part=2",
        "--of=11"
      })
  void refusesBadOptions(String option) {
    assertThat(execute("--data-dir", directory.toString(), option)).isEqualTo(2);
    assertThat(err.toString()).contains(option.substring(0, option.indexOf('=')));
  }

  // Verifies that nobody is made to register over UDP, where the gateway sends no secrets, nor to
  // misbehave there.
  @ParameterizedTest
  @ValueSource(strings = {"--register=0", "--clear", "--misbehave=replay"})
  void refusesWhatDatagramsCannot(String option) {
    assertThat(execute("--data-dir", directory.toString(), "--bearer", "udp", option))
        .isEqualTo(2);
    assertThat(err.toString()).contains("udp");
  }

  // Verifies that the parts of a fleet have all of its terminals between them, and none twice.
  @Test
  void splitsAFleet() {
    int expected = 0;
    for (int part = 1; part <= 3; part++) {
      var flags = new BearerFlags();
      new CommandLine(flags).parseArgs("--of", "3", "--part", Integer.toString(part));
      assertThat(flags.first(200, 0)).isEqualTo(expected);
      expected = flags.first(200, 1);
    }
    assertThat(expected).isEqualTo(200);
  }

  // Verifies that an unknown persona is answered with all that there are.
  @Test
  void listsPersonas() {
    assertThat(execute("--data-dir", directory.toString(), "--persona", "drunk=0.1"))
        .isEqualTo(2);
    assertThat(err.toString()).contains(Quirk.stream().map(Quirk::text).toList());
  }

  // Verifies that the help shows examples, and every persona and kind of command.
  @Test
  void helps() {
    assertThat(execute("--help")).isZero();
    assertThat(out.toString())
        .contains("Examples:", "--total-rate", "Exit code")
        .contains(Quirk.stream().map(quirk -> quirk.text() + ":").toList())
        .contains(AskedKind.stream().map(AskedKind::text).toList());
  }
}
