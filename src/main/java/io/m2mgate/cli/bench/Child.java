package io.m2mgate.cli.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A process that is measured: started from the same classes as this one, asked over its probe, ended with this one. One thread. */
final class Child implements AutoCloseable {
  private static final Duration START = Duration.ofSeconds(60);
  private static final Duration ANSWER = Duration.ofSeconds(60);
  private static final Duration STOP = Duration.ofSeconds(15);

  private final Process process;
  private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();
  private final List<String> said = new ArrayList<>();
  private final Thread reaper;

  /** What a process knows of itself: allocated since its start, and on the heap now. */
  record Memory(long allocatedBytes, long heapBytes) {}

  private Child(Process process) {
    this.process = process;
    this.reaper = new Thread(process::destroyForcibly);
    Runtime.getRuntime().addShutdownHook(reaper);
    Thread reader = new Thread(this::read, "bench-child-output");
    reader.setDaemon(true);
    reader.start();
  }

  static Child start(Class<?> main, Path home, List<String> javaOptions, List<String> arguments)
      throws IOException {
    var command = new ArrayList<String>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(javaOptions);
    String classes =
        Path.of(System.getProperty("java.class.path")).toAbsolutePath().toString();
    command.addAll(List.of("-cp", classes, main.getName()));
    command.addAll(arguments);
    return new Child(new ProcessBuilder(command)
        .directory(home.toFile())
        .redirectErrorStream(true)
        .start());
  }

  private void read() {
    try (var reader = new BufferedReader(
        new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      reader.lines().forEach(lines::add);
    } catch (UncheckedIOException | IOException e) {
      lines.add("(output ended: " + e.getMessage() + ")");
    }
  }

  /** Waits for the line that says it is ready; gives what follows the beginning. */
  String awaitReady(String beginning) throws IOException {
    return await(beginning, START);
  }

  private String await(String beginning, Duration patience) throws IOException {
    long deadline = System.nanoTime() + patience.toNanos();
    while (System.nanoTime() - deadline < 0) {
      String line = poll();
      if (line.startsWith(beginning)) {
        return line.substring(beginning.length());
      }
      if (!line.isEmpty()) {
        said.add(line);
      } else if (!process.isAlive()) {
        throw new IOException(
            "ended with " + process.exitValue() + ":\n" + String.join("\n", said));
      }
    }
    throw new IOException("no '" + beginning + "' within " + patience.toSeconds() + " s");
  }

  private String poll() {
    try {
      String line = lines.poll(50, TimeUnit.MILLISECONDS);
      return line == null ? "" : line;
    } catch (InterruptedException e) {
      throw new IllegalStateException("interrupted", e);
    }
  }

  Memory memory(boolean collected) throws IOException {
    var in = process.getOutputStream();
    String ask = (collected ? Probe.COLLECT : Probe.COUNT) + "\n";
    in.write(ask.getBytes(StandardCharsets.US_ASCII));
    in.flush();
    String[] answer = await(Probe.ANSWER, ANSWER).split(" ");
    return new Memory(Long.parseLong(answer[0]), Long.parseLong(answer[1]));
  }

  /** User and system time since its start. */
  double cpuSeconds() {
    return process.toHandle().info().totalCpuDuration().orElse(Duration.ZERO).toMillis() / 1e3;
  }

  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(STOP.toMillis(), TimeUnit.MILLISECONDS)) {
        process.destroyForcibly().waitFor();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      throw new IllegalStateException("interrupted", e);
    }
    Runtime.getRuntime().removeShutdownHook(reaper);
  }
}
