package io.m2mgate.bridge.mqtt;

import io.m2mgate.bridge.Topics;
import io.netty.handler.codec.mqtt.MqttProperties.MqttPropertyType;
import io.netty.handler.codec.mqtt.MqttQoS;
import io.vertx.core.Context;
import io.vertx.mqtt.MqttEndpoint;
import io.vertx.mqtt.messages.MqttPublishMessage;
import io.vertx.mqtt.messages.codes.MqttDisconnectReasonCode;
import io.vertx.mqtt.messages.codes.MqttPubAckReasonCode;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Answers what one connected client sends: SUBSCRIBE, UNSUBSCRIBE, PUBLISH, PUBACK. On the connection's event loop. */
final class ClientRequests {

  private static final Logger LOG = LoggerFactory.getLogger(ClientRequests.class);

  private static final long SECOND_NANOS = 1_000_000_000L;

  private static final int SHOWN_TOPIC = 100;

  private final MqttConnection.Bridge bridge;
  private final MqttConnection connection;
  private final MqttEndpoint endpoint;
  private final boolean version5;
  private final ClientCommands commands;
  private final ClientSubscriptions subscriptions;
  private long secondNanos = System.nanoTime();
  private int inSecond;

  ClientRequests(
      MqttConnection connection,
      MqttEndpoint endpoint,
      MqttConnection.Bridge bridge,
      ConnectTerms terms,
      Context context) {
    this.bridge = bridge;
    this.connection = connection;
    this.endpoint = endpoint;
    this.version5 = terms.version5();
    this.commands = new ClientCommands(connection, endpoint, bridge, terms, context);
    this.subscriptions = new ClientSubscriptions(connection, endpoint, bridge);
  }

  void attach() {
    endpoint
        .pingHandler(ping -> admitted(() -> {}))
        .subscribeHandler(message -> admitted(() -> subscriptions.subscribe(message)))
        .unsubscribeHandler(message -> admitted(() -> subscriptions.unsubscribe(message)))
        .publishHandler(message -> admitted(() -> publish(message)))
        .publishAcknowledgeHandler(connection.session()::acknowledged);
  }

  /**
   * Every request has an answer, and vertx-mqtt queues answers without a bound. Nobody needs so many: a client that sends more
   * reads none, or means no good.
   */
  private void admitted(Runnable request) {
    if (connection.isClosed()) {
      return;
    }
    long now = System.nanoTime();
    if (now - secondNanos >= SECOND_NANOS) {
      secondNanos = now;
      inSecond = 0;
    }
    int most = bridge.options().requestsPerSecond();
    if (++inSecond <= most) {
      request.run();
    } else {
      if (isToBeTold("flood")) {
        LOG.info("{}: closed: over {} requests a second", connection.key(), most);
      }
      bridge.figures().flooded();
      connection.end(Optional.of(MqttDisconnectReasonCode.MESSAGE_RATE_TOO_HIGH));
    }
  }

  /** Requests for commands, and nothing else: 3.1.1 has no way to say so but closing (MQTT 3.1.1, 3.3.5). */
  private void publish(MqttPublishMessage message) {
    var unlawful = unlawful(message);
    if (unlawful.isPresent()) {
      connection.end(unlawful);
      return;
    }
    var request = Topics.request(connection.key().app(), message.topicName());
    if (message.qosLevel() == MqttQoS.EXACTLY_ONCE) {
      connection.end(Optional.of(MqttDisconnectReasonCode.QOS_NOT_SUPPORTED));
    } else if (request.isPresent()) {
      commands.take(message, request.get());
    } else {
      refuse(message);
    }
  }

  private Optional<MqttDisconnectReasonCode> unlawful(MqttPublishMessage message) {
    if (message.properties().getProperty(MqttPropertyType.TOPIC_ALIAS.value()) != null) {
      return Optional.of(MqttDisconnectReasonCode.TOPIC_ALIAS_INVALID);
    }
    boolean malformed = !ConnectTerms.isWellFormed(message.topicName())
        || message.isDup() && message.qosLevel() == MqttQoS.AT_MOST_ONCE;
    return malformed ? Optional.of(MqttDisconnectReasonCode.MALFORMED_PACKET) : Optional.empty();
  }

  private void refuse(MqttPublishMessage message) {
    if (isToBeTold("publish")) {
      LOG.info("{}: PUBLISH to {} refused", connection.key(), shown(message.topicName()));
    }
    if (version5 && message.qosLevel() == MqttQoS.AT_LEAST_ONCE) {
      write(() -> endpoint.publishAcknowledge(
          message.messageId(),
          MqttPubAckReasonCode.NOT_AUTHORIZED,
          connection.terms().reason("only req/… can be published to")));
    } else {
      connection.end(Optional.of(MqttDisconnectReasonCode.NOT_AUTHORIZED));
    }
  }

  private boolean isToBeTold(String what) {
    return isToBeTold(bridge, connection, what);
  }

  /** Whether a refusal goes to the log, which hears of each reason once a minute. */
  static boolean isToBeTold(MqttConnection.Bridge bridge, MqttConnection connection, String what) {
    long nowMillis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime());
    return bridge.refusals().tell(connection.key().toString(), what, nowMillis);
  }

  /** Whatever a client calls its topic, it is one short line of the log. */
  static String shown(String topic) {
    var text = topic.length() > SHOWN_TOPIC ? topic.substring(0, SHOWN_TOPIC) + "…" : topic;
    return text.replaceAll("\\p{Cntrl}", "?");
  }

  /** vertx-mqtt throws when the client went a moment ago; its close handler is on the way. */
  static void write(Runnable answer) {
    try {
      answer.run();
    } catch (IllegalArgumentException | IllegalStateException gone) {
      LOG.trace("answer to a client that went", gone);
    }
  }
}
