package io.m2mgate.bridge.mqtt;

import static io.m2mgate.bridge.mqtt.HiveClient.json;
import static org.assertj.core.api.Assertions.assertThat;

import com.hivemq.client.mqtt.datatypes.MqttQos;
import com.hivemq.client.mqtt.mqtt5.message.subscribe.Mqtt5RetainHandling;
import io.m2mgate.bridge.BridgeFixture;
import java.nio.file.Path;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The link check over MQTT (6.1.9). */
@Timeout(60)
class MqttStatusIT {
  private static final String ONE = "A972030000000001";
  private static final String STATUS = "m2m/v1/EC01/status";

  @TempDir
  Path directory;

  private BridgeFixture bridge;
  private String key;

  @BeforeEach
  void open() {
    bridge = new BridgeFixture(directory);
    key = bridge.application("EC01");
    bridge.terminal(ONE, "EC01");
    bridge.append("EC01", ONE, "m2m.data.up", 3);
  }

  @AfterEach
  void close() {
    bridge.close();
  }

  /** Verifies that a subscriber of 3.1.1 is given what is retained, and is told when the gateway stops. */
  @Test
  void tellsSubscribers() throws Exception {
    try (var client = new PahoClient(bridge.mqttPort(), "c1", "EC01", key, true)) {
      // WHEN
      client.subscribe(STATUS, 1, 1);

      // THEN
      var online = client.next();
      assertThat(online.topic()).isEqualTo(STATUS);
      assertThat(online.retained()).isTrue();
      var status = online.event();
      assertThat(status.fieldNames())
          .containsExactlyInAnyOrder("gateway", "node", "time", "log", "clients");
      assertThat(status.getString("gateway")).isEqualTo("online");
      assertThat(status.getString("node")).isEqualTo("test");
      assertThat(Instant.parse(status.getString("time"))).isBeforeOrEqualTo(Instant.now());
      assertThat(status.getJsonObject("log").getLong("oldest")).isEqualTo(1);
      assertThat(status.getJsonObject("log").getLong("last")).isEqualTo(3);
      assertThat(status.getLong("clients")).isEqualTo(1);

      // WHEN
      bridge.undeployMqtt();

      // THEN
      var stopping = client.next();
      assertThat(stopping.retained()).isFalse();
      assertThat(stopping.event().getString("gateway")).isEqualTo("stopping");
      client.lost.join();
    }
  }

  /** Verifies that a session that subscribed is told of the gateway at each connect. */
  @Test
  void tellsSessionsAtConnect() throws Exception {
    // GIVEN
    try (var client = new PahoClient(bridge.mqttPort(), "c1", "EC01", key, false)) {
      client.subscribe(STATUS, 0, 0);
      client.next();
    }

    // WHEN
    try (var client = new PahoClient(bridge.mqttPort(), "c1", "EC01", key, false)) {
      // THEN
      var online = client.next();
      assertThat(online.event().getString("gateway")).isEqualTo("online");
      assertThat(online.retained()).isFalse();
    }
  }

  /** Verifies the options of an MQTT 5 subscription: when what is retained is sent, how it is flagged, and its identifier. */
  @Test
  void honoursOptions() throws Exception {
    try (var client = new HiveClient(bridge.mqttPort(), "c5", key, it -> it)) {
      // WHEN
      subscribe(client, Mqtt5RetainHandling.DO_NOT_SEND, false);
      subscribe(client, Mqtt5RetainHandling.SEND_IF_SUBSCRIPTION_DOES_NOT_EXIST, false);
      subscribe(client, Mqtt5RetainHandling.SEND, true);

      // THEN
      var first = client.next();
      assertThat(first.isRetain()).isTrue();
      client.nothingMore();

      // WHEN
      client.client.unsubscribeWith().topicFilter(STATUS).send();
      subscribe(client, Mqtt5RetainHandling.SEND_IF_SUBSCRIPTION_DOES_NOT_EXIST, true);
      assertThat(json(client.next()).getString("gateway")).isEqualTo("online");
      bridge.undeployMqtt();

      // THEN
      var stopping = client.next();
      assertThat(stopping.isRetain()).as("as published").isTrue();
      assertThat(json(stopping).getString("gateway")).isEqualTo("stopping");
    }
  }

  private static void subscribe(
      HiveClient client, Mqtt5RetainHandling handling, boolean asPublished) {
    client
        .client
        .subscribeWith()
        .topicFilter(STATUS)
        .qos(MqttQos.AT_LEAST_ONCE)
        .retainHandling(handling)
        .retainAsPublished(asPublished)
        .send();
  }
}
