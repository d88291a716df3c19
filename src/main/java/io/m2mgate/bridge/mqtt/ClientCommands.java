package io.m2mgate.bridge.mqtt;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.m2mgate.bridge.Later;
import io.m2mgate.bridge.Problem;
import io.m2mgate.bridge.ProblemType;
import io.m2mgate.bridge.Problems;
import io.m2mgate.bridge.TopicRequests;
import io.m2mgate.bridge.TopicRequests.Marks;
import io.m2mgate.bridge.Topics;
import io.m2mgate.store.StoredCommand;
import io.netty.handler.codec.mqtt.MqttProperties;
import io.netty.handler.codec.mqtt.MqttProperties.BinaryProperty;
import io.netty.handler.codec.mqtt.MqttProperties.MqttPropertyType;
import io.netty.handler.codec.mqtt.MqttQoS;
import io.vertx.core.AsyncResult;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import io.vertx.mqtt.MqttEndpoint;
import io.vertx.mqtt.messages.MqttPublishMessage;
import io.vertx.mqtt.messages.codes.MqttDisconnectReasonCode;
import io.vertx.mqtt.messages.codes.MqttPubAckReasonCode;
import java.util.Optional;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes one client's requests for commands, one after the other: a PUBACK leaves once its command is durable, and in the order of the
 * requests (MQTT 5, 4.6). An MQTT 5 client is told how many may wait; of what comes beyond that as much again is refused in its turn,
 * and then the connection ends. On the connection's event loop.
 */
final class ClientCommands {

  private static final Logger LOG = LoggerFactory.getLogger(ClientCommands.class);

  private final MqttConnection connection;
  private final MqttEndpoint endpoint;
  private final MqttConnection.Bridge bridge;
  private final ConnectTerms terms;
  private final Context context;
  private final TopicRequests requests;
  private Future<Void> tail = Future.succeededFuture();
  private int waiting;
  private int unsentBytes;

  private record Asked(Packet packet, Marks marks) {}

  /** What the answer to a PUBLISH needs of it. */
  private record Packet(int id, MqttQoS qos, MqttProperties properties) {
    static Packet of(MqttPublishMessage message) {
      return new Packet(message.messageId(), message.qosLevel(), message.properties());
    }
  }

  ClientCommands(
      MqttConnection connection,
      MqttEndpoint endpoint,
      MqttConnection.Bridge bridge,
      ConnectTerms terms,
      Context context) {
    this.connection = connection;
    this.endpoint = endpoint;
    this.bridge = bridge;
    this.terms = terms;
    this.context = context;
    this.requests = new TopicRequests(bridge.parts().commands(), bridge.parts().parameters());
  }

  /** A request on one of the client's {@code req/…} topics. */
  void take(MqttPublishMessage message, Topics.Request topic) {
    int window = bridge.options().window();
    if (waiting >= 2 * window) {
      bridge.figures().flooded();
      connection.end(Optional.of(MqttDisconnectReasonCode.RECEIVE_MAXIMUM_EXCEEDED));
      return;
    }
    Packet packet = Packet.of(message);
    boolean full = waiting++ >= window;
    tail = tail.transform(before -> full ? refuse(packet, window) : serve(message, packet, topic))
        .eventually(() -> {
          waiting--;
          return Future.succeededFuture();
        });
  }

  /** The payload is not kept until its turn comes. */
  private Future<Void> refuse(Packet packet, int window) {
    var full = Problem.of(ProblemType.QUOTA_EXCEEDED, window + " requests of the client waited");
    answer(new Asked(packet, Marks.NONE), Future.failedFuture(full));
    return Future.succeededFuture();
  }

  private Future<Void> serve(MqttPublishMessage message, Packet packet, Topics.Request topic) {
    if (connection.isClosed()) {
      return Future.succeededFuture();
    }
    Asked asked = new Asked(packet, Marks.NONE);
    Future<Optional<StoredCommand>> done;
    try {
      bridge.parts().admission().spend(connection.caller()).ifPresent(tooMany -> {
        throw tooMany;
      });
      checkResponseTopic(packet);
      ObjectNode request = TopicRequests.read(message.payload());
      asked = new Asked(packet, TopicRequests.marks(request));
      done = Later.on(context, requests.ask(connection.caller(), topic, request));
    } catch (RuntimeException refused) {
      done = Future.failedFuture(refused);
    }
    Asked known = asked;
    return done.transform(result -> {
      answer(known, result);
      return Future.succeededFuture();
    });
  }

