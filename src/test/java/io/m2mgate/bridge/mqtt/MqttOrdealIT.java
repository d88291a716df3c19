package io.m2mgate.bridge.mqtt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.m2mgate.bridge.BridgeFixture;
import io.m2mgate.bridge.http.HttpOptions;
import io.m2mgate.peer.Await;
import io.m2mgate.peer.RawMqtt;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Subscribers that disconnect, stall until they are taken over, and die, at random, while events come: each event arrives, in order of its
 * terminal, and again only where it may have been unacknowledged.
 */
class MqttOrdealIT {
  private static final String ALL = "m2m/v1/EC01/evt/#";
  private static final int TERMINALS = 6;
  private static final int BATCH = 10;
  private static final int WINDOW = 8;

  @TempDir
  Path directory;

  private final Set<Long> received = ConcurrentHashMap.newKeySet();
  private final List<Delivered> deliveries = Collections.synchronizedList(new ArrayList<>());
  private BridgeFixture bridge;
  private String key;
  private volatile boolean calm;
  private boolean single;

  /** One connection of a client. */
  private static final class Life {
    /** What was acknowledged in it has arrived, for it ended by DISCONNECT. */
    private boolean certain;

    private final Map<String, Long> last = new HashMap<>();
  }

  private record Delivered(long offset, Life life, boolean acknowledged) {}

  @BeforeEach
  void open() {
    bridge = new BridgeFixture(
        directory,
        HttpOptions.at("127.0.0.1", 0),
        MqttOptions.at("127.0.0.1", 0).withWindow(WINDOW));
    key = bridge.application("EC01");
    for (int terminal = 0; terminal < TERMINALS; terminal++) {
      bridge.terminal("A97203000000000" + terminal, "EC01");
    }
  }

  @AfterEach
  void close() {
    bridge.close();
  }

  private PahoClient connect(String id) throws Exception {
    return new PahoClient(bridge.mqttPort(), id, "EC01", key, false, true);
  }

  /** Lives and ends so many times, then stays until all is calm. */
  private void suffer(String id, Random random, int times) throws Exception {
    var client = connect(id);
    for (int i = 0; i < times; i++) {
      var life = new Life();
      live(client, life, random, 1 + random.nextInt(25));
      int end = random.nextInt(3);
      if (end == 0) {
        client.close();
        life.certain = released();
      } else if (end == 1) {
        client.die();
      }
      var next = connect(id);
      assertThat(next.present()).isTrue();
      if (end == 2) {
        client.lost.get(20, TimeUnit.SECONDS);
        client.die();
      }
      client = next;
    }
    var life = new Life();
    life.certain = true;
    while (!calm) {
      live(client, life, random, 1);
    }
    client.close();
  }

  /** Once the platform has read what the connection sent last: a newer one with its id would not wait for that. */
  private boolean released() {
    var connections = bridge.meters.get("m2mgate_mqtt_connections").gauge();
    if (single) {
      Await.until("the end of the connection", Await.PATIENCE, () -> connections.value() == 0);
    }
    return single;
  }

  private void live(PahoClient client, Life life, Random random, int messages) throws Exception {
    for (int i = 0; i < messages; i++) {
      var message = client.poll(100);
      if (message == null) {
        return;
      }
      var event = message.event();
      long offset = event.getLong("offset");
      assertThat(life.last.getOrDefault(event.getString("subject"), 0L)).isLessThan(offset);
      life.last.put(event.getString("subject"), offset);
      boolean acknowledged = life.certain || random.nextInt(WINDOW) > 0;
      if (acknowledged) {
        client.acknowledge(message);
      }
      deliveries.add(new Delivered(offset, life, acknowledged));
      received.add(offset);
    }
  }

