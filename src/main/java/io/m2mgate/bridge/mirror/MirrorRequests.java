package io.m2mgate.bridge.mirror;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.m2mgate.bridge.BridgeParts;
import io.m2mgate.bridge.Caller;
import io.m2mgate.bridge.Later;
import io.m2mgate.bridge.Problem;
import io.m2mgate.bridge.ProblemType;
import io.m2mgate.bridge.Problems;
import io.m2mgate.bridge.Scope;
import io.m2mgate.bridge.TopicRequests;
import io.m2mgate.bridge.TopicRequests.Marks;
import io.m2mgate.bridge.Topics;
import io.m2mgate.store.ApplicationStore.Application;
import io.m2mgate.store.StoredCommand;
import io.netty.handler.codec.mqtt.MqttQoS;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import io.vertx.mqtt.MqttClient;
import io.vertx.mqtt.messages.MqttPublishMessage;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes the requests that come in one connection to the broker, one after the other: each is acknowledged once its command is durable
 * or it is refused. Who may publish there acts for the application whose topic it is, with that application's scopes. On the mirror's
 * event loop.
 */
final class MirrorRequests {

  /** Of the client id in {@code res/{clientId}}. */
  private static final String ANSWERS = "mirror";

  private static final Logger LOG = LoggerFactory.getLogger(MirrorRequests.class);
  private static final int AT_LEAST_ONCE = 1;

  private final Context context;
  private final BridgeParts parts;
  private final MirrorOptions options;
  private final MirrorFigures figures;
  private final MqttClient client;
  private final Runnable again;
  private final TopicRequests requests;
  private Future<Void> tail = Future.succeededFuture();
  private int waiting;
  private int unsentBytes;
  private boolean closed;

  /** @param again ends the connection, so that the broker sends what has no acknowledgement another time */
  MirrorRequests(
      Context context,
      BridgeParts parts,
      MirrorOptions options,
      MirrorFigures figures,
      MqttClient client,
      Runnable again) {
    this.context = context;
    this.parts = parts;
    this.options = options;
    this.figures = figures;
    this.client = client;
    this.again = again;
    this.requests = new TopicRequests(parts.commands(), parts.parameters());
  }

  void subscribe() {
    Map<String, Integer> filters = new LinkedHashMap<>();
    var applications = options.applications();
    (applications.isEmpty() ? Set.of("+") : applications)
        .forEach(app -> filters.put(Topics.application(app) + "req/+/+", AT_LEAST_ONCE));
    client.subscribe(filters).onFailure(gone -> LOG.debug("not subscribed: {}", gone.toString()));
  }

  /** The connection is gone. */
  void close() {
    closed = true;
  }

  /** What the broker kept for whoever comes was meant for another time. */
  void take(MqttPublishMessage message) {
    var app = Topics.owner(message.topicName())
        .filter(options::mirrors)
        .flatMap(parts.applications()::find);
    var topic = app.flatMap(owner -> Topics.request(owner.appCode(), message.topicName()));
    if (message.isRetain() || topic.isEmpty()) {
      figures.requestDropped();
      acknowledge(message);
      return;
    }
    if (waiting >= 2 * options.requests().waiting()) {
      again.run();
      return;
    }
    boolean full = waiting++ >= options.requests().waiting();
    tail = tail.transform(before -> closed
            ? Future.succeededFuture()
            : serve(message, app.orElseThrow(), topic.orElseThrow(), full))
        .eventually(() -> {
          waiting--;
          return Future.succeededFuture();
        });
  }

  private Future<Void> serve(
      MqttPublishMessage message, Application app, Topics.Request topic, boolean full) {
    Marks marks = Marks.NONE;
    Future<Optional<StoredCommand>> done;
    try {
      check(message, app, full);
      ObjectNode request = TopicRequests.read(message.payload());
      marks = TopicRequests.marks(request);
      done = Later.on(context, requests.ask(caller(app), topic, request));
    } catch (RuntimeException refused) {
      done = Future.failedFuture(refused);
    }
    Marks known = marks;
    return done.transform(result -> {
      if (result.succeeded()) {
        figures.requestTaken();
        answer(message, app, requests.taken(known, result.result()));
      } else {
        refuse(message, app, known, result.cause());
      }
      return Future.succeededFuture();
    });
  }

  private void check(MqttPublishMessage message, Application app, boolean full) {
    if (full) {
      throw Problem.of(
          ProblemType.QUOTA_EXCEEDED, options.requests().waiting() + " requests waited");
    }
    if (message.payload().length() > options.requests().messageBytes()) {
      throw Problem.of(
          ProblemType.PAYLOAD_TOO_LARGE,
          "a request has at most " + options.requests().messageBytes() + " bytes");
    }
    if (!app.enabled()) {
      throw Problem.of(ProblemType.APP_DISABLED, "an administrator disabled this application");
    }
  }

  private static Caller caller(Application app) {
    var scopes = EnumSet.noneOf(Scope.class);
    scopes.addAll(Scope.known(app.scopes()));
    scopes.remove(Scope.ADMIN);
    return new Caller(Optional.of(app.appCode()), ANSWERS, scopes);
  }

  /** What failed through no fault of the request must not be taken for done: it stays at the broker. */
  private void refuse(MqttPublishMessage message, Application app, Marks marks, Throwable cause) {
    Problem problem = Problems.known(cause).orElseGet(() -> internal(cause));
    figures.requestRefused();
    if (problem.type() == ProblemType.STORE_UNAVAILABLE
        && message.qosLevel() == MqttQoS.AT_LEAST_ONCE) {
      again.run();
    } else {
      answer(message, app, TopicRequests.refused(marks, problem));
    }
  }

  private static Problem internal(Throwable cause) {
    var id = UUID.randomUUID().toString();
    LOG.error("a request from the broker failed, id {}", id, cause);
    return Problem.of(ProblemType.INTERNAL_ERROR, "see the gateway's log at id " + id);
  }

  private void answer(MqttPublishMessage message, Application app, JsonObject answer) {
    acknowledge(message);
    Buffer payload = answer.toBuffer();
    int size = payload.length();
    if (closed || unsentBytes + size > options.limits().queueBytes()) {
      return;
    }
    unsentBytes += size;
    write(() -> client
        .publish(
            Topics.responses(app.appCode(), ANSWERS), payload, MqttQoS.AT_MOST_ONCE, false, false)
        .onComplete(left -> unsentBytes -= size));
  }

  private void acknowledge(MqttPublishMessage message) {
    if (!closed && message.qosLevel() == MqttQoS.AT_LEAST_ONCE) {
      write(message::ack);
    }
  }

  /** vertx-mqtt throws when the connection went a moment ago; its close handler is on the way. */
  private static void write(Runnable packet) {
    try {
      packet.run();
    } catch (IllegalStateException gone) {
      LOG.trace("the broker went before the answer", gone);
    }
  }
}
