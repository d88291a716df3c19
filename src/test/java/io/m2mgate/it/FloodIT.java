package io.m2mgate.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.m2mgate.peer.Api;
import io.m2mgate.peer.Await;
import io.m2mgate.peer.GatewayProcess;
import io.m2mgate.peer.Identity;
import io.m2mgate.peer.PeerLink;
import io.m2mgate.peer.PeerTerminal;
import io.m2mgate.peer.Probe;
import io.m2mgate.wire.Bytes;
import io.m2mgate.wire.Mutations;
import io.m2mgate.wire.Seeds;
import io.m2mgate.wire.Vectors;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Random, mutated and cut frames at full speed: the gateway lives, says nothing it should not, and serves others. */
@Tag("long")
class FloodIT {
  private static final String APP = "EC01";
  private static final int HEAP = 256;
  private static final int BATCH = 200;
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final long SEED = Long.getLong("m2mgate.seed", System.nanoTime());

  private final AtomicLong frames = new AtomicLong();
  private final AtomicLong connections = new AtomicLong();
  private volatile boolean stopped;

  // Verifies that seconds of rubbish on every port harm nobody.
  @Test
  void standsAFlood() throws Exception {
    flood(Duration.ofSeconds(10));
  }

  // Verifies the same of ten minutes.
  @Test
  @Tag("long")
  void standsALongFlood() throws Exception {
    flood(Duration.ofSeconds(Long.getLong("m2mgate.floodSeconds", 600)));
  }

