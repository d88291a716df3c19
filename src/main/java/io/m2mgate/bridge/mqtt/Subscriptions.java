package io.m2mgate.bridge.mqtt;

import io.netty.handler.codec.mqtt.MqttQoS;
import io.vertx.core.json.JsonObject;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** Owns one session's subscriptions with their granted QoS. Used on the connection's event loop. */
final class Subscriptions {

  private final Map<String, Granted> byText = new LinkedHashMap<>();

  private record Granted(TopicFilter filter, MqttQoS qos) {}

  void put(TopicFilter filter, MqttQoS qos) {
    byText.put(filter.text(), new Granted(filter, qos));
  }

  boolean remove(String text) {
    return byText.remove(text) != null;
  }

  boolean contains(String text) {
    return byText.containsKey(text);
  }

  int size() {
    return byText.size();
  }

  boolean isEmpty() {
    return byText.isEmpty();
  }

  /** The greatest QoS of the filters that match (MQTT 3.1.1, 3.3.5). */
  Optional<MqttQoS> match(String serial, String kind) {
    MqttQoS best = null;
    for (var granted : byText.values()) {
      if (granted.filter().matches(serial, kind)
          && (best == null || granted.qos().value() > best.value())) {
        best = granted.qos();
      }
    }
    return Optional.ofNullable(best);
  }

  JsonObject toJson() {
    var json = new JsonObject();
    byText.forEach((text, granted) -> json.put(text, granted.qos().value()));
    return json;
  }

  /** Filters that would not be granted any more are left out. */
  static Subscriptions of(JsonObject json, String app, String clientId) {
    var subscriptions = new Subscriptions();
    for (var text : json.fieldNames()) {
      try {
        subscriptions.put(
            TopicFilter.parse(text, app, clientId),
            MqttQoS.valueOf(Math.min(1, json.getInteger(text, 0))));
      } catch (TopicFilter.Refused refused) {
        continue;
      }
    }
    return subscriptions;
  }
}