  /** Answers go where this client alone can listen. */
  private void checkResponseTopic(Packet packet) {
    var asked = packet.properties().getProperty(MqttPropertyType.RESPONSE_TOPIC.value());
    if (asked != null && !String.valueOf(asked.value()).equals(responseTopic())) {
      throw Problem.of(
          ProblemType.INVALID_REQUEST, "the Response Topic can only be " + responseTopic());
    }
  }

  private String responseTopic() {
    return Topics.responses(connection.key().app(), connection.key().clientId());
  }

  private void answer(Asked asked, AsyncResult<Optional<StoredCommand>> done) {
    if (connection.isClosed()) {
      return;
    }
    JsonObject answer;
    Optional<ProblemType> failed = Optional.empty();
    if (done.succeeded()) {
      answer = requests.taken(asked.marks(), done.result());
    } else {
      Problem problem = Problems.known(done.cause()).orElseGet(() -> internal(done.cause()));
      failed = Optional.of(problem.type());
      answer = TopicRequests.refused(asked.marks(), problem);
    }
    bridge.figures().requested(failed.map(ProblemType::status).orElse(0));
    acknowledge(asked.packet(), failed, answer);
    respond(asked.packet(), answer);
  }

  private Problem internal(Throwable cause) {
    var id = UUID.randomUUID().toString();
    LOG.error("{}: a request failed, id {}", connection.key(), id, cause);
    return Problem.of(ProblemType.INTERNAL_ERROR, "see the gateway's log at id " + id);
  }

  /**
   * An MQTT 3.1.1 client that is not told of a fault of ours by a code must not take the request for done: the connection ends, and it
   * sends again.
   */
  private void acknowledge(Packet packet, Optional<ProblemType> failed, JsonObject answer) {
    if (packet.qos() != MqttQoS.AT_LEAST_ONCE) {
      return;
    }
    if (terms.version5()) {
      var code = failed.map(ClientCommands::code).orElse(MqttPubAckReasonCode.SUCCESS);
      var reason = failed
          .map(problem -> terms.reason(answer.getJsonObject("problem").getString("detail")))
          .orElse(MqttProperties.NO_PROPERTIES);
      ClientRequests.write(() -> endpoint.publishAcknowledge(packet.id(), code, reason));
    } else if (failed.filter(problem -> problem.status() >= 500).isPresent()) {
      connection.end(Optional.of(MqttDisconnectReasonCode.SERVER_BUSY));
    } else {
      ClientRequests.write(() -> endpoint.publishAcknowledge(packet.id()));
    }
  }

  private static MqttPubAckReasonCode code(ProblemType problem) {
    return switch (problem.status()) {
      case 400, 413 -> MqttPubAckReasonCode.PAYLOAD_FORMAT_INVALID;
      case 401, 403 -> MqttPubAckReasonCode.NOT_AUTHORIZED;
      case 429 -> MqttPubAckReasonCode.QUOTA_EXCEEDED;
      default ->
        problem.status() < 500
            ? MqttPubAckReasonCode.IMPLEMENTATION_SPECIFIC_ERROR
            : MqttPubAckReasonCode.UNSPECIFIED_ERROR;
    };
  }

  /** At QoS 0 and only to who listens: what became of the command is in the log, this is a courtesy. */
  private void respond(Packet packet, JsonObject answer) {
    String topic = responseTopic();
    if (connection.isClosed() || !connection.session().subscriptions().contains(topic)) {
      return;
    }
    Buffer payload = answer.toBuffer();
    var properties = new MqttProperties();
    var correlation = packet.properties().getProperty(MqttPropertyType.CORRELATION_DATA.value());
    if (terms.version5() && correlation instanceof BinaryProperty given) {
      properties.add(new BinaryProperty(MqttPropertyType.CORRELATION_DATA.value(), given.value()));
    }
    int size = payload.length();
    if (unsentBytes + size > bridge.options().unsentBytes() || size > terms.packetBytes()) {
      bridge.figures().answerDropped();
      return;
    }
    unsentBytes += size;
    ClientRequests.write(() -> endpoint
        .publish(topic, payload, MqttQoS.AT_MOST_ONCE, false, false, 1, properties)
        .onComplete(left -> unsentBytes -= size));
  }
}
