package io.m2mgate.bridge.mqtt;

import static io.netty.handler.codec.mqtt.MqttProperties.NO_PROPERTIES;

import io.m2mgate.bridge.Topics;
import io.m2mgate.bridge.mqtt.TopicFilter.Refusal;
import io.netty.handler.codec.mqtt.MqttProperties.IntegerProperty;
import io.netty.handler.codec.mqtt.MqttProperties.MqttPropertyType;
import io.netty.handler.codec.mqtt.MqttQoS;
import io.netty.handler.codec.mqtt.MqttSubscriptionOption.RetainedHandlingPolicy;
import io.vertx.mqtt.MqttEndpoint;
import io.vertx.mqtt.MqttTopicSubscription;
import io.vertx.mqtt.messages.MqttSubscribeMessage;
import io.vertx.mqtt.messages.MqttUnsubscribeMessage;
import io.vertx.mqtt.messages.codes.MqttDisconnectReasonCode;
import io.vertx.mqtt.messages.codes.MqttSubAckReasonCode;
import io.vertx.mqtt.messages.codes.MqttUnsubAckReasonCode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Answers SUBSCRIBE and UNSUBSCRIBE of one client. On the connection's event loop. */
final class ClientSubscriptions {

  private static final Logger LOG = LoggerFactory.getLogger(ClientSubscriptions.class);

  private final MqttConnection connection;
  private final MqttEndpoint endpoint;
  private final MqttConnection.Bridge bridge;
  private final boolean version5;

  ClientSubscriptions(
      MqttConnection connection, MqttEndpoint endpoint, MqttConnection.Bridge bridge) {
    this.connection = connection;
    this.endpoint = endpoint;
    this.bridge = bridge;
    this.version5 = connection.terms().version5();
  }

  void subscribe(MqttSubscribeMessage message) {
    if (message.topicSubscriptions().stream()
        .anyMatch(asked -> !ConnectTerms.isWellFormed(asked.topicName()))) {
      connection.end(Optional.of(MqttDisconnectReasonCode.MALFORMED_PACKET));
      return;
    }
    var identifier = identifier(message);
    if (version5
        && (identifier.filter(value -> value == 0).isPresent()
            || message.topicSubscriptions().stream().anyMatch(ClientSubscriptions::unlawful))) {
      connection.end(Optional.of(MqttDisconnectReasonCode.PROTOCOL_ERROR));
      return;
    }
    boolean status = message.topicSubscriptions().stream().anyMatch(this::wantsStatus);
    int id = identifier.orElse(0);
    var codes = new ArrayList<MqttSubAckReasonCode>();
    for (var asked : message.topicSubscriptions()) {
      codes.add(grant(asked, id));
    }
    connection.session().subscriptionsChanged().onComplete(stored -> {
      if (connection.isClosed()) {
        return;
      }
      if (stored.failed()) {
        message.topicSubscriptions().stream()
            .map(MqttTopicSubscription::topicName)
            .filter(TopicFilter::isShared)
            .forEach(connection.session().subscriptions()::remove);
      }
      // Not stored means not there after a reconnect: the client must not count on it.
      var answer = stored.succeeded() ? codes : refusedAll(codes.size());
      ClientRequests.write(
          () -> endpoint.subscribeAcknowledge(message.messageId(), answer, NO_PROPERTIES));
      if (status && stored.succeeded()) {
        connection.session().retainedStatus();
      }
    });
  }

  /** A shared subscription cannot be without the client's own messages (MQTT 5, 3.8.3.1). */
  private static boolean unlawful(MqttTopicSubscription asked) {
    return asked.subscriptionOption().isNoLocal() && TopicFilter.isShared(asked.topicName());
  }

  /** Whether the retained status is to be sent (MQTT 5, 3.8.3.1); 3.1.1 always wants it. */
  private boolean wantsStatus(MqttTopicSubscription asked) {
    if (!asked.topicName().equals(Topics.status(connection.key().app()))) {
      return false;
    }
    var handling = asked.subscriptionOption().retainHandling();
    return !version5
        || handling == RetainedHandlingPolicy.SEND_AT_SUBSCRIBE
        || handling == RetainedHandlingPolicy.SEND_AT_SUBSCRIBE_IF_NOT_YET_EXISTS
            && !connection.session().subscriptions().contains(asked.topicName());
  }

  /** It cannot be 0 (MQTT 5, 3.8.2.1.2). */
  private static Optional<Integer> identifier(MqttSubscribeMessage message) {
    var given = message.properties().getProperty(MqttPropertyType.SUBSCRIPTION_IDENTIFIER.value());
    return given instanceof IntegerProperty number ? Optional.of(number.value()) : Optional.empty();
  }

  private MqttSubAckReasonCode grant(MqttTopicSubscription asked, int id) {
    var text = asked.topicName();
    var subscriptions = connection.session().subscriptions();
    if (subscriptions.size() >= bridge.options().maxSubscriptions()
        && !subscriptions.contains(text)) {
      return refusal(MqttSubAckReasonCode.QUOTA_EXCEEDED);
    }
    try {
      var filter =
          TopicFilter.parse(text, connection.key().app(), connection.key().clientId());
      if (filter.group().isPresent()
          && !bridge.shares().mayJoin(connection.key().app(), filter)) {
        return refusal(MqttSubAckReasonCode.QUOTA_EXCEEDED);
      }
      var qos = asked.qualityOfService() == MqttQoS.AT_MOST_ONCE
          ? MqttQoS.AT_MOST_ONCE
          : MqttQoS.AT_LEAST_ONCE;
      boolean asPublished = version5 && asked.subscriptionOption().isRetainAsPublished();
      subscriptions.put(new Subscriptions.Granted(filter, qos, id, asPublished));
      return qos == MqttQoS.AT_MOST_ONCE
          ? MqttSubAckReasonCode.GRANTED_QOS0
          : MqttSubAckReasonCode.GRANTED_QOS1;
    } catch (TopicFilter.Refused refused) {
      if (ClientRequests.isToBeTold(bridge, connection, refused.refusal().name())) {
        LOG.info(
            "{}: subscription to {} refused: {}",
            connection.key(),
            ClientRequests.shown(text),
            refused.refusal());
      }
      return refusal(code(refused.refusal()));
    }
  }

  private static MqttSubAckReasonCode code(Refusal refusal) {
    return switch (refusal) {
      case MALFORMED -> MqttSubAckReasonCode.TOPIC_FILTER_INVALID;
      case FOREIGN -> MqttSubAckReasonCode.NOT_AUTHORIZED;
      case NOT_SHARED -> MqttSubAckReasonCode.SHARED_SUBSCRIPTIONS_NOT_SUPPORTED;
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

  void unsubscribe(MqttUnsubscribeMessage message) {
    var codes = new ArrayList<MqttUnsubAckReasonCode>();
    for (var topic : message.topics()) {
      boolean removed = connection.session().subscriptions().remove(topic);
      codes.add(
          removed
              ? MqttUnsubAckReasonCode.SUCCESS
              : MqttUnsubAckReasonCode.NO_SUBSCRIPTION_EXISTED);
    }
    connection.session().subscriptionsChanged().onComplete(stored -> {
      if (!connection.isClosed()) {
        ClientRequests.write(
            () -> endpoint.unsubscribeAcknowledge(message.messageId(), codes, NO_PROPERTIES));
      }
    });
  }
}
