package io.m2mgate.bridge.mirror;

import io.m2mgate.bridge.BridgeParts;
import io.m2mgate.store.ApplicationStore.Application;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import io.vertx.mqtt.MqttClient;
import io.vertx.mqtt.messages.MqttPublishMessage;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Publishes the applications' event logs to a broker of the user's: one connection, one cursor for each application, advanced on PUBACK.
 * Lives on an event loop that is no lane.
 */
public final class MirrorVerticle extends VerticleBase implements BrokerLink.Owner {

  private static final long LOOK_MILLIS = 10;

  private final BridgeParts parts;
  private final MirrorOptions options;
  private final Map<String, MirrorLog> logs = new HashMap<>();
  private volatile Optional<Outbox> outbox = Optional.empty();
  private Optional<MirrorRequests> requests = Optional.empty();
  private MirrorFigures figures;
  private volatile BrokerLink link;
  private boolean stopping;

  public MirrorVerticle(BridgeParts parts, MirrorOptions options) {
    this.parts = parts;
    this.options = options;
  }

  /** Completes at once: a broker that is away keeps nothing from starting. */
  @Override
  public Future<?> start() {
    figures = new MirrorFigures(
        parts.meters(), this::isConnected, () -> outbox.map(Outbox::inFlight).orElse(0));
    link = new BrokerLink(vertx, options, figures, this);
    parts.applications().onChange(app -> context.runOnContext(now -> changed(app)));
    parts.applications().codes().forEach(app -> open(app, options.fromOldest()));
    vertx.setPeriodic(
        options.limits().commitMillis(), now -> logs.values().forEach(MirrorLog::commit));
    link.start();
    return Future.succeededFuture();
  }

  /** Waits a little for what the broker has not acknowledged, and stores every cursor. */
  @Override
  public Future<?> stop() {
    stopping = true;
    logs.values().forEach(MirrorLog::drain);
    return drained().compose(done -> {
      var stored =
          List.copyOf(logs.values()).stream().map(MirrorLog::lastCommit).toList();
      return Future.join(stored).onComplete(ended -> link.stop()).otherwiseEmpty();
    });
  }

  private Future<Void> drained() {
    Promise<Void> done = Promise.promise();
    long end = System.nanoTime() + options.limits().drainMillis() * 1_000_000;
    vertx.setPeriodic(LOOK_MILLIS, timer -> {
      boolean idle = logs.values().stream().allMatch(MirrorLog::idle);
      if (idle || !link.isConnected() || System.nanoTime() - end > 0) {
        vertx.cancelTimer(timer);
        done.complete();
      }
    });
    return done.future();
  }

  /** Whether the broker is there. Any thread. */
  public boolean isConnected() {
    var made = link;
    return made != null && made.isConnected();
  }

  /** A log that comes into being now is mirrored from its first event on. */
  private void changed(String app) {
    if (stopping) {
      return;
    }
    var now = parts.applications().find(app);
    Optional.ofNullable(logs.get(app))
        .filter(log -> now.filter(log::isOf).isEmpty())
        .ifPresent(log -> {
          log.close();
          logs.remove(app);
        });
    if (now.isPresent()) {
      open(app, true);
    }
  }

  private void open(String app, boolean fromOldest) {
    Optional<Application> found = parts.applications().find(app).filter(it -> options.mirrors(app));
    if (found.isPresent() && !logs.containsKey(app)) {
      var log = new MirrorLog(vertx, parts, options, figures, found.get());
      logs.put(app, log);
      log.load(fromOldest);
      outbox.ifPresent(log::connected);
    }
  }

  @Override
  public void connected(MqttClient broker) {
    var opened = new Outbox(broker, options.qos(), options.limits());
    outbox = Optional.of(opened);
    if (options.requests().enabled()) {
      var taking = new MirrorRequests(
          context, parts, options, figures, broker, () -> link.renew("a request must come again"));
      requests = Optional.of(taking);
      taking.subscribe();
    }
    List.copyOf(logs.values()).forEach(log -> log.connected(opened));
  }

  @Override
  public void acknowledged(int packetId) {
    outbox.ifPresent(sending -> sending.acknowledged(packetId));
  }

  @Override
  public void arrived(MqttPublishMessage message) {
    requests.ifPresent(taking -> taking.take(message));
  }

  @Override
  public void lost() {
    outbox.ifPresent(Outbox::close);
    outbox = Optional.empty();
    requests.ifPresent(MirrorRequests::close);
    requests = Optional.empty();
    logs.values().forEach(MirrorLog::lost);
  }
}