  private void flood(Duration duration) throws Exception {
    ExecutorService threads = Executors.newCachedThreadPool();
    try (GatewayProcess gateway = GatewayProcess.startWithin(HEAP)) {
      Api admin = gateway.api();
      Api app = admin.createApplication(APP);
      try (var probe = new Probe(gateway, app, APP)) {
        Probe.Figures alone = probe.measure(50);
        // WHEN connections with and without a session, and strangers on the other ports, send
        // rubbish
        List<Future<?>> peers = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
          Random random = new Random(SEED + i);
          boolean session = i % 2 == 0;
          PeerTerminal terminal = gateway.terminal(admin.createTerminal(Identity.fresh(), APP));
          peers.add(threads.submit(() -> floodTerminals(gateway, terminal, session, random)));
        }
        for (String port : List.of("mqtt", "http")) {
          peers.add(threads.submit(
              () -> floodOther(gateway.endpoint(port), new Random(SEED + port.hashCode()))));
        }
        // THEN a well-behaved terminal is answered all the time
        Probe.Figures worst = alone;
        long deadline = System.nanoTime() + duration.toNanos();
        while (System.nanoTime() < deadline) {
          Probe.Figures now = probe.measure(20);
          worst = now.readP99() > worst.readP99() ? now : worst;
          assertThat(gateway.alive()).as("alive, seed %s", SEED).isTrue();
        }
        stopped = true;
        for (Future<?> peer : peers) {
          peer.get(30, TimeUnit.SECONDS);
        }
        System.out.printf(
            "flood of %d s: %,d frames sent, %,.0f received, %,d connections; alone %s; worst %s; resident %d MB%n",
            duration.toSeconds(),
            frames.get(),
            admin.metric("m2mgate_frames_received_total"),
            connections.get(),
            alone,
            worst,
            gateway.residentMegabytes());
        expectQuiet(gateway, admin);
      }
    } finally {
      stopped = true;
      threads.shutdownNow();
    }
  }

  /** Everything that was taken is given back, and nothing was said that a terminal must not cause. */
  private static void expectQuiet(GatewayProcess gateway, Api admin) {
    Await.until(
        "credits back",
        PATIENCE,
        () -> admin.metric("m2mgate_lane_frames_under_way") == 0
            && admin.metric("m2mgate_lane_bytes_under_way") == 0);
    assertThat(admin.metric("m2mgate_frames_dropped_total", "reason=\"fault\"")).isZero();
    assertThat(gateway.process().output())
        .as("output, seed %s", SEED)
        .noneMatch(line -> line.startsWith("\tat ") || line.contains("LEAK:"));
    assertThat(gateway.residentMegabytes()).isLessThan(4L * HEAP);
  }

  private void floodTerminals(
      GatewayProcess gateway, PeerTerminal terminal, boolean session, Random random) {
    while (!stopped) {
      PeerLink link = null;
      try {
        terminal.reconnect();
        if (session && terminal.timestamp() == 0) {
          terminal.login();
        }
        link = terminal.link();
        connections.incrementAndGet();
        for (int i = 0; i < 20 && !stopped; i++) {
          link.write(batch(terminal, session, random));
          link.discard();
        }
      } catch (UncheckedIOException | AssertionError closed) {
        connections.incrementAndGet();
      } finally {
        if (link != null) {
          link.close();
        }
      }
    }
  }

  private byte[][] batch(PeerTerminal terminal, boolean session, Random random) {
    byte[][] batch = new byte[BATCH][];
    for (int i = 0; i < BATCH; i++) {
      batch[i] = frame(terminal, session, random);
    }
    // The last one of many has a length that lies.
    if (random.nextInt(4) == 0) {
      batch[BATCH - 1] = Mutations.of(packets(), random);
    }
    frames.addAndGet(BATCH);
    return batch;
  }

  private static List<byte[]> packets() {
    return Packets.ALL;
  }

  private static final class Packets {
    private static final List<byte[]> ALL =
        Vectors.all().stream().map(Vectors.Vector::bytes).toList();
  }

  /** A frame of a good length under the terminal's serial or another, its body changed at random, often well signed. */
  private static byte[] frame(PeerTerminal terminal, boolean session, Random random) {
    byte[] mutated = Mutations.of(packets(), random);
    int bodyLength = Math.max(0, Math.min(mutated.length - 28, 2_000));
    byte[] body = new byte[bodyLength];
    System.arraycopy(mutated, mutated.length - bodyLength, body, 0, bodyLength);
    int command = random.nextInt(17) | (random.nextInt(8) == 0 ? 0x8000 : 0);
    // A LOGOUT, LOGIN or REGISTER that verifies would end the session that the others are to have.
    boolean ending = command == 1 || command == 2 || command == 8 || command == 14;
    int flags = random.nextInt(256);
    byte[] unsigned = terminal.unsigned(command, random.nextInt(), flags, body);
    switch (random.nextInt(10)) {
      case 0 -> System.arraycopy(Seeds.bytes(random, 16), 0, unsigned, 12, 16);
      case 1 -> Bytes.u16(unsigned, 8, random.nextInt(0x10000) | 0x0300);
      default -> {}
    }
    return session && !ending && random.nextInt(3) > 0 ? terminal.sign(unsigned) : unsigned;
  }

  private void floodOther(URI endpoint, Random random) {
    List<byte[]> seeds = List.of(
        "GET /v1/events?after=0 HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(),
        "POST /v1/sessions HTTP/1.1\r\nHost: x\r\nContent-Length: 20\r\n\r\n{\"a\":[1,2".getBytes(),
        new byte[] {0x10, 14, 0, 4, 'M', 'Q', 'T', 'T', 4, 2, 0, 0, 0, 2, 'a', 'b'},
        new byte[] {
          0x10,
          20,
          0,
          4,
          'M',
          'Q',
          'T',
          'T',
          5,
          (byte) 0xC2,
          0,
          0,
          0,
          0,
          1,
          'a',
          0,
          1,
          'u',
          0,
          1,
          'p'
        });
    while (!stopped) {
      try (Socket socket = new Socket(endpoint.getHost(), endpoint.getPort())) {
        socket.setSoTimeout(200);
        for (int i = 0; i < 5; i++) {
          socket.getOutputStream().write(Mutations.of(seeds, random));
        }
        socket.getInputStream().read(new byte[4_096]);
      } catch (IOException refused) {
        connections.incrementAndGet();
      }
    }
  }
}