  private void run(List<String> ids, String filter, int times, long seed) throws Exception {
    single = ids.size() == 1;
    for (var id : ids) {
      try (var client = connect(id)) {
        client.subscribe(filter, 1, 1);
      }
    }
    var sufferers = ids.stream()
        .map(id -> CompletableFuture.runAsync(() -> {
          try {
            suffer(id, new Random(seed + id.hashCode()), times);
          } catch (Exception | AssertionError failed) {
            throw new AssertionError(id + " of seed " + seed, failed);
          }
        }))
        .toList();
    int events = 0;
    for (int i = 0; i < times * 2; i++) {
      bridge.append("EC01", "A97203000000000" + i % TERMINALS, "m2m.data.up", BATCH);
      events += BATCH;
    }
    int all = events;
    Await.until(
        "all events",
        Duration.ofSeconds(40L + 5L * times),
        () -> received.size() == all
            || sufferers.stream().anyMatch(CompletableFuture::isCompletedExceptionally));
    calm = true;
    for (var sufferer : sufferers) {
      sufferer.get(30, TimeUnit.SECONDS);
    }
    assertThat(received).as("seed %d", seed).hasSize(events);
    if (single) {
      // A group that nobody is left of goes on at its oldest unacknowledged event.
      assertThat(repeatedWithoutNeed()).as("seed %d", seed).isEmpty();
    }
  }

  /** Acknowledged in a life that ended orderly, and delivered after that all the same. */
  private List<Delivered> repeatedWithoutNeed() {
    Map<Long, List<Delivered>> byOffset = new TreeMap<>();
    deliveries.forEach(
        one -> byOffset.computeIfAbsent(one.offset(), none -> new ArrayList<>()).add(one));
    return byOffset.values().stream()
        .flatMap(all -> all.subList(0, all.size() - 1).stream())
        .filter(one -> one.acknowledged() && one.life().certain)
        .toList();
  }

  // Verifies it of one session.
  @Test
  @Timeout(120)
  void oneSession() throws Exception {
    run(List.of("c1"), ALL, 12, 41);
  }

  // Verifies it of three sessions that share.
  @Test
  @Timeout(120)
  void threeThatShare() throws Exception {
    run(List.of("m1", "m2", "m3"), "$share/g/" + ALL, 6, 42);
  }

  // Verifies that a client that says nothing for one and a half times its Keep Alive is closed, and
  // a pinging one is not.
  @Test
  @Timeout(60)
  void closesTheSilent() throws Exception {
    try (var silent = new RawMqtt(URI.create("tcp://127.0.0.1:" + bridge.mqttPort()));
        var pinging = new RawMqtt(URI.create("tcp://127.0.0.1:" + bridge.mqttPort()))) {
      pinging.raw(connectWithKeepAlive("pinging"));
      assertThat(pinging.read().first()).isEqualTo(0x20);
      silent.raw(connectWithKeepAlive("silent"));
      assertThat(silent.read().first()).isEqualTo(0x20);
      var closed = CompletableFuture.supplyAsync(
          () -> catchThrowableOfType(UncheckedIOException.class, silent::read));
      while (!closed.isDone()) {
        pinging.ping(1);
        assertThat(pinging.read().first()).isEqualTo(0xD0);
        closed.copy().completeOnTimeout(null, 200, TimeUnit.MILLISECONDS).join();
      }
      assertThat(closed.get()).hasCauseInstanceOf(EOFException.class);
    }
  }

  private byte[] connectWithKeepAlive(String id) throws IOException {
    var body = new ByteArrayOutputStream();
    var out = new DataOutputStream(body);
    out.writeUTF("MQTT");
    out.write(new byte[] {4, (byte) 0xC2, 0, 1});
    out.writeUTF(id);
    out.writeUTF("EC01");
    out.writeUTF(key);
    assertThat(body.size()).isLessThan(128);
    var packet = new ByteArrayOutputStream();
    packet.write(new byte[] {0x10, (byte) body.size()});
    body.writeTo(packet);
    return packet.toByteArray();
  }

  // Verifies it of a session over a hundred ends.
  @Test
  @Tag("long")
  @Timeout(900)
  void hundredTimes() throws Exception {
    run(List.of("c1"), ALL, 100, System.nanoTime());
  }

  // Verifies it of a hundred ends of three that share.
  @Test
  @Tag("long")
  @Timeout(900)
  void hundredTimesOfThree() throws Exception {
    run(List.of("m1", "m2", "m3"), "$share/g/" + ALL, 100, System.nanoTime());
  }
}
