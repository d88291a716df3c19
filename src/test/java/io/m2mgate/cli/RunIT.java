package io.m2mgate.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The process around the gateway, as an operator and a supervisor see it; against the finished jar. */
@Timeout(60)
class RunIT {
  @TempDir
  Path directory;

  private final List<Process> processes = new ArrayList<>();

  @AfterEach
  void endProcesses() {
    processes.forEach(Process::destroyForcibly);
  }

  // Verifies that the first start says where it listens, where the key is and what to do next, and
  // that a later one
  // prints the ready line alone.
  @Test
  void saysWhatIsNeeded() throws IOException {
    Process first = run();
    try (BufferedReader out = reader(first)) {
      assertThat(out.readLine()).matches("m2mgate ready in \\d+ ms: terminals .*, applications .*");
      assertThat(out.readLine()).contains("data/admin.key").doesNotContain(adminKey());
      assertThat(directory.resolve("data/endpoints.json")).isNotEmptyFile();
      first.toHandle().destroy();
      assertThat(out.lines()).noneMatch(line -> line.contains("ready"));
    }

    Process second = run();
    try (BufferedReader out = reader(second)) {
      assertThat(out.readLine()).startsWith("m2mgate ready in ");
      second.toHandle().destroy();
      assertThat(out.readLine()).isNull();
    }
  }

  // Verifies that SIGTERM ends the process with 0 in time and leaves no endpoints behind.
  @Test
  void stopsInOrder() throws IOException, InterruptedException {
    Process process = run();
    try (BufferedReader out = reader(process)) {
      assertThat(out.readLine()).contains("ready");
      process.toHandle().destroy();
      assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
    }
    assertThat(process.exitValue()).isZero();
    assertThat(directory.resolve("data/endpoints.json")).doesNotExist();
  }

  // Verifies that what a kill -9 leaves behind does not stop the next start.
  @Test
  void startsAfterKill() throws IOException {
    for (int start = 0; start < 2; start++) {
      Process process = run();
      try (BufferedReader out = reader(process)) {
        assertThat(out.readLine()).contains("ready");
        process.toHandle().destroyForcibly();
      }
    }
  }

  // Verifies that bad settings end with 2 before anything is created.
  @Test
  void refusesBadSettings() throws IOException, InterruptedException {
    Process process = run("--set", "terminal.tcp.prot=1");

    assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).isEqualTo(2);
    assertThat(Files.readString(directory.resolve("stderr")))
        .contains("did you mean terminal.tcp.port?");
    assertThat(directory.resolve("data")).doesNotExist();
  }

  private String adminKey() throws IOException {
    return Files.readString(directory.resolve("data/admin.key")).strip();
  }

  private Process run(String... more) throws IOException {
    var command = new ArrayList<>(List.of(
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "-jar",
        Path.of(System.getProperty("m2mgate.jar")).toAbsolutePath().toString()));
    for (String listener : List.of("terminal.tcp", "terminal.udp", "http", "mqtt")) {
      command.addAll(List.of("--set", listener + ".port=0"));
    }
    command.addAll(List.of(more));
    Process process = new ProcessBuilder(command)
        .directory(directory.toFile())
        .redirectError(directory.resolve("stderr").toFile())
        .start();
    processes.add(process);
    return process;
  }

  private static BufferedReader reader(Process process) {
    return new BufferedReader(
        new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
  }
}
