package io.m2mgate.bridge.mqtt;

import static org.assertj.core.api.Assertions.assertThat;

import com.hivemq.client.mqtt.MqttClient;
import com.hivemq.client.mqtt.MqttGlobalPublishFilter;
import com.hivemq.client.mqtt.datatypes.MqttQos;
import com.hivemq.client.mqtt.mqtt5.Mqtt5BlockingClient;
import com.hivemq.client.mqtt.mqtt5.exceptions.Mqtt5ConnAckException;
import com.hivemq.client.mqtt.mqtt5.exceptions.Mqtt5PubAckException;
import com.hivemq.client.mqtt.mqtt5.exceptions.Mqtt5SubAckException;
import com.hivemq.client.mqtt.mqtt5.message.connect.connack.Mqtt5ConnAck;
import com.hivemq.client.mqtt.mqtt5.message.connect.connack.Mqtt5ConnAckReasonCode;
import com.hivemq.client.mqtt.mqtt5.message.publish.puback.Mqtt5PubAckReasonCode;
import com.hivemq.client.mqtt.mqtt5.message.subscribe.suback.Mqtt5SubAckReasonCode;
import io.m2mgate.bridge.BridgeFixture;
import io.m2mgate.peer.RawMqtt;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class Mqtt5IT {

  private static final String ONE = "A972030000000001";
  private static final String ALL = "m2m/v1/EC01/evt/#";

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

  /** Verifies that a client without an id is told the one it was given, and what the gateway does not do. */
  @Test
  void assignsClientId() {
    // GIVEN
    var client = client("");

    // WHEN
    var answer = connect(client, key, true, 0);

    // THEN
    assertThat(answer.getAssignedClientIdentifier()).isPresent();
    assertThat(answer.getRestrictions().getMaximumQos()).isEqualTo(MqttQos.AT_LEAST_ONCE);
    assertThat(answer.getRestrictions().isSharedSubscriptionAvailable()).isTrue();
    assertThat(answer.getRestrictions().areSubscriptionIdentifiersAvailable()).isTrue();
    assertThat(answer.getRestrictions().getTopicAliasMaximum()).isZero();
    client.disconnect();
  }

  /** Verifies that a limit of 0, with which nothing could ever be sent, is refused as a protocol error. */
  @Test
  void refusesLimitsOfZero() {
    // GIVEN
    byte[] noWindow = {0x21, 0, 0};
    byte[] noPacket = {0x27, 0, 0, 0, 0};

    for (byte[] property : List.of(noWindow, noPacket)) {
      try (var client = new RawMqtt(URI.create("tcp://127.0.0.1:" + bridge.mqttPort()))) {
        // WHEN
        client.raw(
            new byte[] {0x10, (byte) (14 + property.length), 0, 4, 'M', 'Q', 'T', 'T', 5, 2, 0, 0});
        client.raw(new byte[] {(byte) property.length});
        client.raw(property);
        client.raw(new byte[] {0, 1, 'a'});

        // THEN
        assertThat(client.read().body()[1]).isEqualTo((byte) 0x82);
      }
    }
  }

  /** Verifies that a session with an expiry outlives its connection and resumes where it was acknowledged. */
  @Test
  void resumes() throws Exception {
    // GIVEN
    var first = client("c5");
    assertThat(connect(first, key, true, 3600).isSessionPresent()).isFalse();
    try (var received = first.publishes(MqttGlobalPublishFilter.ALL)) {
      first.subscribeWith().topicFilter(ALL).qos(MqttQos.EXACTLY_ONCE).send();
      bridge.append("EC01", ONE, "m2m.data.up", 1);
      assertThat(offset(received)).isEqualTo(1);
    }
    first.disconnect();
    bridge.append("EC01", ONE, "m2m.report", 2);

    // WHEN
    var again = client("c5");
    try (var received = again.publishes(MqttGlobalPublishFilter.ALL)) {
      var answer = connect(again, key, false, 3600);

      // THEN
      assertThat(answer.isSessionPresent()).isTrue();
      long offset = offset(received);
      assertThat(offset == 1 ? offset(received) : offset).isEqualTo(2);
      assertThat(offset(received)).isEqualTo(3);
    }
    again.disconnect();
  }

  /** Verifies that refusals carry MQTT 5's own reason codes. */
  @Test
  void tellsReasons() {
    // GIVEN
    var client = client("c5");

    // WHEN, THEN
    var connack = Assertions.catchThrowableOfType(
        Mqtt5ConnAckException.class, () -> connect(client("c6"), "wrong", true, 0));
    assertThat(connack.getMqttMessage().getReasonCode())
        .isEqualTo(Mqtt5ConnAckReasonCode.BAD_USER_NAME_OR_PASSWORD);
    connect(client, key, true, 0);
    assertThat(subscribe(client, "m2m/v1/EC02/evt/#"))
        .isEqualTo(Mqtt5SubAckReasonCode.NOT_AUTHORIZED);
    var puback = Assertions.catchThrowableOfType(
        Mqtt5PubAckException.class,
        () -> client
            .publishWith()
            .topic("m2m/v1/EC01/evt/x/data")
            .qos(MqttQos.AT_LEAST_ONCE)
            .send());
    assertThat(puback.getMqttMessage().getReasonCode())
        .isEqualTo(Mqtt5PubAckReasonCode.NOT_AUTHORIZED);
    client.disconnect();
  }

  private Mqtt5BlockingClient client(String clientId) {
    return MqttClient.builder()
        .useMqttVersion5()
        .serverHost("127.0.0.1")
        .serverPort(bridge.mqttPort())
        .identifier(clientId)
        .buildBlocking();
  }

  private static Mqtt5ConnAck connect(
      Mqtt5BlockingClient client, String password, boolean clean, long expiry) {
    return client
        .connectWith()
        .cleanStart(clean)
        .sessionExpiryInterval(expiry)
        .simpleAuth()
        .username("EC01")
        .password(password.getBytes(StandardCharsets.UTF_8))
        .applySimpleAuth()
        .send();
  }

  private static Mqtt5SubAckReasonCode subscribe(Mqtt5BlockingClient client, String filter) {
    var refused = Assertions.catchThrowableOfType(
        Mqtt5SubAckException.class,
        () -> client.subscribeWith().topicFilter(filter).send());
    return refused.getMqttMessage().getReasonCodes().get(0);
  }

  private static long offset(Mqtt5BlockingClient.Mqtt5Publishes received)
      throws InterruptedException {
    var message = received.receive(20, TimeUnit.SECONDS).orElseThrow();
    return new JsonObject(new String(message.getPayloadAsBytes(), StandardCharsets.UTF_8))
        .getLong("offset");
  }
}
