package io.m2mgate.bridge.mqtt;

import static org.assertj.core.api.Assertions.assertThat;

import io.m2mgate.bridge.BridgeFixture;
import io.m2mgate.peer.RawMqtt;
import io.m2mgate.store.Store;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a subscriber is told of events that retention took before it came back. */
@Timeout(60)
class MqttGapIT {
  private static final String ONE = "A972030000000001";
  private static final long MUCH = 1L << 40;

  @TempDir
  Path directory;

  private BridgeFixture bridge;
  private String key;

  @BeforeEach
  void open() {
    bridge = new BridgeFixture(directory);
    key = bridge.application("EC01");
    bridge.terminal(ONE, "EC01");
  }

  @AfterEach
  void close() {
    bridge.close();
  }

  private PahoClient client(String id) throws Exception {
    return new PahoClient(bridge.mqttPort(), id, "EC01", key, false);
  }

  private void sweep() {
    var everything =
        new Store.Retention(System.currentTimeMillis(), MUCH, 0, MUCH, MUCH, MUCH, MUCH, 100);
    BridgeFixture.await(bridge.store.sweep(everything));
  }

  /** Verifies that the gap is told in its place to those whose filter matches its topic, the members of a group among them. */
  @Test
  void tellsTheGap() throws Exception {
    // GIVEN
    var told = List.of("evt/#", "evt/+/+", "evt/+/gap", "evt/-/gap");
    var untold = List.of("evt/+/data", "evt/" + ONE + "/#");
    for (var filter : told) {
      away(filter, "m2m/v1/EC01/" + filter);
      away("g" + filter, "$share/g/m2m/v1/EC01/" + filter);
    }
    for (var filter : untold) {
      away(filter, "m2m/v1/EC01/" + filter);
    }
    bridge.append("EC01", ONE, "m2m.data.up", 5);
    sweep();
    bridge.append("EC01", ONE, "m2m.data.up", 1);

    // WHEN, THEN
    for (var filter : told) {
      gapOf(filter, !filter.endsWith("gap"));
      gapOf("g" + filter, !filter.endsWith("gap"));
    }
    for (var filter : untold) {
      try (var client = client(filter.replace("/", ":"))) {
        assertThat(client.next().event().getLong("offset")).isEqualTo(6);
      }
    }
  }

  private void away(String id, String filter) throws Exception {
    try (var client = client(id.replace("/", ":"))) {
      client.subscribe(filter, 1, 1);
    }
  }

  private void gapOf(String id, boolean goesOn) throws Exception {
    try (var client = client(id.replace("/", ":"))) {
      var gap = client.next();
      assertThat(gap.topic()).isEqualTo("m2m/v1/EC01/evt/-/gap");
      assertThat(gap.event().getString("type")).isEqualTo("m2m.stream.gap");
      assertThat(gap.event().getLong("offset")).isEqualTo(5);
      var data = gap.event().getJsonObject("data");
      assertThat(data.getLong("from")).isEqualTo(1);
      assertThat(data.getLong("lost")).isEqualTo(5);
      if (goesOn) {
        assertThat(client.next().event().getLong("offset")).isEqualTo(6);
      }
    }
  }

  /** Verifies that a gap that was not acknowledged is told again as it was. */
  @Test
  void repeatsTheGap() throws Exception {
    // GIVEN
    away("c1", "m2m/v1/EC01/evt/#");
    bridge.append("EC01", ONE, "m2m.data.up", 5);
    sweep();
    bridge.append("EC01", ONE, "m2m.data.up", 1);
    try (var client = new RawMqtt(URI.create("tcp://127.0.0.1:" + bridge.mqttPort()))) {
      assertThat(client.connect("c1", "EC01", key)).isZero();
      assertThat(client.read().payload()).contains("\"lost\":5");
    }

    // WHEN
    try (var client = client("c1")) {
      // THEN
      var again = client.next();
      assertThat(again.event().getJsonObject("data").getLong("lost")).isEqualTo(5);
      assertThat(again.duplicate()).isTrue();
    }
  }
}
