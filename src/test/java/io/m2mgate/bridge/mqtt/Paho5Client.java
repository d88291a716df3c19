package io.m2mgate.bridge.mqtt;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.eclipse.paho.mqttv5.client.IMqttToken;
import org.eclipse.paho.mqttv5.client.MqttAsyncClient;
import org.eclipse.paho.mqttv5.client.MqttCallback;
import org.eclipse.paho.mqttv5.client.MqttConnectionOptions;
import org.eclipse.paho.mqttv5.client.MqttDisconnectResponse;
import org.eclipse.paho.mqttv5.client.persist.MemoryPersistence;
import org.eclipse.paho.mqttv5.common.MqttException;
import org.eclipse.paho.mqttv5.common.MqttMessage;
import org.eclipse.paho.mqttv5.common.MqttSubscription;
import org.eclipse.paho.mqttv5.common.packet.MqttProperties;

/** Paho's client for MQTT 5 with a queue of what it got. Used by the test's thread; filled by Paho's. */
final class Paho5Client implements TableClient, MqttCallback {
  private record Received(String topic, MqttMessage message) {}

  private final BlockingQueue<Received> received = new LinkedBlockingQueue<>();
  final CompletableFuture<MqttDisconnectResponse> lost = new CompletableFuture<>();
  private final MqttAsyncClient client;
  private final boolean present;

  Paho5Client(int port, String clientId, String user, String password, long expiry)
      throws MqttException {
    client = new MqttAsyncClient("tcp://127.0.0.1:" + port, clientId, new MemoryPersistence());
    client.setCallback(this);
    var options = new MqttConnectionOptions();
    options.setUserName(user);
    options.setPassword(password.getBytes(StandardCharsets.UTF_8));
    options.setCleanStart(expiry == 0);
    options.setSessionExpiryInterval(expiry);
    options.setUseSubscriptionIdentifiers(false);
    var token = client.connect(options);
    token.waitForCompletion(20_000);
    present = token.getSessionPresent();
  }

  @Override
  public boolean present() {
    return present;
  }

  @Override
  public int subscribe(String filter, int qos) throws MqttException {
    return subscribe(filter, qos, 0);
  }

  /** Gives the reason code. */
  int subscribe(String filter, int qos, int identifier) throws MqttException {
    var properties = new MqttProperties();
    if (identifier > 0) {
      properties.setSubscriptionIdentifier(identifier);
    }
    var asked = new MqttSubscription[] {new MqttSubscription(filter, qos)};
    var token = client.subscribe(asked, null, null, properties);
    try {
      token.waitForCompletion(20_000);
    } catch (MqttException refused) {
      assertThat(refused.getReasonCode()).isGreaterThanOrEqualTo(0x80);
      return refused.getReasonCode();
    }
    return token.getReasonCodes()[0];
  }

  void unsubscribe(String filter) throws MqttException {
    client.unsubscribe(filter).waitForCompletion(20_000);
  }

  private Received take() throws InterruptedException {
    var message = received.poll(20, TimeUnit.SECONDS);
    assertThat(message).as("a message").isNotNull();
    return message;
  }

  @Override
  public JsonObject event() throws InterruptedException {
    return new JsonObject(new String(take().message().getPayload(), StandardCharsets.UTF_8));
  }

  Set<Integer> identifiers() throws InterruptedException {
    List<Integer> identifiers = take().message().getProperties().getSubscriptionIdentifiers();
    return identifiers == null ? Set.of() : new TreeSet<>(identifiers);
  }

  @Override
  public void die() throws MqttException {
    client.disconnectForcibly(0, 1, false);
    client.close(true);
  }

  @Override
  public void disconnected(MqttDisconnectResponse response) {
    lost.complete(response);
  }

  @Override
  public void mqttErrorOccurred(MqttException exception) {
    lost.completeExceptionally(exception);
  }

  @Override
  public void messageArrived(String topic, MqttMessage message) {
    received.add(new Received(topic, message));
  }

  @Override
  public void deliveryComplete(IMqttToken token) {
    // only publishers are told
  }

  @Override
  public void connectComplete(boolean reconnect, String uri) {
    // connect() waits for its own token
  }

  @Override
  public void authPacketArrived(int code, MqttProperties properties) {
    lost.completeExceptionally(new IllegalStateException("AUTH"));
  }

  @Override
  public void close() throws MqttException {
    if (client.isConnected()) {
      client.disconnect().waitForCompletion(20_000);
    }
    client.close(true);
  }
}
