package io.m2mgate.bridge.mirror;

import io.netty.handler.codec.mqtt.MqttQoS;
import io.vertx.core.buffer.Buffer;
import io.vertx.mqtt.MqttClient;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * Owns what is on its way to the broker in one connection, of all applications: the window, and whose turn it is when there is room
 * again. On the mirror's event loop.
 */
final class Outbox {

  private final MqttClient client;
  private final MqttQoS qos;
  private final MirrorOptions.Limits limits;
  private final Map<Integer, Sent> byId = new HashMap<>();
  private final Set<Integer> early = new HashSet<>();
  private final ArrayDeque<Runnable> waiting = new ArrayDeque<>();
  private volatile int inFlight;
  private long bytes;
  private boolean serving;
  private boolean closed;

  private record Sent(int size, Runnable confirmed) {}

  Outbox(MqttClient client, int qos, MirrorOptions.Limits limits) {
    this.client = client;
    this.qos = MqttQoS.valueOf(qos);
    this.limits = limits;
  }

  /** Any thread. */
  int inFlight() {
    return inFlight;
  }

  /** Whether who has just sent may send another: not while others wait for their turn. */
  boolean mayGoOn() {
    return room() && waiting.isEmpty();
  }

  /** Runs once there is room and those before have had their turn. */
  void await(Runnable turn) {
    waiting.addLast(turn);
    serve();
  }

  /** @param confirmed runs once the broker has it; never, if the connection ends before */
  void publish(String topic, Buffer payload, Runnable confirmed) {
    var sent = new Sent(topic.length() + payload.length(), confirmed);
    inFlight++;
    bytes += sent.size();
    try {
      client
          .publish(topic, payload, qos, false, false)
          .onSuccess(id -> left(id, sent))
          .onFailure(lost -> {});
    } catch (IllegalStateException gone) {
      close();
    }
  }

  /** The message is written; at QoS 0 nothing else will be heard of it. */
  private void left(int id, Sent sent) {
    if (qos == MqttQoS.AT_MOST_ONCE || early.remove(id)) {
      confirm(sent);
    } else {
      byId.put(id, sent);
    }
  }

  void acknowledged(int id) {
    var sent = byId.remove(id);
    if (sent != null) {
      confirm(sent);
    } else if (early.size() < limits.window()) {
      early.add(id);
    }
  }

  private void confirm(Sent sent) {
    if (closed) {
      return;
    }
    inFlight--;
    bytes -= sent.size();
    sent.confirmed().run();
    serve();
  }

  private void serve() {
    if (serving) {
      return;
    }
    serving = true;
    while (!closed && room() && !waiting.isEmpty()) {
      waiting.removeFirst().run();
    }
    serving = false;
  }

  private boolean room() {
    return !closed && inFlight < limits.window() && bytes < limits.queueBytes();
  }

  /** The connection is gone: what was not acknowledged is sent again in the next one. */
  void close() {
    closed = true;
    inFlight = 0;
    byId.clear();
    waiting.clear();
  }
}
