package io.m2mgate.bridge.mqtt;

import io.m2mgate.api.Event;
import io.m2mgate.bridge.BridgeParts;
import io.m2mgate.bridge.Caller;
import io.m2mgate.bridge.EventCursor;
import io.m2mgate.bridge.Later;
import io.m2mgate.bridge.Taps;
import io.m2mgate.bridge.mqtt.SavedSession.State;
import io.m2mgate.session.RefusalLog;
import io.netty.handler.codec.mqtt.MqttProperties;
import io.netty.handler.codec.mqtt.MqttQoS;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.mqtt.MqttEndpoint;
import io.vertx.mqtt.messages.codes.MqttDisconnectReasonCode;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Owns one authenticated client from taking its client id to letting it go: session, delivery and the order in which
 * they end. Lives on the connection's event loop; only {@link #superseded} and the end by a revoked key come from
 * elsewhere.
 */
final class MqttConnection implements ClientIds.Holder, Delivery.Target {

  private static final Logger LOG = LoggerFactory.getLogger(MqttConnection.class);
  private static final int PAGE_EVENTS = 200;
  private static final int PAGE_BYTES = 128 * 1024;

  private final Vertx vertx;
  private final Context context;
  private final Bridge bridge;
  private final MqttEndpoint endpoint;
  private final Caller caller;
  private final ClientIds.Key key;
  private final ConnectTerms terms;
  private final SavedSession saved;
  private final Promise<Void> finished = Promise.promise();
  private Subscriptions subscriptions = new Subscriptions();
  private Optional<Taps.Tap> tap = Optional.empty();
  /** Read by the lag gauge of any thread. */
  private volatile Optional<Delivery> delivery = Optional.empty();

  private long resting;
  private long sentBefore;
  private boolean stored;
  private boolean accepted;
  private boolean closed;

  /** What all connections of one listener share. */
  record Bridge(
      BridgeParts parts,
      MqttOptions options,
      ClientIds clients,
      MqttFigures figures,
      RefusalLog refusals) {}

  MqttConnection(
      Vertx vertx, Bridge bridge, MqttEndpoint endpoint, Caller caller, ConnectTerms terms) {
    this.vertx = vertx;
    this.context = vertx.getOrCreateContext();
    this.bridge = bridge;
    this.endpoint = endpoint;
    this.caller = caller;
    this.terms = terms;
    this.key = new ClientIds.Key(caller.app().orElseThrow(), terms.clientId());
    this.saved = new SavedSession(bridge.parts().store().consumers(), key.app(), key.clientId());
  }

  /**
   * Takes the client id, finds the session and answers CONNECT. Completes when accepted, or fails when that is not
   * possible.
   */
  Future<Void> open() {
    endpoint.closeHandler(gone -> end(Optional.empty()));
    return Later.on(context, bridge.clients().take(key, this))
        .compose(taken -> session())
        .map(present -> {
          if (closed) {
            finish();
          } else {
            accept(present);
          }
          return (Void) null;
        })
        .onFailure(failure -> {
          closed = true;
          finish();
        });
  }

  @Override
  public Future<Void> superseded() {
    bridge.figures().takenOver();
    context.runOnContext(now -> end(Optional.of(MqttDisconnectReasonCode.SESSION_TAKEN_OVER)));
    return finished.future();
  }

  /** Ends it with a reason that an MQTT 5 client is told; completes when its session is stored. */
  Future<Void> end(Optional<MqttDisconnectReasonCode> reason) {
    if (closed) {
      return finished.future();
    }
    closed = true;
    endpoint.autoKeepAlive(false);
    tap.ifPresent(Taps.Tap::close);
    delivery.ifPresent(Delivery::close);
    if (reason.isPresent()) {
      disconnect(reason.get());
    }
    // Before the answer to CONNECT the opening chain finishes; nothing is to be stored then.
    if (accepted) {
      Later.on(context, lastWrite()).onComplete(done -> finish());
    }
    return finished.future();
  }

  /** Stores what was acknowledged since the last time; called on a timer. */
  void commit() {
    if (terms.persistent() && !closed && accepted) {
      saved.commit(confirmed());
    }
  }

  void acknowledged(int packetId) {
    delivery.ifPresent(running -> running.acknowledged(packetId));
  }

  /** The subscriptions changed: stores them and starts or stops the cursor. Completes before SUBACK may be sent. */
  Future<Void> subscriptionsChanged() {
    if (subscriptions.isEmpty()) {
      rest();
      return store();
    }
    if (delivery.isPresent()) {
      return store();
    }
    var extent = bridge.parts().store().events().extent(key.app());
    return Later.on(context, extent).compose(found -> {
      if (!closed && delivery.isEmpty()) {
        resting = found.last();
        deliver(resting);
      }
      return store();
    });
  }

