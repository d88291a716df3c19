package io.m2mgate.bridge.mqtt;

import static org.assertj.core.api.Assertions.assertThat;

import com.hivemq.client.mqtt.MqttClient;
import com.hivemq.client.mqtt.MqttGlobalPublishFilter;
import com.hivemq.client.mqtt.exceptions.MqttClientStateException;
import com.hivemq.client.mqtt.mqtt5.Mqtt5BlockingClient;
import com.hivemq.client.mqtt.mqtt5.Mqtt5ClientBuilder;
import com.hivemq.client.mqtt.mqtt5.message.connect.Mqtt5Connect;
import com.hivemq.client.mqtt.mqtt5.message.connect.Mqtt5ConnectBuilder;
import com.hivemq.client.mqtt.mqtt5.message.connect.connack.Mqtt5ConnAck;
import com.hivemq.client.mqtt.mqtt5.message.publish.Mqtt5Publish;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;

/** An MQTT 5 client of the HiveMQ library with a queue of what it got. Used by the test's thread. */
final class HiveClient implements AutoCloseable {

  final Mqtt5BlockingClient client;
  final Mqtt5ConnAck connack;
  final CompletableFuture<Throwable> lost = new CompletableFuture<>();
  /** Outlives the connection, unlike what the library keeps for a blocking client. */
  private final LinkedBlockingQueue<Mqtt5Publish> received = new LinkedBlockingQueue<>();

  HiveClient(int port, String clientId, String password, UnaryOperator<Mqtt5ConnectBuilder> terms) {
    Mqtt5ClientBuilder builder = MqttClient.builder().useMqttVersion5();
    client = builder
        .serverHost("127.0.0.1")
        .serverPort(port)
        .identifier(clientId)
        .addDisconnectedListener(gone -> lost.complete(gone.getCause()))
        .buildBlocking();
    client.toAsync().publishes(MqttGlobalPublishFilter.ALL, received::add);
    connack = client.connect(terms
        .apply(Mqtt5Connect.builder()
            .simpleAuth()
            .username("EC01")
            .password(password.getBytes(StandardCharsets.UTF_8))
            .applySimpleAuth())
        .build());
  }

  Mqtt5Publish next() throws InterruptedException {
    return Optional.ofNullable(received.poll(20, TimeUnit.SECONDS)).orElseThrow();
  }

  /** Asserts that nothing is there; what would have come came before something that was waited for. */
  void nothingMore() {
    assertThat(received).isEmpty();
  }

  static JsonObject json(Mqtt5Publish message) {
    return new JsonObject(new String(message.getPayloadAsBytes(), StandardCharsets.UTF_8));
  }

  @Override
  public void close() {
    try {
      client.disconnect();
    } catch (MqttClientStateException gone) {
      assertThat(client.getState().isConnected()).isFalse();
    }
  }
}
