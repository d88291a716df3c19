package io.m2mgate.bridge.mqtt;

import io.m2mgate.bridge.mqtt.TopicFilter.Reach;
import io.netty.handler.codec.mqtt.MqttProperties;
import io.netty.handler.codec.mqtt.MqttProperties.IntegerProperty;
import io.netty.handler.codec.mqtt.MqttQoS;
import io.vertx.core.json.JsonObject;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Owns one session's subscriptions with what was granted. Used on the connection's event loop. */
final class Subscriptions {

  private static final String QOS = "qos";
  private static final String ID = "id";
  private static final String AS_PUBLISHED = "asPublished";

  private final Map<String, Granted> byText = new LinkedHashMap<>();

  /**
   * @param id the Subscription Identifier that its messages carry, 0 = none
   * @param asPublished messages keep their RETAIN flag
   */
  record Granted(TopicFilter filter, MqttQoS qos, int id, boolean asPublished) {
    static Granted of(TopicFilter filter, MqttQoS qos) {
      return new Granted(filter, qos, 0, false);
    }

    /** What every message for it carries. */
    MqttProperties properties() {
      return identifiers(List.of(this));
    }
  }

  /** How an event is to be sent. */
  record Match(MqttQoS qos, MqttProperties properties) {}

  void put(Granted granted) {
    byText.put(granted.filter().text(), granted);
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

  /** Whether events come to this client alone. */
  boolean readsLog() {
    return byText.values().stream()
        .anyMatch(it -> it.filter().group().isEmpty() && it.filter().reach() == Reach.EVENTS);
  }

  List<Granted> shared() {
    return byText.values().stream()
        .filter(it -> it.filter().group().isPresent())
        .toList();
  }

  Optional<Granted> status() {
    return byText.values().stream()
        .filter(it -> it.filter().reach() == Reach.STATUS)
        .findFirst();
  }

  /** The greatest QoS of the own filters that match (MQTT 3.1.1, 3.3.5), with the identifiers of all of them. */
  Optional<Match> match(String serial, String kind) {
    var matching = byText.values().stream()
        .filter(it -> it.filter().group().isEmpty() && it.filter().matches(serial, kind))
        .toList();
    return matching.stream()
        .map(Granted::qos)
        .max(MqttQoS::compareTo)
        .map(best -> new Match(best, identifiers(matching)));
  }

  private static MqttProperties identifiers(List<Granted> matching) {
    if (matching.stream().allMatch(it -> it.id() == 0)) {
      return MqttProperties.NO_PROPERTIES;
    }
    var properties = new MqttProperties();
    matching.stream()
        .filter(it -> it.id() > 0)
        .map(it -> new IntegerProperty(MqttProperties.SUBSCRIPTION_IDENTIFIER, it.id()))
        .forEach(properties::add);
    return properties;
  }

  JsonObject toJson() {
    var json = new JsonObject();
    byText.forEach((text, it) -> {
      var one = new JsonObject().put(QOS, it.qos().value());
      if (it.id() > 0) {
        one.put(ID, it.id());
      }
      if (it.asPublished()) {
        one.put(AS_PUBLISHED, true);
      }
      json.put(text, one);
    });
    return json;
  }

  /** Filters that would not be granted any more are left out. */
  static Subscriptions of(JsonObject json, String app, String clientId) {
    var subscriptions = new Subscriptions();
    for (var text : json.fieldNames()) {
      try {
        // Before subscriptions had more than a QoS it stood alone.
        var one = json.getValue(text) instanceof JsonObject whole
            ? whole
            : new JsonObject().put(QOS, json.getInteger(text, 0));
        subscriptions.put(new Granted(
            TopicFilter.parse(text, app, clientId),
            MqttQoS.valueOf(Math.min(1, one.getInteger(QOS, 0))),
            one.getInteger(ID, 0),
            one.getBoolean(AS_PUBLISHED, false)));
      } catch (TopicFilter.Refused refused) {
        continue;
      }
    }
    return subscriptions;
  }
}
