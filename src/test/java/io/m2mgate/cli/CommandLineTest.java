package io.m2mgate.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CommandLineTest {
  @TempDir
  Path directory;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  // Verifies that a command line without a command means run.
  @ParameterizedTest
  @CsvSource({
    "'', run",
    "--set a=b, run --set a=b",
    "check --set a=b, check --set a=b",
    "--help, --help",
    "-V, -V"
  })
  void runsByDefault(String given, String meant) {
    String[] args = given.isEmpty() ? new String[0] : given.split(" ");

    assertThat(Main.withCommand(args)).containsExactly(meant.split(" "));
  }

  // Verifies that every command has help with examples, and that asking for it is no failure.
  @ParameterizedTest
  @ValueSource(strings = {"run", "check"})
  void helpsWithExamples(String command) {
    assertThat(execute(command, "--help")).isEqualTo(Main.DONE);
    assertThat(out.toString()).contains("Examples:", "m2mgate " + command, "--conf", "--set");
  }

  // Verifies that every command for applications and terminals has help with an example.
  @ParameterizedTest
  @ValueSource(
      strings = {
        "app",
        "app create",
        "app list",
        "app show",
        "app update",
        "app delete",
        "app keys",
        "app key",
        "app key create",
        "app key rotate",
        "app key delete",
        "terminal",
        "terminal create",
        "terminal list",
        "terminal show",
        "terminal update",
        "terminal delete",
        "terminal command",
        "terminal parameters",
        "terminal alarms",
        "terminal events",
        "events",
        "events tail"
      })
  void helpsWithAnExample(String command) {
    assertThat(execute((command + " --help").split(" "))).isEqualTo(Main.DONE);
    assertThat(out.toString()).contains("Example", "  m2mgate " + command);
  }

  // Verifies that a shell is given completion of all commands, without starting anything.
  @Test
  void completes() {
    assertThat(execute("generate-completion")).isEqualTo(Main.DONE);
    assertThat(out.toString()).contains("complete -F _complete_m2mgate", "key", "tail", "upgrade");
  }

  // Verifies that check accepts good settings and shows where each came from.
  @Test
  void checksGoodSettings() {
    assertThat(execute(
            "check", "--set", "http.port=0", "--set", "store.url=postgresql://u:hunter2@h/db"))
        .isEqualTo(Main.DONE);
    assertThat(out.toString()).containsPattern("http\\.port +0 +--set").doesNotContain("hunter2");
  }

  // Verifies that bad settings, and a settings file that is missing, end with 2 and all reasons on
  // standard error.
  @Test
  void refusesBadSettings() {
    String missing = directory.resolve("missing.yaml").toString();

    assertThat(execute("check", "--set", "http.prot=1", "--conf", missing))
        .isEqualTo(Main.BAD_SETTINGS);
    assertThat(err.toString()).contains("did you mean http.port?", "no such file");
    assertThat(out.toString()).isEmpty();
  }

  // Verifies that an option nobody knows ends with 2.
  @Test
  void refusesUnknownOptions() {
    assertThat(execute("run", "--prot", "1")).isEqualTo(Main.BAD_SETTINGS);
    assertThat(execute("walk")).isEqualTo(Main.BAD_SETTINGS);
  }

  // Verifies that a data directory that cannot be used ends with 1 and one line that names the
  // setting.
  @Test
  void explainsFailedStart() throws Exception {
    Path file = Files.writeString(directory.resolve("file"), "x");

    assertThat(execute("run", "--set", "data.dir=" + file)).isEqualTo(Main.FAILED);
    assertThat(err.toString()).hasLineCount(1).contains("data.dir", file.toString());
  }

  private int execute(String... args) {
    return Main.commandLine()
        .setOut(new PrintWriter(out))
        .setErr(new PrintWriter(err))
        .execute(args);
  }
}
