package io.m2mgate.bridge.mqtt;

import static org.assertj.core.api.Assertions.assertThat;

import io.m2mgate.bridge.BridgeFixture;
import io.m2mgate.bridge.http.HttpOptions;
import io.m2mgate.peer.Await;
import io.m2mgate.store.ConsumerStore.Cursor;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Shared subscriptions (MQTT 5, 4.8.2), which 3.1.1 clients have as well. */
@Timeout(60)
class MqttShareIT {
  private static final String DATA = "m2m.data.up";
  private static final String ALL = "m2m/v1/EC01/evt/#";
  private static final String SHARED = "$share/g/" + ALL;
  private static final int WINDOW = 4;

  @TempDir
  Path directory;

  private BridgeFixture bridge;
  private String key;

  @BeforeEach
  void open() {
    bridge = new BridgeFixture(
        directory,
        HttpOptions.at("127.0.0.1", 0),
        MqttOptions.at("127.0.0.1", 0).withWindow(WINDOW));
    key = bridge.application("EC01");
    for (int terminal = 0; terminal < 8; terminal++) {
      bridge.terminal(serial(terminal), "EC01");
    }
  }

  @AfterEach
  void close() {
    bridge.close();
  }

  private static String serial(int terminal) {
    return "A97203000000000" + terminal;
  }

  private PahoClient client(String clientId, boolean clean) throws Exception {
    return new PahoClient(bridge.mqttPort(), clientId, "EC01", key, clean);
  }

  private Optional<Cursor> stored(String name) {
    return BridgeFixture.await(bridge.store.consumers().read("EC01", "mqtt-share:" + name));
  }

  /** Verifies that members get each event once among them, a terminal's at one of them in order, and others all of them. */
  @Test
  void sharesEvents() throws Exception {
    try (var first = client("m1", true);
        var second = client("m2", true);
        var other = client("m3", true)) {
      // GIVEN
      first.subscribe(SHARED, 1, 1);
      second.subscribe(SHARED, 0, 0);
      other.subscribe(ALL, 1, 1);

      // WHEN
      for (int round = 0; round < 10; round++) {
        for (int terminal = 0; terminal < 8; terminal++) {
          bridge.append("EC01", serial(terminal), DATA, 1);
        }
      }

      // THEN
      for (long offset = 1; offset <= 80; offset++) {
        assertThat(other.next().event().getLong("offset")).isEqualTo(offset);
      }
      var offsets = new TreeSet<Long>();
      Map<String, Long> last = new HashMap<>();
      Map<String, PahoClient> at = new HashMap<>();
      while (offsets.size() < 80) {
        for (var member : List.of(first, second)) {
          for (var got = member.poll(50); got != null; got = member.poll(50)) {
            var event = got.event();
            var serial = event.getString("subject");
            assertThat(offsets.add(event.getLong("offset"))).as("once").isTrue();
            assertThat(last.getOrDefault(serial, 0L)).isLessThan(event.getLong("offset"));
            last.put(serial, event.getLong("offset"));
            assertThat(at.computeIfAbsent(serial, none -> member)).isSameAs(member);
            assertThat(got.qos()).isEqualTo(member == first ? 1 : 0);
          }
        }
      }
      assertThat(new ArrayList<>(at.values())).contains(first, second);
      assertThat(stored("g:evt/#")).as("nobody comes back to it").isEmpty();
    }
  }

  /** Verifies that what a member had not acknowledged when it died goes to another, not flagged as a repeat, in order. */
  @Test
  void givesToOthersWhatOneLeft() throws Exception {
    try (var heir = client("heir", true)) {
      // GIVEN
      var dying = client("dying", true);
      dying.manual();
      dying.subscribe(SHARED, 1, 1);
      bridge.append("EC01", serial(1), DATA, 6);
      for (long offset = 1; offset <= WINDOW; offset++) {
        assertThat(dying.next().event().getLong("offset")).isEqualTo(offset);
      }
      heir.subscribe(SHARED, 1, 1);

      // WHEN
      dying.die();

      // THEN
      for (long offset = 1; offset <= 6; offset++) {
        var message = heir.next();
        assertThat(message.event().getLong("offset")).isEqualTo(offset);
        assertThat(message.duplicate()).isFalse();
      }
    }
  }

  /** Verifies that a group whose members have sessions goes on where it was when one comes again, and ends with the last of them. */
  @Test
  void outlivesItsMembers() throws Exception {
    // GIVEN
    try (var member = client("m1", false)) {
      member.subscribe(SHARED, 1, 1);
      bridge.append("EC01", serial(1), DATA, 2);
      member.next();
      member.next();
    }
    Await.until(
        "the group without members",
        Await.PATIENCE,
        () -> stored("g:evt/#").filter(it -> it.expiresMillis() > 0).isPresent());
    bridge.append("EC01", serial(2), DATA, 3);

    // WHEN
    try (var member = client("m1", false)) {
      // THEN
      var offsets = new TreeSet<Long>();
      while (!offsets.contains(5L)) {
        offsets.add(member.next().event().getLong("offset"));
      }
      assertThat(offsets).contains(3L, 4L, 5L);
      assertThat(stored("g:evt/#").orElseThrow().expiresMillis()).isZero();
    }

    // WHEN
    client("m1", true).close();

    // THEN
    Await.until("the group's end", Await.PATIENCE, () -> stored("g:evt/#").isEmpty());
  }

  /** Verifies that filters under one group name are subscriptions of their own, and that unsubscribing ends one. */
  @Test
  void keepsFiltersApart() throws Exception {
    try (var client = new Paho5Client(bridge.mqttPort(), "c5", "EC01", key, 0)) {
      // GIVEN
      client.subscribe("$share/g/m2m/v1/EC01/evt/+/data", 1, 5);
      client.subscribe(SHARED, 1, 7);

      // WHEN
      bridge.append("EC01", serial(1), DATA, 1);

      // THEN
      var identifiers = new TreeSet<Integer>();
      identifiers.addAll(client.identifiers());
      identifiers.addAll(client.identifiers());
      assertThat(identifiers).containsExactly(5, 7);

      // WHEN
      client.unsubscribe(SHARED);
      client.subscribe(ALL, 1, 9);
      bridge.append("EC01", serial(1), DATA, 1);

      // THEN
      identifiers.clear();
      identifiers.addAll(client.identifiers());
      identifiers.addAll(client.identifiers());
      assertThat(identifiers).containsExactly(5, 9);
    }
  }
}
