package io.m2mgate.bridge.mqtt;

import static io.netty.handler.codec.mqtt.MqttProperties.NO_PROPERTIES;

import io.m2mgate.bridge.mqtt.TopicFilter.Refusal;
import io.netty.handler.codec.mqtt.MqttQoS;
import io.vertx.mqtt.MqttEndpoint;
import io.vertx.mqtt.messages.MqttPublishMessage;
import io.vertx.mqtt.messages.MqttSubscribeMessage;
import io.vertx.mqtt.messages.MqttUnsubscribeMessage;
import io.vertx.mqtt.messages.codes.MqttDisconnectReasonCode;
import io.vertx.mqtt.messages.codes.MqttPubAckReasonCode;
import io.vertx.mqtt.messages.codes.MqttSubAckReasonCode;
import io.vertx.mqtt.messages.codes.MqttUnsubAckReasonCode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Answers what one connected client sends: SUBSCRIBE, UNSUBSCRIBE, PUBLISH, PUBACK. On the connection's event loop. */
final class ClientRequests {

  private static final Logger LOG = LoggerFactory.getLogger(ClientRequests.class);

  /** Every request has an answer, and vertx-mqtt queues answers without a bound. */
  private static final int REQUESTS_A_SECOND = 500;

  private static final long SECOND_NANOS = 1_000_000_000L;

  private final MqttFigures figures;
  private final MqttConnection connection;
  private final MqttEndpoint endpoint;
  private final boolean version5;
  private final int maxSubscriptions;
  private long secondNanos = System.nanoTime();
  private int inSecond;

  ClientRequests(
      MqttConnection connection,
      MqttEndpoint endpoint,
      MqttFigures figures,
      boolean version5,
      int maxSubscriptions) {
    this.figures = figures;
    this.connection = connection;
    this.endpoint = endpoint;
    this.version5 = version5;
    this.maxSubscriptions = maxSubscriptions;
  }

  void attach() {
    endpoint
        .pingHandler(ping -> admitted(() -> {}))
        .subscribeHandler(message -> admitted(() -> subscribe(message)))
        .unsubscribeHandler(message -> admitted(() -> unsubscribe(message)))
        .publishHandler(message -> admitted(() -> publish(message)))
        .publishAcknowledgeHandler(connection::acknowledged);
  }

  /** Nobody needs so many: a client that sends more reads no answers, or means no good. */
  private void admitted(Runnable request) {
    if (connection.isClosed()) {
      return;
    }
    long now = System.nanoTime();
    if (now - secondNanos >= SECOND_NANOS) {
      secondNanos = now;
      inSecond = 0;
    }
    if (++inSecond <= REQUESTS_A_SECOND) {
      request.run();
    } else {
      LOG.info("{}: closed: over {} requests a second", connection.key(), REQUESTS_A_SECOND);
      figures.flooded();
      connection.end(Optional.of(MqttDisconnectReasonCode.MESSAGE_RATE_TOO_HIGH));
    }
  }

  private void subscribe(MqttSubscribeMessage message) {
    var codes = new ArrayList<MqttSubAckReasonCode>();
    for (var asked : message.topicSubscriptions()) {
      codes.add(grant(asked.topicName(), asked.qualityOfService()));
    }
    connection.subscriptionsChanged().onComplete(stored -> {
      if (connection.isClosed()) {
        return;
      }
      // Not stored means not there after a reconnect: the client must not count on it.
      var answer = stored.succeeded() ? codes : refusedAll(codes.size());
      write(() -> endpoint.subscribeAcknowledge(message.messageId(), answer, NO_PROPERTIES));
    });
  }

  private MqttSubAckReasonCode grant(String text, MqttQoS asked) {
    var subscriptions = connection.subscriptions();
    if (subscriptions.size() >= maxSubscriptions && !subscriptions.contains(text)) {
      return refusal(MqttSubAckReasonCode.QUOTA_EXCEEDED);
    }
    try {
      var filter =
          TopicFilter.parse(text, connection.key().app(), connection.key().clientId());
      var qos = asked == MqttQoS.AT_MOST_ONCE ? MqttQoS.AT_MOST_ONCE : MqttQoS.AT_LEAST_ONCE;
      subscriptions.put(filter, qos);
      return qos == MqttQoS.AT_MOST_ONCE
          ? MqttSubAckReasonCode.GRANTED_QOS0
          : MqttSubAckReasonCode.GRANTED_QOS1;
    } catch (TopicFilter.Refused refused) {
      LOG.info("{}: subscription to {} refused: {}", connection.key(), text, refused.refusal());
      return refusal(code(refused.refusal()));
    }
  }

  private static MqttSubAckReasonCode code(Refusal refusal) {
    return switch (refusal) {
      case MALFORMED -> MqttSubAckReasonCode.TOPIC_FILTER_INVALID;
      case FOREIGN -> MqttSubAckReasonCode.NOT_AUTHORIZED;
      case SHARED -> MqttSubAckReasonCode.SHARED_SUBSCRIPTIONS_NOT_SUPPORTED;
    };
  }

  /** 3.1.1 knows one code, 0x80. */
  private MqttSubAckReasonCode refusal(MqttSubAckReasonCode code) {
    return version5 ? code : MqttSubAckReasonCode.UNSPECIFIED_ERROR;
  }

  private List<MqttSubAckReasonCode> refusedAll(int count) {
    var codes = new ArrayList<MqttSubAckReasonCode>();
    for (int i = 0; i < count; i++) {
      codes.add(MqttSubAckReasonCode.UNSPECIFIED_ERROR);
    }
    return codes;
  }

  private void unsubscribe(MqttUnsubscribeMessage message) {
    var codes = new ArrayList<MqttUnsubAckReasonCode>();
    for (var topic : message.topics()) {
      boolean removed = connection.subscriptions().remove(topic);
      codes.add(
          removed
              ? MqttUnsubAckReasonCode.SUCCESS
              : MqttUnsubAckReasonCode.NO_SUBSCRIPTION_EXISTED);
    }
    connection.subscriptionsChanged().onComplete(stored -> {
      if (!connection.isClosed()) {
        write(() -> endpoint.unsubscribeAcknowledge(message.messageId(), codes, NO_PROPERTIES));
      }
    });
  }

  /** Nothing can be published yet: 3.1.1 has no way to say so but closing (MQTT 3.1.1, 3.3.5). */
  private void publish(MqttPublishMessage message) {
    LOG.info("{}: PUBLISH to {} refused", connection.key(), message.topicName());
    if (version5 && message.qosLevel() == MqttQoS.AT_LEAST_ONCE) {
      write(() -> endpoint.publishAcknowledge(
          message.messageId(), MqttPubAckReasonCode.NOT_AUTHORIZED, NO_PROPERTIES));
    } else {
      connection.end(Optional.of(MqttDisconnectReasonCode.NOT_AUTHORIZED));
    }
  }

  /** vertx-mqtt throws when the client went a moment ago; its close handler is on the way. */
  private static void write(Runnable answer) {
    try {
      answer.run();
    } catch (IllegalArgumentException | IllegalStateException gone) {
      LOG.trace("answer to a client that went", gone);
    }
  }
}