  /** Completes when it has let go of its client id. */
  Future<Void> finished() {
    return finished.future();
  }

  Subscriptions subscriptions() {
    return subscriptions;
  }

  Caller caller() {
    return caller;
  }

  ClientIds.Key key() {
    return key;
  }

  boolean isClosed() {
    return closed;
  }

  @Override
  public Optional<MqttQoS> match(String serial, String kind) {
    return subscriptions.match(serial, kind);
  }

  @Override
  public String payload(Event event) {
    return event.toJson(bridge.parts().node());
  }

  @Override
  public void delivered(boolean repeated) {
    tap.ifPresent(open -> open.delivered(1));
    if (repeated) {
      bridge.figures().repeated();
    }
  }

  @Override
  public void oversized(Event event) {
    LOG.warn(
        "{} {}: event {} is larger than the client takes",
        key.app(),
        key.clientId(),
        event.offset());
    bridge.figures().oversized();
  }

  @Override
  public void gap(long after, long oldest) {
    LOG.warn(
        "{} {}: events between {} and {} are past retention",
        key.app(),
        key.clientId(),
        after,
        oldest);
    bridge.figures().gap();
  }

  @Override
  public void ended() {
    end(Optional.of(MqttDisconnectReasonCode.ADMINISTRATIVE_ACTION));
  }

  /** Gives whether a stored session goes on. */
  private Future<Boolean> session() {
    return Later.on(context, bridge.parts().store().events().extent(key.app()))
        .compose(extent -> {
          resting = extent.last();
          return Later.on(context, saved.load());
        })
        .compose(found -> terms.cleanStart() ? discard(found) : goOn(found));
  }

  private Future<Boolean> discard(Optional<State> found) {
    var discarded =
        found.isPresent() ? Later.on(context, saved.delete()) : Future.<Void>succeededFuture();
    return discarded.compose(done -> store()).map(false);
  }

  private Future<Boolean> goOn(Optional<State> found) {
    if (found.isEmpty()) {
      return store().map(false);
    }
    stored = true;
    resting = Math.min(found.get().offset(), resting);
    sentBefore = found.get().sent();
    subscriptions = Subscriptions.of(found.get().subscriptions(), key.app(), key.clientId());
    return Future.succeededFuture(true);
  }

  private void accept(boolean present) {
    accepted = true;
    tap = Optional.of(bridge
        .parts()
        .taps()
        .open(
            Taps.Kind.MQTT,
            caller,
            key.app(),
            this::lag,
            () -> context.runOnContext(
                now -> end(Optional.of(MqttDisconnectReasonCode.ADMINISTRATIVE_ACTION)))));
    endpoint.accept(present, terms.answer(bridge.options()));
    if (!subscriptions.isEmpty()) {
      deliver(resting);
    }
  }

  private void deliver(long after) {
    var limits = new Delivery.Limits(
        Math.min(bridge.options().window(), terms.receiveMaximum()),
        bridge.options().unsentBytes(),
        terms.packetBytes(),
        sentBefore);
    var started = new Delivery(endpoint, this, limits, after);
    delivery = Optional.of(started);
    var query =
        new EventCursor.Query(key.app(), after, PAGE_EVENTS, PAGE_BYTES, Set.of(), Set.of());
    started.feed(new EventCursor(vertx, bridge.parts().taps(), query, started));
  }

  private void rest() {
    delivery.ifPresent(running -> {
      running.close();
      resting = running.confirmed();
      sentBefore = running.sent();
    });
    delivery = Optional.empty();
  }

  private Future<Void> store() {
    if (!terms.persistent()) {
      return Future.succeededFuture();
    }
    long sent = delivery.map(Delivery::sent).orElse(sentBefore);
    return Later.on(context, saved.save(new State(confirmed(), sent, subscriptions.toJson())));
  }

  private Future<Void> lastWrite() {
    if (terms.persistent()) {
      return store();
    }
    return stored ? saved.delete() : Future.succeededFuture();
  }

  private long confirmed() {
    return delivery.map(Delivery::confirmed).orElse(resting);
  }

  private long lag() {
    return delivery.map(Delivery::lag).orElse(0L);
  }

  private void finish() {
    bridge.clients().release(key, this);
    finished.tryComplete();
  }

  private void disconnect(MqttDisconnectReasonCode reason) {
    try {
      if (accepted && terms.version5()) {
        endpoint.disconnect(reason, MqttProperties.NO_PROPERTIES);
      } else {
        endpoint.close();
      }
    } catch (IllegalArgumentException | IllegalStateException alreadyClosed) {
      LOG.trace("{} {} was closed", key.app(), key.clientId());
    }
  }
}
