package io.m2mgate.bridge.mqtt;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.eclipse.paho.client.mqttv3.IMqttDeliveryToken;
import org.eclipse.paho.client.mqttv3.MqttAsyncClient;
import org.eclipse.paho.client.mqttv3.MqttCallback;
import org.eclipse.paho.client.mqttv3.MqttConnectOptions;
import org.eclipse.paho.client.mqttv3.MqttException;
import org.eclipse.paho.client.mqttv3.MqttMessage;
import org.eclipse.paho.client.mqttv3.persist.MemoryPersistence;

/** A Paho client with a queue of what it got. Used by the test's thread; filled by Paho's. */
final class PahoClient implements TableClient, MqttCallback {
  record Received(String topic, MqttMessage message) {
    JsonObject event() {
      return new JsonObject(new String(message.getPayload(), StandardCharsets.UTF_8));
    }

    int qos() {
      return message.getQos();
    }

    boolean duplicate() {
      return message.isDuplicate();
    }

    boolean retained() {
      return message.isRetained();
    }

    int id() {
      return message.getId();
    }
  }

  private final BlockingQueue<Received> received = new LinkedBlockingQueue<>();
  final CompletableFuture<Throwable> lost = new CompletableFuture<>();
  private final MqttAsyncClient client;
  private final boolean present;

  PahoClient(int port, String clientId, String user, String password, boolean clean)
      throws MqttException {
    this(port, clientId, user, password, clean, false);
  }

  /** @param manual nothing is acknowledged but by {@link #acknowledge} */
  PahoClient(int port, String clientId, String user, String password, boolean clean, boolean manual)
      throws MqttException {
    client = new MqttAsyncClient("tcp://127.0.0.1:" + port, clientId, new MemoryPersistence());
    client.setCallback(this);
    client.setManualAcks(manual);
    var options = new MqttConnectOptions();
    options.setUserName(user);
    options.setPassword(password.toCharArray());
    options.setCleanSession(clean);
    options.setMqttVersion(MqttConnectOptions.MQTT_VERSION_3_1_1);
    try {
      var token = client.connect(options);
      token.waitForCompletion(20_000);
      present = token.getSessionPresent();
    } catch (MqttException e) {
      client.close();
      throw e;
    }
  }

  @Override
  public boolean present() {
    return present;
  }

  void manual() {
    client.setManualAcks(true);
  }

  void acknowledge(Received message) throws MqttException {
    client.messageArrivedComplete(message.id(), message.qos());
  }

  void subscribe(String filter, int qos, int granted) throws MqttException {
    assertThat(subscribe(filter, qos)).as(filter).isEqualTo(granted);
  }

  @Override
  public int subscribe(String filter, int qos) throws MqttException {
    var token = client.subscribe(filter, qos);
    try {
      token.waitForCompletion(20_000);
    } catch (MqttException refused) {
      assertThat(refused.getReasonCode()).isEqualTo(0x80);
    }
    assertThat(token.getGrantedQos()).as(filter).hasSize(1);
    return token.getGrantedQos()[0];
  }

  @Override
  public JsonObject event() throws InterruptedException {
    return next().event();
  }

  @Override
  public void die() throws MqttException {
    client.disconnectForcibly(0, 1, false);
    client.close(true);
  }

  void unsubscribe(String filter) throws MqttException {
    client.unsubscribe(filter).waitForCompletion(20_000);
  }

  void publish(String topic) throws MqttException {
    client.publish(topic, new byte[] {1}, 1, false);
  }

  /** What comes within some milliseconds, or null. */
  Received poll(long millis) throws InterruptedException {
    return received.poll(millis, TimeUnit.MILLISECONDS);
  }

  Received next() throws InterruptedException {
    var message = received.poll(20, TimeUnit.SECONDS);
    assertThat(message).as("a message").isNotNull();
    return message;
  }

  @Override
  public void connectionLost(Throwable cause) {
    lost.complete(cause);
  }

  @Override
  public void messageArrived(String topic, MqttMessage message) {
    received.add(new Received(topic, message));
  }

  @Override
  public void deliveryComplete(IMqttDeliveryToken token) {
    // only publishers are told
  }

  @Override
  public void close() throws MqttException {
    if (client.isConnected()) {
      client.disconnect().waitForCompletion(20_000);
    }
    client.close(true);
  }
}
