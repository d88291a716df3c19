package io.m2mgate.peer;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URI;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.eclipse.paho.client.mqttv3.MqttClient;
import org.eclipse.paho.client.mqttv3.MqttConnectOptions;
import org.eclipse.paho.client.mqttv3.MqttException;
import org.eclipse.paho.client.mqttv3.persist.MemoryPersistence;

/** A subscriber of the MQTT tap with a client library that the project did not write. */
public final class MqttTap implements AutoCloseable {
  private final MqttClient client;
  private final BlockingQueue<Received> received = new LinkedBlockingQueue<>();

  public record Received(String topic, int qos, JsonNode event) {}

  public MqttTap(URI endpoint, String appCode, String apiKey, int qos) throws MqttException {
    String broker = "tcp://" + endpoint.getHost() + ":" + endpoint.getPort();
    client = new MqttClient(broker, "peer-" + System.nanoTime(), new MemoryPersistence());
    client.setTimeToWait(10_000);
    var options = new MqttConnectOptions();
    options.setMqttVersion(MqttConnectOptions.MQTT_VERSION_3_1_1);
    options.setUserName(appCode);
    options.setPassword(apiKey.toCharArray());
    client.connect(options);
    client.subscribe(
        "m2m/v1/" + appCode + "/evt/#",
        qos,
        (topic, message) -> received.add(
            new Received(topic, message.getQos(), Api.JSON.readTree(message.getPayload()))));
  }

  public Received await(Predicate<JsonNode> fit) {
    return Await.value("MQTT message", Await.PATIENCE, () -> {
      try {
        return Optional.ofNullable(received.poll(100, TimeUnit.MILLISECONDS))
            .filter(candidate -> fit.test(candidate.event()));
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    });
  }

  @Override
  public void close() throws MqttException {
    client.disconnectForcibly(100, 100);
    client.close(true);
  }
}
