package io.m2mgate.bridge.mqtt;

import io.netty.handler.codec.mqtt.MqttProperties;
import io.netty.handler.codec.mqtt.MqttQoS;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.mqtt.MqttEndpoint;
import java.util.BitSet;

/**
 * Owns what is on its way to one client, whoever sends it: the packet ids in use, which the in-flight window bounds, and the bytes that
 * wait in the socket's queue. Lives on the connection's event loop.
 */
final class Outflow {

  private static final int IDS = 65_536;

  private final MqttEndpoint endpoint;
  private final Limits limits;
  private final BitSet used = new BitSet(IDS);
  private Runnable onRoom = () -> {};
  private int unacknowledged;
  private long progressNanos = System.nanoTime();
  private int unsentBytes;

  /** @param packetBytes the greatest packet that the client takes */
  record Limits(int window, int unsentBytes, long packetBytes) {}

  /**
   * @param id 0 with QoS 0
   * @param repeated it was sent in this session before
   */
  record Message(
      String topic,
      Buffer payload,
      MqttQoS qos,
      int id,
      boolean repeated,
      boolean retained,
      MqttProperties properties) {

    static Message of(String topic, Buffer payload, Subscriptions.Match match, int id) {
      return new Message(topic, payload, match.qos(), id, false, false, match.properties());
    }

    Message again(boolean sentBefore) {
      return new Message(topic, payload, qos, id, sentBefore, retained, properties);
    }
  }

  Outflow(MqttEndpoint endpoint, Limits limits) {
    this.endpoint = endpoint;
    this.limits = limits;
  }

  /** Called whenever something left or was acknowledged. */
  void onRoom(Runnable listener) {
    onRoom = listener;
  }

  boolean room() {
    return unacknowledged < limits.window() && unsentBytes < limits.unsentBytes();
  }

  int window() {
    return limits.window();
  }

  /** When the client last took something, or had nothing to take. */
  long progressNanos() {
    return progressNanos;
  }

  boolean uses(int id) {
    return used.get(id);
  }

  boolean fits(Message message) {
    long identifiers = 5L
        * message
            .properties()
            .getProperties(MqttProperties.SUBSCRIPTION_IDENTIFIER)
            .size();
    // UTF-8 never takes more than three bytes for a char of a topic.
    return message.payload().length() + 3L * message.topic().length() + identifiers + 16
        <= limits.packetBytes();
  }

  /** Completes once it has left; fails when the client is gone. */
  Future<Void> send(Message message) {
    if (unacknowledged == 0) {
      progressNanos = System.nanoTime();
    }
    if (message.id() > 0 && !used.get(message.id())) {
      used.set(message.id());
      unacknowledged++;
    }
    int size = message.payload().length();
    unsentBytes += size;
    // vertx-mqtt does not say when the socket is full; its futures say when a message has left.
    return published(message)
        .onComplete(left -> {
          unsentBytes -= size;
          if (left.succeeded()) {
            progressNanos = System.nanoTime();
            onRoom.run();
          }
        })
        .mapEmpty();
  }

  /** False for an id that is not in flight: that means nothing. */
  boolean acknowledged(int id) {
    if (!used.get(id)) {
      return false;
    }
    used.clear(id);
    unacknowledged--;
    progressNanos = System.nanoTime();
    return true;
  }

  private Future<Integer> published(Message message) {
    try {
      return endpoint.publish(
          message.topic(),
          message.payload(),
          message.qos(),
          message.repeated(),
          message.retained(),
          Math.max(message.id(), 1),
          message.properties());
    } catch (IllegalArgumentException | IllegalStateException goneMeanwhile) {
      return Future.failedFuture(goneMeanwhile);
    }
  }
}
