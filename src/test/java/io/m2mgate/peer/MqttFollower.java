package io.m2mgate.peer;

import java.net.URI;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import org.eclipse.paho.client.mqttv3.IMqttDeliveryToken;
import org.eclipse.paho.client.mqttv3.MqttCallback;
import org.eclipse.paho.client.mqttv3.MqttClient;
import org.eclipse.paho.client.mqttv3.MqttConnectOptions;
import org.eclipse.paho.client.mqttv3.MqttException;
import org.eclipse.paho.client.mqttv3.MqttMessage;
import org.eclipse.paho.client.mqttv3.persist.MemoryPersistence;

/** A persistent subscriber of all of an application's events at QoS 1, which keeps none of them: it counts that each comes behind the other. */
public final class MqttFollower implements AutoCloseable {
  private final MqttClient client;
  private final MqttConnectOptions options = new MqttConnectOptions();
  private final CompletableFuture<Long> whole = new CompletableFuture<>();

  /** @param events after so many it is done */
  public MqttFollower(URI endpoint, String appCode, String apiKey, String clientId, long events)
      throws MqttException {
    client = new MqttClient(
        "tcp://" + endpoint.getHost() + ":" + endpoint.getPort(),
        clientId,
        new MemoryPersistence());
    client.setTimeToWait(10_000);
    options.setMqttVersion(MqttConnectOptions.MQTT_VERSION_3_1_1);
    options.setCleanSession(false);
    options.setUserName(appCode);
    options.setPassword(apiKey.toCharArray());
    client.setCallback(new Counting(events));
  }

  /** Goes on with the session, or begins it. */
  public MqttFollower connect() throws MqttException {
    client.connect(options);
    return this;
  }

  /** Subscribes and leaves: what comes from now on waits for it. */
  public void leaveSubscribed(String appCode) throws MqttException {
    client.connect(options);
    client.subscribe("m2m/v1/" + appCode + "/evt/#", 1);
    client.disconnect();
    client.close();
  }

  public Future<Long> whole() {
    return whole;
  }

  @Override
  public void close() throws MqttException {
    client.disconnectForcibly(100, 100);
    client.close(true);
  }

  private final class Counting implements MqttCallback {
    private final long events;
    private long last;

    private Counting(long events) {
      this.events = events;
    }

    @Override
    public void messageArrived(String topic, MqttMessage message) throws Exception {
      long offset = Api.JSON.readTree(message.getPayload()).path("offset").asLong();
      if (offset != last + 1) {
        whole.completeExceptionally(new AssertionError(offset + " came behind " + last));
      }
      last = offset;
      if (last == events) {
        whole.complete(last);
      }
    }

    @Override
    public void connectionLost(Throwable cause) {
      whole.completeExceptionally(cause);
    }

    @Override
    public void deliveryComplete(IMqttDeliveryToken token) {}
  }
}
