package io.m2mgate.bridge.mqtt;

import static io.m2mgate.bridge.BridgeFixture.ADMIN;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import io.m2mgate.bridge.BridgeFixture;
import io.m2mgate.bridge.http.HttpOptions;
import io.m2mgate.peer.LogTap;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.eclipse.paho.client.mqttv3.MqttException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class MqttIT {

  private static final String ONE = "A972030000000001";
  private static final String DATA = "m2m.data.up";
  private static final String ALL = "m2m/v1/EC01/evt/#";

  @TempDir
  Path directory;

  private BridgeFixture bridge;
  private String key;

  @BeforeEach
  void open() {
    bridge = new BridgeFixture(
        directory,
        HttpOptions.at("127.0.0.1", 0),
        MqttOptions.at("127.0.0.1", 0).withWindow(4));
    key = bridge.application("EC01");
    bridge.terminal(ONE, "EC01");
  }

  @AfterEach
  void close() {
    bridge.close();
  }

  /** Verifies that events come under their topics with the granted QoS, from the log's end on. */
  @Test
  void delivers() throws Exception {
    // GIVEN
    bridge.append("EC01", ONE, DATA, 1);
    try (var client = client("c1", "EC01", key, true)) {
      client.subscribe(ALL, 2, 1);
      client.subscribe("m2m/v1/EC01/evt/+/data", 0, 0);

      // WHEN
      bridge.append("EC01", ONE, DATA, 1);
      bridge.append("EC01", ONE, "m2m.terminal.login", 1);

      // THEN
      var data = client.next();
      assertThat(data.topic()).isEqualTo("m2m/v1/EC01/evt/" + ONE + "/data");
      assertThat(data.qos()).isEqualTo(1);
      assertThat(data.event().getLong("offset")).isEqualTo(2);
      assertThat(data.event().getString("type")).isEqualTo(DATA);
      assertThat(client.next().topic()).endsWith("/notice");
    }
  }

  /** Verifies that QoS 0 delivers more than a window in order. */
  @Test
  void deliversAtMostOnce() throws Exception {
    try (var client = client("c1", "EC01", key, true)) {
      // GIVEN
      client.subscribe("m2m/v1/EC01/evt/" + ONE + "/#", 0, 0);

      // WHEN
      bridge.append("EC01", ONE, DATA, 500);

      // THEN
      for (long i = 1; i <= 500; i++) {
        var message = client.next();
        assertThat(message.event().getLong("offset")).isEqualTo(i);
        assertThat(message.qos()).isZero();
      }
    }
  }

  /** Verifies that a persistent session misses nothing while its client is away, in order. */
  @Test
  void resumes() throws Exception {
    // GIVEN
    try (var client = client("c1", "EC01", key, false)) {
      assertThat(client.present()).isFalse();
      client.subscribe(ALL, 1, 1);
      bridge.append("EC01", ONE, DATA, 10);
      for (long i = 1; i <= 10; i++) {
        assertThat(client.next().event().getLong("offset")).isEqualTo(i);
      }
    }

    // WHEN
    bridge.append("EC01", ONE, DATA, 100);

    // THEN
    try (var client = client("c1", "EC01", key, false)) {
      assertThat(client.present()).isTrue();
      var offsets = new ArrayList<Long>();
      while (offsets.isEmpty() || offsets.get(offsets.size() - 1) < 110) {
        offsets.add(client.next().event().getLong("offset"));
      }
      var fresh = offsets.stream().filter(offset -> offset > 10).toList();
      assertThat(fresh).hasSize(100).isSorted().doesNotHaveDuplicates();
      assertThat(offsets.size() - fresh.size()).isLessThanOrEqualTo(4);
    }
  }

  /** Verifies that what was sent and not acknowledged is sent again, flagged, under its old packet id. */
  @Test
  void repeatsInFlight() throws Exception {
    // GIVEN
    var first = client("c1", "EC01", key, false);
    first.manual();
    first.subscribe(ALL, 1, 1);
    bridge.append("EC01", ONE, DATA, 6);
    var sent = List.of(first.next(), first.next(), first.next(), first.next());
    assertThat(first.poll(200)).as("beyond the window").isNull();
    first.acknowledge(sent.get(0));
    assertThat(first.next().event().getLong("offset")).isEqualTo(5);
    first.close();

    // WHEN
    try (var again = client("c1", "EC01", key, false)) {
      // THEN
      for (long i = 2; i <= 6; i++) {
        var message = again.next();
        assertThat(message.event().getLong("offset")).isEqualTo(i);
        assertThat(message.duplicate()).isEqualTo(i <= 5);
        assertThat(message.id()).isEqualTo(Delivery.packetId(i));
      }
    }
  }

  /** Verifies that a clean session forgets a stored one. */
  @Test
  void startsClean() throws Exception {
    // GIVEN
    try (var client = client("c1", "EC01", key, false)) {
      client.subscribe(ALL, 1, 1);
    }
    try (var clean = client("c1", "EC01", key, true)) {
      assertThat(clean.present()).isFalse();
    }

    // WHEN, THEN
    try (var client = client("c1", "EC01", key, false)) {
      assertThat(client.present()).isFalse();
    }
  }

  /** Verifies that a client id belongs to its newest connection, and to each application by itself. */
  @Test
  void takesOver() throws Exception {
    // GIVEN
    var other = bridge.application("EC02");
    try (var foreign = client("c1", "EC02", other, true);
        var first = client("c1", "EC01", key, false)) {
      first.subscribe(ALL, 1, 1);

      // WHEN
      try (var second = client("c1", "EC01", key, false)) {
        // THEN
        first.lost.get(20, TimeUnit.SECONDS);
        assertThat(second.present()).isTrue();
        bridge.append("EC01", ONE, DATA, 1);
        assertThat(second.next().event().getLong("offset")).isEqualTo(1);
        assertThat(foreign.lost).isNotDone();
      }
    }
  }

  /** Verifies that filters that reach beyond the application's own events are not granted. */
  @Test
  void refusesForeignTopics() throws Exception {
    // GIVEN
    bridge.application("EC02");
    try (var client = client("c1", "EC01", key, true)) {
      // WHEN, THEN
      for (var filter : List.of(
          "#",
          "+/v1/EC01/evt/#",
          "m2m/v1/+/evt/#",
          "m2m/v1/EC02/evt/#",
          "m2m/v1/EC01/#",
          "m2m/v1/EC01/req/#",
          "$SYS/#",
          "m2m/v1/EC01/res/other",
          "$share/g/m2m/v1/EC02/evt/#",
          "$share/g/#",
          "$share/g/m2m/v1/EC01/status")) {
        client.subscribe(filter, 1, 0x80);
      }
      client.subscribe("m2m/v1/EC01/status", 1, 1);
      client.subscribe("m2m/v1/EC01/res/c1", 0, 0);
    }
  }

  /** Verifies that what a client is refused is told once a minute for each reason, in one short line each. */
  @Test
  void tellsRefusalsOnceAMinute() throws Exception {
    try (var log = LogTap.open(Level.INFO);
        var client = client("c1", "EC01", key, true)) {
      // WHEN
      for (int i = 0; i < 20; i++) {
        client.subscribe("m2m/v1/EC02/evt/" + "x".repeat(500), 1, 0x80);
        client.subscribe("$share/g/m2m/v1/EC01/status", 1, 0x80);
      }

      // THEN
      assertThat(log.lines())
          .filteredOn(line -> line.contains("refused"))
          .hasSize(2)
          .allMatch(line -> line.length() < 300);
    }
  }

  /** Verifies that nobody publishes into the event topics, nor requests of types that there are not. */
  @Test
  void refusesPublish() throws Exception {
    for (var topic :
        List.of("m2m/v1/EC01/evt/" + ONE + "/data", "m2m/v1/EC01/req/" + ONE + "/reading")) {
      // GIVEN
      try (var client = client("c1", "EC01", key, true)) {
        // WHEN
        client.publish(topic);

        // THEN
        client.lost.get(20, TimeUnit.SECONDS);
      }
    }
  }

  /** Verifies that bad credentials are told as such, and a disabled application as not authorised. */
  @Test
  void refusesCredentials() {
    // GIVEN
    bridge.application("EC02");

    // WHEN, THEN
    assertThatThrownBy(() -> client("c1", "EC01", "wrong", true)).satisfies(code(4));
    assertThatThrownBy(() -> client("c1", "EC02", key, true)).satisfies(code(4));
    assertThatThrownBy(() -> client("c1", "EC01", ADMIN, true)).satisfies(code(4));
    bridge.send("PATCH", "/v1/admin/applications/EC01", ADMIN, "{\"enabled\":false}");
    assertThatThrownBy(() -> client("c1", "EC01", key, true)).satisfies(code(5));
  }

  /** Verifies that a removed key ends the connections that it opened. */
  @Test
  void endsWithItsKey() throws Exception {
    // GIVEN
    try (var client = client("c1", "EC01", key, true)) {
      // WHEN
      bridge.send("DELETE", "/v1/admin/applications/EC01/keys/" + key.split("_")[1], ADMIN, null);

      // THEN
      client.lost.get(20, TimeUnit.SECONDS);
    }
  }

  /**
   * Verifies that a subscriber that does not read costs its bound, and neither its neighbour nor the log waits for it.
   */
  @Test
  void boundsStalledSubscriber() throws Exception {
    // GIVEN
    try (var stalled = new Socket("127.0.0.1", bridge.mqttPort());
        var healthy = client("c2", "EC01", key, true)) {
      stalled.setReceiveBufferSize(128 * 1024);
      stalled.setSoTimeout(20_000);
      stalled.getOutputStream().write(connectPacket("c1", "EC01", key));
      stalled.getInputStream().readNBytes(4);
      stalled.getOutputStream().write(subscribePacket(ALL));
      stalled.getInputStream().readNBytes(5);
      healthy.subscribe(ALL, 0, 0);

      // WHEN
      int events = 4_000;
      for (int i = 0; i < 8; i++) {
        bridge.append("EC01", ONE, DATA, events / 8, "x".repeat(8_000));
      }

      // THEN
      for (long i = 1; i <= events; i++) {
        assertThat(healthy.next().event().getLong("offset")).isEqualTo(i);
      }
      var delivered =
          bridge.meters.get("m2mgate_tap_events").tag("kind", "mqtt").counter().count() - events;
      assertThat(delivered).isGreaterThan(0).isLessThan(2_000);
      assertThat(bridge
              .meters
              .get("m2mgate_tap_lag_max")
              .tag("kind", "mqtt")
              .gauge()
              .value())
          .isGreaterThan(2_000);

      // WHEN its key is taken away and it reads what is left
      bridge.send("DELETE", "/v1/admin/applications/EC01/keys/" + key.split("_")[1], ADMIN, null);

      // THEN
      assertThat(stalled.getInputStream().readAllBytes().length).isLessThan(2_000 * 8_000);
    }
  }

  private PahoClient client(String clientId, String user, String password, boolean clean)
      throws MqttException {
    return new PahoClient(bridge.mqttPort(), clientId, user, password, clean);
  }

  private static byte[] connectPacket(String clientId, String user, String password)
      throws IOException {
    var body = new ByteArrayOutputStream();
    var out = new DataOutputStream(body);
    out.writeUTF("MQTT");
    out.write(new byte[] {4, (byte) 0xC2, 0, 0});
    out.writeUTF(clientId);
    out.writeUTF(user);
    out.writeUTF(password);
    return packet(0x10, body);
  }

  private static byte[] subscribePacket(String filter) throws IOException {
    var body = new ByteArrayOutputStream();
    var out = new DataOutputStream(body);
    out.writeShort(1);
    out.writeUTF(filter);
    out.write(0);
    return packet(0x82, body);
  }

  private static byte[] packet(int type, ByteArrayOutputStream body) throws IOException {
    assertThat(body.size()).isLessThan(128);
    var packet = new ByteArrayOutputStream();
    packet.write(type);
    packet.write(body.size());
    body.writeTo(packet);
    return packet.toByteArray();
  }

  /** Verifies that unsubscribing ends delivery while the connection stays. */
  @Test
  void unsubscribes() throws Exception {
    // GIVEN
    try (var client = client("c1", "EC01", key, false)) {
      client.subscribe(ALL, 1, 1);
      client.unsubscribe(ALL);

      // WHEN
      bridge.append("EC01", ONE, DATA, 1);
      client.subscribe(ALL, 1, 1);
      bridge.append("EC01", ONE, DATA, 1);

      // THEN
      assertThat(client.next().event().getLong("offset")).isEqualTo(2);
    }
  }

  private static Consumer<Throwable> code(int expected) {
    return failure -> assertThat(((MqttException) failure).getReasonCode()).isEqualTo(expected);
  }
}
