package io.m2mgate.peer;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.eclipse.paho.client.mqttv3.MqttClient;
import org.eclipse.paho.client.mqttv3.MqttConnectOptions;
import org.eclipse.paho.client.mqttv3.MqttException;
import org.eclipse.paho.client.mqttv3.persist.MemoryPersistence;

/** A client of a broker that has nothing to do with the gateway: it hears topics and publishes to others. */
public final class BrokerTap implements AutoCloseable {
  private final MqttClient client;

  /** @param body read as JSON */
  public record Heard(String topic, boolean retained, JsonNode body) {}

  /** Options of one who may be anybody. */
  public static MqttConnectOptions anonymous() {
    var options = new MqttConnectOptions();
    options.setMqttVersion(MqttConnectOptions.MQTT_VERSION_3_1_1);
    return options;
  }

  /** Connected and subscribed to a filter with QoS 0: what the broker takes, it writes to this client before it acknowledges. */
  public BrokerTap(String url, MqttConnectOptions options, String filter, Consumer<Heard> hears)
      throws MqttException {
    client = new MqttClient(url, "tap-" + System.nanoTime(), new MemoryPersistence());
    client.setTimeToWait(20_000);
    client.connect(options);
    client.subscribe(
        filter,
        0,
        (topic, message) ->
            hears.accept(new Heard(topic, message.isRetained(), json(message.getPayload()))));
  }

  public static BrokerTap on(int port, String filter, Consumer<Heard> hears) throws MqttException {
    return new BrokerTap("tcp://127.0.0.1:" + port, anonymous(), filter, hears);
  }

  private static JsonNode json(byte[] payload) throws IOException {
    return Api.JSON.readTree(payload);
  }

  /** Returns when the broker has it. */
  public void publish(String topic, String body, boolean retained) throws MqttException {
    client.publish(topic, body.getBytes(StandardCharsets.UTF_8), 1, retained);
  }

  @Override
  public void close() throws MqttException {
    try {
      client.disconnectForcibly(0, 100, false);
    } finally {
      client.close(true);
    }
  }

  /** What was heard, to be waited for. */
  public static final class Inbox implements Consumer<Heard> {
    private final BlockingQueue<Heard> heard = new LinkedBlockingQueue<>();

    @Override
    public void accept(Heard message) {
      heard.add(message);
    }

    public Heard next() {
      return await(any -> true);
    }

    /** The next that fits; others before it are passed over. */
    public Heard await(Predicate<Heard> fit) {
      return Await.value("message of the broker", Await.PATIENCE, () -> {
        try {
          return Optional.ofNullable(heard.poll(100, TimeUnit.MILLISECONDS)).filter(fit);
        } catch (InterruptedException e) {
          throw new IllegalStateException(e);
        }
      });
    }

    public boolean isEmpty() {
      return heard.isEmpty();
    }
  }
}
