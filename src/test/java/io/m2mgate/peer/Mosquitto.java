package io.m2mgate.peer;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A broker that the project did not write, on a port of its own, that can be stopped, killed and frozen. One thread owns it. */
public final class Mosquitto implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private final Path directory;
  private final int port;
  private final Thread reaper = new Thread(this::kill);
  private Process process;

  private Mosquitto(Path directory, int port) {
    this.directory = directory;
    this.port = port;
    Runtime.getRuntime().addShutdownHook(reaper);
  }

  /** A running one that anybody may use. */
  public static Mosquitto open(Path directory) {
    return open(directory, List.of("allow_anonymous true"));
  }

  /** A running one with further lines of configuration. */
  public static Mosquitto open(Path directory, List<String> configuration) {
    try {
      var broker = new Mosquitto(directory, freePort());
      // As root it would become another user, who may not read what the test made.
      var lines = new ArrayList<>(List.of("user root", "listener " + broker.port + " 127.0.0.1"));
      lines.addAll(List.of("persistence false", "max_queued_messages 0"));
      lines.addAll(configuration);
      Files.write(broker.configuration(), lines);
      return broker.start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static int freePort() throws IOException {
    try (var probe = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return probe.getLocalPort();
    }
  }

  private Path configuration() {
    return directory.resolve("mosquitto.conf");
  }

  /** Debian keeps it where only root's shell looks. */
  private static String program() {
    return Stream.of("/usr/sbin/mosquitto", "/usr/local/sbin/mosquitto")
        .filter(file -> Files.isExecutable(Path.of(file)))
        .findFirst()
        .orElse("mosquitto");
  }

  /** On the port it had; waits until it listens. */
  public Mosquitto start() {
    try {
      process = new ProcessBuilder(program(), "-c", configuration().toString())
          .redirectErrorStream(true)
          .redirectOutput(ProcessBuilder.Redirect.appendTo(
              directory.resolve("mosquitto.log").toFile()))
          .start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Await.until("a broker that listens", PATIENCE, this::listens);
    return this;
  }

  private boolean listens() {
    assertThat(process.isAlive()).as("broker, see mosquitto.log").isTrue();
    try (var probe = new Socket(InetAddress.getLoopbackAddress(), port)) {
      return probe.isConnected();
    } catch (IOException notYet) {
      return false;
    }
  }

  public int port() {
    return port;
  }

  /** SIGTERM. */
  public void stop() {
    process.destroy();
    awaitExit();
  }

  /** SIGKILL. */
  public void kill() {
    if (process != null) {
      process.destroyForcibly();
      awaitExit();
    }
  }

  private void awaitExit() {
    try {
      assertThat(process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  public void freeze() {
    Signal.STOP.to(process.toHandle());
  }

  public void thaw() {
    Signal.CONT.to(process.toHandle());
  }

  @Override
  public void close() {
    kill();
    Runtime.getRuntime().removeShutdownHook(reaper);
  }
}
