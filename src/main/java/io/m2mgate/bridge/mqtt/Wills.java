package io.m2mgate.bridge.mqtt;

import io.m2mgate.bridge.BridgeParts;
import io.m2mgate.bridge.Caller;
import io.m2mgate.bridge.Later;
import io.m2mgate.bridge.Problems;
import io.m2mgate.bridge.TopicRequests;
import io.m2mgate.bridge.Topics;
import io.m2mgate.store.StoredCommand;
import io.netty.handler.codec.mqtt.MqttProperties;
import io.netty.handler.codec.mqtt.MqttProperties.IntegerProperty;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.mqtt.MqttEndpoint;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Owns the wills whose clients have gone and that wait for their delay, in memory only: a gateway that stops forgets them. A will is the
 * client's last request; what is not for one of its {@code req/…} topics is dropped. On the bridge's event loop.
 */
final class Wills {

  private static final Logger LOG = LoggerFactory.getLogger(Wills.class);
  private static final long MOST_BYTES = 8 << 20;

  private final Vertx vertx;
  private final BridgeParts parts;
  private final MqttFigures figures;
  private final TopicRequests requests;
  private final Context context;
  private final int most;
  private long bytes;
  private final Map<ClientIds.Key, Pending> pending = new HashMap<>();

  /** What a CONNECT left with the gateway. */
  record Will(String topic, Buffer payload, int qos, long delaySeconds) {
    static Optional<Will> of(MqttEndpoint endpoint) {
      var will = endpoint.will();
      if (will == null || !will.isWillFlag() || will.getWillTopic() == null) {
        return Optional.empty();
      }
      var payload = will.getWillMessage() == null ? Buffer.buffer() : will.getWillMessage();
      return Optional.of(new Will(
          will.getWillTopic(), payload, will.getWillQos(), delay(will.getWillProperties())));
    }

    private static long delay(MqttProperties properties) {
      return properties != null
              && properties.getProperty(MqttProperties.WILL_DELAY_INTERVAL)
                  instanceof IntegerProperty delay
          ? Integer.toUnsignedLong(delay.value())
          : 0;
    }
  }

  private record Pending(Caller caller, Will will, long timer) {}

  /** @param most wills that may wait, of 8 MiB together; further ones are executed at once */
  Wills(Vertx vertx, BridgeParts parts, MqttFigures figures, int most) {
    this.vertx = vertx;
    this.parts = parts;
    this.figures = figures;
    this.requests = new TopicRequests(parts.commands(), parts.parameters());
    this.most = most;
    this.context = vertx.getOrCreateContext();
    parts.access().onRevoke((app, keyId) -> context.runOnContext(now -> revoked(app, keyId)));
  }

  /** The client went without taking its will along; its session is kept for so long. */
  void left(ClientIds.Key key, Caller caller, Will will, long keepMillis) {
    long delay = Math.min(TimeUnit.SECONDS.toMillis(will.delaySeconds()), keepMillis);
    boolean full = pending.size() >= most || bytes + will.payload().length() > MOST_BYTES;
    if (delay == 0 || full) {
      execute(key, caller, will);
    } else {
      long timer = vertx.setTimer(delay, now -> {
        take(key);
        execute(key, caller, will);
      });
      bytes += will.payload().length();
      pending.put(key, new Pending(caller, will, timer));
    }
  }

  /** The client is there again: what waited is void, unless its session ended by that (MQTT 5, 3.1.2.5). */
  void connected(ClientIds.Key key, boolean clean) {
    var waiting = take(key);
    if (waiting != null) {
      vertx.cancelTimer(waiting.timer());
      if (clean) {
        execute(key, waiting.caller(), waiting.will());
      }
    }
  }

  void close() {
    pending.values().forEach(waiting -> vertx.cancelTimer(waiting.timer()));
    pending.clear();
    bytes = 0;
  }

  /** Nobody's key, nobody's request. */
  private void revoked(String app, Optional<String> keyId) {
    for (var entry : List.copyOf(pending.entrySet())) {
      boolean same = keyId.map(entry.getValue().caller().keyId()::equals).orElse(true);
      if (entry.getKey().app().equals(app) && same) {
        vertx.cancelTimer(entry.getValue().timer());
        take(entry.getKey());
      }
    }
  }

  private Pending take(ClientIds.Key key) {
    var taken = pending.remove(key);
    bytes -= taken == null ? 0 : taken.will().payload().length();
    return taken;
  }

  private void execute(ClientIds.Key key, Caller caller, Will will) {
    var topic = Topics.request(key.app(), will.topic());
    if (topic.isEmpty()) {
      LOG.debug("{}: will for {} dropped", key, ClientRequests.shown(will.topic()));
      figures.willDropped();
      return;
    }
    asked(caller, will, topic.get()).onComplete(done -> {
      figures.will(done.succeeded());
      if (done.failed()) {
        LOG.debug(
            "{}: will refused: {}",
            key,
            Problems.known(done.cause())
                .map(problem -> problem.type().name())
                .orElseGet(() -> done.cause().toString()));
      }
    });
  }

  private Future<Optional<StoredCommand>> asked(Caller caller, Will will, Topics.Request topic) {
    try {
      parts.admission().spend(caller).ifPresent(tooMany -> {
        throw tooMany;
      });
      var request = TopicRequests.read(will.payload());
      return Later.on(context, requests.ask(caller, topic, request));
    } catch (RuntimeException refused) {
      return Future.failedFuture(refused);
    }
  }
}
