package io.m2mgate.peer;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

/** One run of the fat jar named by the system property {@code m2mgate.jar}, with both of its outputs kept. */
public final class JavaProcess {
  private static final int HEAP_MEGABYTES = 512;

  private final Process process;
  private final List<String> stdout = new CopyOnWriteArrayList<>();
  private final List<String> stderr = new CopyOnWriteArrayList<>();
  private final List<Thread> readers;
  private final Thread reaper;

  private JavaProcess(Process process) {
    this.process = process;
    this.reaper = new Thread(process::destroyForcibly);
    this.readers = List.of(
        collect(process.getInputStream(), stdout), collect(process.getErrorStream(), stderr));
    Runtime.getRuntime().addShutdownHook(reaper);
  }

  public static JavaProcess start(Path directory, List<String> arguments) {
    return start(directory, HEAP_MEGABYTES, arguments);
  }

  /** The same with a heap of so many megabytes and no more. */
  public static JavaProcess start(Path directory, int heapMegabytes, List<String> arguments) {
    return start(directory, heapMegabytes, ClassArchive.options(jar()), arguments);
  }

  /** The same with options for the virtual machine. */
  static JavaProcess start(
      Path directory, int heapMegabytes, List<String> options, List<String> arguments) {
    var command = new ArrayList<String>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xmx" + heapMegabytes + "m", "-XX:+ExitOnOutOfMemoryError"));
    command.addAll(List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
    command.add("-Dio.netty.leakDetectionLevel=paranoid");
    command.addAll(options);
    command.addAll(List.of("-jar", jar().toString()));
    command.addAll(arguments);
    try {
      return new JavaProcess(
          new ProcessBuilder(command).directory(directory.toFile()).start());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Another program, with more in its environment. */
  public static JavaProcess of(
      Path directory, Map<String, String> environment, List<String> command) {
    try {
      var builder = new ProcessBuilder(command).directory(directory.toFile());
      builder.environment().putAll(environment);
      return new JavaProcess(builder.start());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Path jar() {
    return Path.of(System.getProperty("m2mgate.jar", "target/m2mgate.jar")).toAbsolutePath();
  }

  private static Thread collect(InputStream stream, List<String> lines) {
    var thread = new Thread(() -> {
      try (var reader = new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8))) {
        reader.lines().forEach(lines::add);
      } catch (IOException | UncheckedIOException e) {
        lines.add("(output ended: " + e.getMessage() + ")");
      }
    });
    thread.setDaemon(true);
    thread.start();
    return thread;
  }

  /** Waits for a line on stdout that starts so. */
  public String awaitLine(String start, Duration patience) {
    return Await.value("line '" + start + "' on stdout", patience, () -> {
      Optional<String> line =
          stdout.stream().filter(candidate -> candidate.startsWith(start)).findFirst();
      if (line.isEmpty() && !process.isAlive()) {
        throw new AssertionError(
            "ended with " + process.exitValue() + ":\n" + String.join("\n", output()));
      }
      return line;
    });
  }

  public int awaitExit(Duration patience) {
    try {
      if (!process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new AssertionError(
            "still running after " + patience + ":\n" + String.join("\n", output()));
      }
      for (Thread reader : readers) {
        reader.join(patience.toMillis());
      }
      Runtime.getRuntime().removeShutdownHook(reaper);
      return process.exitValue();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** SIGTERM; what it still says is kept, which {@link Process#destroy} would cut off. */
  public int terminate(Duration patience) {
    process.toHandle().destroy();
    return awaitExit(patience);
  }

  public void kill() {
    if (process.isAlive()) {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
      awaitExit(Duration.ofSeconds(10));
    }
  }

  public ProcessHandle handle() {
    return process.toHandle();
  }

  /** The process itself, for what only the system can tell of it. */
  public long pid() {
    return process.pid();
  }

  public boolean alive() {
    return process.isAlive();
  }

  public List<String> stdout() {
    return List.copyOf(stdout);
  }

  public List<String> stderr() {
    return List.copyOf(stderr);
  }

  public List<String> output() {
    var all = new ArrayList<>(stdout);
    all.addAll(stderr);
    return all;
  }
}
