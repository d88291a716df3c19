package io.m2mgate.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.m2mgate.peer.Api;
import io.m2mgate.peer.Flow;
import io.m2mgate.peer.GatewayProcess;
import io.m2mgate.peer.Identity;
import io.m2mgate.peer.LedgerBook;
import io.m2mgate.peer.LedgerBook.Balance;
import io.m2mgate.peer.PeerTerminal;
import io.m2mgate.peer.Probe;
import io.m2mgate.peer.RawMqtt;
import io.m2mgate.store.PostgresServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Readers that stall, die, or read a byte a second harm nobody else, and miss nothing when they come back. */
@Tag("long")
class SlowConsumersIT {
  private static final String APP = "EC01";
  private static final int HEAP = 256;
  private static final int STALLED = 20;
  private static final int TERMINALS = 4;
  private static final int READINGS = 150;
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final double FACTOR = 10;
  private static final double SLACK_MILLIS = 500;

  // Verifies that a normal reader is served as before beside forty that do not read, within a fixed
  // heap, and that a persistent subscriber that comes back gets every reading, in order.
  @Test
  void keepsOthersBesideReadersThatStall() throws Exception {
    stall("SQLite");
  }

  // Verifies the same on PostgreSQL.
  @Test
  void keepsOthersOnPostgres() throws Exception {
    stall("PostgreSQL", "store.url=" + PostgresServer.freshUrl());
  }

  private static void stall(String engine, String... settings) throws Exception {
    try (GatewayProcess gateway = GatewayProcess.startWithin(HEAP, settings)) {
      Api admin = gateway.api();
      Api app = admin.createApplication(APP);
      // GIVEN a persistent subscriber that is there once and dies
      RawMqtt first = subscribed(gateway, app, "returning");
      first.read();
      first.die();
      List<AutoCloseable> bad = new ArrayList<>();
      try (var probe = new Probe(gateway, app, APP);
          var flow = new Flow(TERMINALS, 1_000, APP, () -> loggedIn(gateway, admin));
          var dripping = new Drip()) {
        Probe.Figures alone = probe.measure(READINGS);
        // WHEN streams and subscribers stall, die or read a byte a second while events flow
        for (int i = 0; i < STALLED; i++) {
          bad.add(stream(app, 0));
          bad.add(subscribed(gateway, app, "stalled-" + i));
          stream(app, 0).close();
          dripping.add(stream(app, 0));
        }
        Probe.Figures beside = probe.measure(READINGS);
        long acknowledged = flow.stop();
        System.out.printf(
            "alone: %s%nbeside %d bad readers: %s%nheap %.0f MB, resident %d MB, %d readings%n",
            alone,
            4 * STALLED,
            beside,
            heapMegabytes(admin),
            gateway.residentMegabytes(),
            acknowledged);
        // THEN the normal reader is served about as fast
        assertThat(beside.readMedian()).isLessThan(alone.readMedian() * FACTOR + SLACK_MILLIS);
        assertThat(gateway.alive()).isTrue();
        // AND who comes back gets everything, each terminal's in order
        expectAll(engine, gateway, app, acknowledged + 2 * READINGS);
      } finally {
        for (AutoCloseable each : bad) {
          each.close();
        }
      }
      assertThat(gateway.process().output()).noneMatch(line -> line.startsWith("\tat "));
    }
  }

  private static PeerTerminal loggedIn(GatewayProcess gateway, Api admin) {
    return gateway.terminal(admin.createTerminal(Identity.fresh(), APP)).login();
  }

  private static double heapMegabytes(Api admin) {
    return admin.metric("jvm_memory_used_bytes", "area=\"heap\"") / 1024 / 1024;
  }

  private static RawMqtt subscribed(GatewayProcess gateway, Api app, String clientId) {
    RawMqtt client = new RawMqtt(gateway.endpoint("mqtt"));
    assertThat(client.connect(clientId, APP, app.key())).isZero();
    return client.subscribe("m2m/v1/" + APP + "/evt/+/data");
  }

  /** An event stream from the oldest event on, of which nothing is read. */
  private static Socket stream(Api app, long after) throws IOException {
    URI base = app.base();
    Socket socket = new Socket();
    socket.setReceiveBufferSize(4_096);
    socket.connect(new InetSocketAddress(base.getHost(), base.getPort()));
    String request = "GET /v1/events/stream?after=" + after
        + " HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + app.key() + "\r\n\r\n";
    socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
    return socket;
  }

  /** tseq counts the login, too: without holes from the first reading on. */
  private static void expectAll(String engine, GatewayProcess gateway, Api app, long acknowledged)
      throws Exception {
    var perTerminal = new TreeMap<String, Long>();
    long delivered = 0;
    long missed = 0;
    long repeated = 0;
    long reordered = 0;
    try (RawMqtt back = new RawMqtt(gateway.endpoint("mqtt"))) {
      assertThat(back.connect("returning", APP, app.key())).isZero();
      while (delivered + missed < acknowledged) {
        RawMqtt.Packet packet = back.read();
        assertThat(packet.isPublish()).isTrue();
        JsonNode event = Api.JSON.readTree(packet.payload());
        back.acknowledge(packet);
        long tseq = event.path("tseq").asLong();
        long last = perTerminal.getOrDefault(event.path("subject").asText(), tseq - 1);
        perTerminal.put(event.path("subject").asText(), Math.max(last, tseq));
        delivered += tseq > last ? 1 : 0;
        missed += Math.max(0, tseq - last - 1);
        repeated += tseq == last ? 1 : 0;
        reordered += tseq < last ? 1 : 0;
      }
    }
    LedgerBook.enter(new Balance(
        "subscriber that comes back",
        engine,
        0,
        acknowledged,
        delivered,
        missed,
        repeated,
        reordered));
    assertThat(missed).as("missed").isZero();
    assertThat(repeated).as("repeated").isZero();
    assertThat(reordered).as("out of order").isZero();
    assertThat(perTerminal).hasSize(TERMINALS + 1);
  }

  /** Reads a byte a second of each of its sockets. */
  private static final class Drip implements AutoCloseable {
    private final List<Socket> sockets = new java.util.concurrent.CopyOnWriteArrayList<>();
    private final java.util.concurrent.ScheduledExecutorService clock =
        Executors.newSingleThreadScheduledExecutor();

    private Drip() {
      clock.scheduleAtFixedRate(this::readOne, 1, 1, TimeUnit.SECONDS);
    }

    private void add(Socket socket) {
      sockets.add(socket);
    }

    private void readOne() {
      sockets.removeIf(socket -> {
        try {
          return socket.getInputStream().available() > 0
              && socket.getInputStream().read() < 0;
        } catch (IOException cut) {
          return true;
        }
      });
    }

    @Override
    public void close() throws IOException {
      clock.shutdownNow();
      for (Socket socket : sockets) {
        socket.close();
      }
    }
  }
}
