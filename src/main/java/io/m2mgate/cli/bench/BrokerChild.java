package io.m2mgate.cli.bench;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Mosquitto on a free port, with what it publishes for the comparison; ended with this process. One thread. */
final class BrokerChild implements AutoCloseable {
  /** As many as the gateway has in flight to a subscriber, and nothing dropped. */
  private static final List<String> CONFIGURATION = List.of(
      "user root",
      "allow_anonymous true",
      "persistence false",
      "set_tcp_nodelay true",
      "max_inflight_messages 256",
      "max_queued_messages 0",
      "log_type none");

  private static final int WINDOW = 1_000;
  private static final int BATCH = 64;
  private static final int PATIENCE_SECONDS = 20;

  private final Process process;
  private final InetSocketAddress address;
  private final Thread reaper;

  private BrokerChild(Process process, int port) {
    this.process = process;
    this.address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    this.reaper = new Thread(process::destroyForcibly);
    Runtime.getRuntime().addShutdownHook(reaper);
  }

  /** Empty where it is not installed. */
  static Optional<BrokerChild> start(Path home) throws IOException {
    Optional<Path> program = Stream.concat(
            Stream.of(System.getenv().getOrDefault("PATH", "").split(":")),
            Stream.of("/usr/sbin", "/usr/local/sbin"))
        .map(directory -> Path.of(directory, "mosquitto"))
        .filter(Files::isExecutable)
        .findFirst();
    if (program.isEmpty()) {
      return Optional.empty();
    }
    int port;
    try (var probe = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = probe.getLocalPort();
    }
    Path file = home.resolve("mosquitto.conf");
    Files.write(
        file,
        Stream.concat(Stream.of("listener " + port + " 127.0.0.1"), CONFIGURATION.stream())
            .toList());
    var process = new ProcessBuilder(program.get().toString(), "-c", file.toString())
        .redirectErrorStream(true)
        .redirectOutput(home.resolve("mosquitto.log").toFile())
        .start();
    var broker = new BrokerChild(process, port);
    try {
      broker.awaitReady();
      return Optional.of(broker);
    } catch (IOException e) {
      broker.close();
      throw e;
    }
  }

  private void awaitReady() throws IOException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    while (process.isAlive() && System.nanoTime() - end < 0) {
      try (var probe = new Socket(address.getAddress(), address.getPort())) {
        return;
      } catch (IOException notYet) {
        LoadRun.pause(BATCH);
      }
    }
    throw new IOException("mosquitto does not listen");
  }

  InetSocketAddress address() {
    return address;
  }

  double cpuSeconds() {
    return process.toHandle().info().totalCpuDuration().orElse(Duration.ZERO).toMillis() / 1e3;
  }

  /** Publishes so many messages, no further ahead of the slowest reader than a window; returns when every reader has all. */
  void publish(String topic, String message, int qos, long count, TapReaders readers)
      throws IOException {
    byte[] payload = message.getBytes(StandardCharsets.UTF_8);
    try (var socket = new Socket(address.getAddress(), address.getPort())) {
      socket.setTcpNoDelay(true);
      OutputStream out = socket.getOutputStream();
      InputStream in = socket.getInputStream();
      out.write(TapKind.connect("bench-publisher", "bench", ""));
      in.readNBytes(4);
      var batch = new ByteArrayOutputStream();
      for (long sent = 0; sent < count; ) {
        long most = Math.min(Math.min(count, sent + BATCH), readers.least() + WINDOW);
        if (most == sent) {
          LoadRun.pause(1);
          continue;
        }
        batch.reset();
        for (; sent < most; sent++) {
          batch.writeBytes(publish(topic, payload, qos, sent));
        }
        out.write(batch.toByteArray());
        in.skipNBytes(in.available());
      }
      // Closing before the broker has read and answered everything would throw away what is on its
      // way.
      readers.await(count, PATIENCE_SECONDS);
    }
  }

  private static byte[] publish(String topic, byte[] payload, int qos, long number) {
    var body = new ByteArrayOutputStream();
    TapKind.string(body, topic);
    if (qos > 0) {
      int id = (int) (number % 65_535) + 1;
      body.write(id >>> 8);
      body.write(id);
    }
    body.writeBytes(payload);
    return TapKind.packet(0x30 | qos << 1, body.toByteArray());
  }

  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly().waitFor();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      throw new IllegalStateException("interrupted", e);
    }
    Runtime.getRuntime().removeShutdownHook(reaper);
  }
}
