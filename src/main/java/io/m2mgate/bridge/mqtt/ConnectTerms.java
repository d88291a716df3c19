package io.m2mgate.bridge.mqtt;

import static io.netty.handler.codec.mqtt.MqttProperties.ASSIGNED_CLIENT_IDENTIFIER;
import static io.netty.handler.codec.mqtt.MqttProperties.MAXIMUM_PACKET_SIZE;
import static io.netty.handler.codec.mqtt.MqttProperties.MAXIMUM_QOS;
import static io.netty.handler.codec.mqtt.MqttProperties.REASON_STRING;
import static io.netty.handler.codec.mqtt.MqttProperties.RECEIVE_MAXIMUM;
import static io.netty.handler.codec.mqtt.MqttProperties.REQUEST_PROBLEM_INFORMATION;
import static io.netty.handler.codec.mqtt.MqttProperties.SESSION_EXPIRY_INTERVAL;
import static io.netty.handler.codec.mqtt.MqttProperties.SHARED_SUBSCRIPTION_AVAILABLE;

import com.github.f4b6a3.ulid.UlidCreator;
import io.netty.handler.codec.mqtt.MqttProperties;
import io.netty.handler.codec.mqtt.MqttProperties.IntegerProperty;
import io.netty.handler.codec.mqtt.MqttProperties.StringProperty;
import io.vertx.mqtt.MqttEndpoint;
import java.util.Optional;

/**
 * What a CONNECT asked for, whichever version it speaks. Immutable.
 *
 * @param assigned the client sent no id and was given this one
 * @param cleanStart a stored session is to be discarded first
 * @param expirySeconds how long the session is to outlive the connection; 0 = not at all
 * @param receiveMaximum in-flight messages that the client takes
 * @param packetBytes the greatest packet that the client takes
 * @param problemInformation reasons may be told in words
 */
record ConnectTerms(
    String clientId,
    boolean assigned,
    boolean version5,
    boolean cleanStart,
    long expirySeconds,
    int receiveMaximum,
    long packetBytes,
    boolean problemInformation) {

  private static final int VERSION_5 = 5;
  private static final int MANY = 65_535;
  /** The rest of a packet that has a reason. */
  private static final int REASON_PACKET = 256;

  private static final long FOR_EVER = 0xFFFFFFFFL;

  static ConnectTerms of(MqttEndpoint endpoint) {
    return of(
        endpoint.clientIdentifier(),
        endpoint.protocolVersion(),
        endpoint.isCleanSession(),
        endpoint.connectProperties());
  }

  /** @param asked null or empty = the client sent no id */
  static ConnectTerms of(String asked, int version, boolean clean, MqttProperties properties) {
    boolean assigned = asked == null || asked.isEmpty();
    var clientId = assigned ? "auto-" + UlidCreator.getUlid() : asked;
    if (version < VERSION_5) {
      long expiry = clean ? 0 : FOR_EVER;
      return new ConnectTerms(
          clientId, assigned, false, clean, expiry, MANY, Long.MAX_VALUE, false);
    }
    return new ConnectTerms(
        clientId,
        assigned,
        true,
        clean,
        expiry(properties).orElse(0L),
        integer(properties, RECEIVE_MAXIMUM, MANY),
        Integer.toUnsignedLong(integer(properties, MAXIMUM_PACKET_SIZE, -1)),
        integer(properties, REQUEST_PROBLEM_INFORMATION, 1) != 0);
  }

  /** Whether it can be kept: no limit may be 0 (MQTT 5, 3.1.2.11), and texts are well-formed (1.5.4). */
  boolean lawful() {
    return receiveMaximum > 0 && packetBytes > 0 && isWellFormed(clientId);
  }

  /** Neither U+0000 nor what the decoder puts where bytes were no UTF-8; nothing of ours is named with that. */
  static boolean isWellFormed(String text) {
    return text.indexOf('\0') < 0 && text.indexOf('\uFFFD') < 0;
  }

  /** A reason in words, where the client wants it and takes a packet of that size. */
  MqttProperties reason(String text) {
    var properties = new MqttProperties();
    if (version5
        && problemInformation
        && text != null
        && 3L * text.length() + REASON_PACKET <= packetBytes) {
      properties.add(new StringProperty(REASON_STRING, text));
    }
    return properties;
  }

  /** The session outlives the connection. */
  boolean persistent() {
    return expirySeconds > 0;
  }

  /** How long the session is kept, which the gateway bounds. */
  long keepSeconds(MqttOptions options) {
    return Math.min(expirySeconds, options.sessions().expirySeconds());
  }

  /** The Session Expiry Interval of CONNECT or DISCONNECT in seconds, where there is one. */
  static Optional<Long> expiry(MqttProperties properties) {
    return properties.getProperty(SESSION_EXPIRY_INTERVAL) instanceof IntegerProperty property
        ? Optional.of(Integer.toUnsignedLong(property.value()))
        : Optional.empty();
  }

  /** The properties of CONNACK; 3.1.1 has none. */
  MqttProperties answer(MqttOptions options) {
    if (!version5) {
      return MqttProperties.NO_PROPERTIES;
    }
    var answer = new MqttProperties();
    answer.add(new IntegerProperty(RECEIVE_MAXIMUM, options.window()));
    answer.add(new IntegerProperty(MAXIMUM_QOS, 1));
    answer.add(new IntegerProperty(SHARED_SUBSCRIPTION_AVAILABLE, 1));
    answer.add(new IntegerProperty(MAXIMUM_PACKET_SIZE, options.maxMessageBytes()));
    if (keepSeconds(options) < expirySeconds) {
      answer.add(new IntegerProperty(SESSION_EXPIRY_INTERVAL, (int) keepSeconds(options)));
    }
    if (assigned) {
      answer.add(new StringProperty(ASSIGNED_CLIENT_IDENTIFIER, clientId));
    }
    return answer;
  }

  private static int integer(MqttProperties properties, int id, int absent) {
    return properties.getProperty(id) instanceof IntegerProperty property
        ? property.value()
        : absent;
  }
}
