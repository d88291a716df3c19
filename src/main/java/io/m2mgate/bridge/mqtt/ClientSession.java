package io.m2mgate.bridge.mqtt;

import io.m2mgate.api.Event;
import io.m2mgate.bridge.EventCursor;
import io.m2mgate.bridge.Gap;
import io.m2mgate.bridge.Later;
import io.m2mgate.bridge.SharedEvent;
import io.m2mgate.bridge.Topics;
import io.m2mgate.bridge.mqtt.Delivery.Past;
import io.m2mgate.bridge.mqtt.Outflow.Message;
import io.m2mgate.bridge.mqtt.SavedSession.Keeping;
import io.m2mgate.bridge.mqtt.SavedSession.State;
import io.netty.handler.codec.mqtt.MqttQoS;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.mqtt.messages.codes.MqttDisconnectReasonCode;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Owns one client's session while it is connected: subscriptions, the cursor in the log that feeds them, and the stored form of both. Lives
 * on the connection's event loop.
 */
final class ClientSession implements Delivery.Target {

  private static final Logger LOG = LoggerFactory.getLogger(ClientSession.class);
  private static final int PAGE_EVENTS = 200;
  private static final int PAGE_BYTES = 128 * 1024;

  private final Vertx vertx;
  private final Context context;
  private final MqttConnection connection;
  private final MqttConnection.Bridge bridge;
  private final ClientIds.Key key;
  private final ConnectTerms terms;
  private final SavedSession saved;
  private final Outflow outflow;
  private final Memberships memberships;
  private Subscriptions subscriptions = new Subscriptions();
  /** Read by the lag gauge of any thread. */
  private volatile Optional<Delivery> delivery = Optional.empty();

  private Past resting = Past.from(0);
  private long keepMillis;
  private boolean stored;
  private boolean closed;

  /** The application has as many stored sessions as it may have. */
  static final class Full extends RuntimeException {
    private Full() {
      super("too many stored sessions", null, false, false);
    }
  }

  ClientSession(
      Vertx vertx, MqttConnection connection, MqttConnection.Bridge bridge, Outflow outflow) {
    this.vertx = vertx;
    this.context = vertx.getOrCreateContext();
    this.connection = connection;
    this.bridge = bridge;
    this.key = connection.key();
    this.terms = connection.terms();
    this.saved = new SavedSession(bridge.parts().store().consumers(), key.app(), key.clientId());
    this.outflow = outflow;
    this.memberships = new Memberships(connection, bridge, outflow, this, context);
    this.keepMillis = TimeUnit.SECONDS.toMillis(terms.keepSeconds(bridge.options()));
    saved.keep(new Keeping(keepMillis, 0));
    outflow.onRoom(this::goOn);
  }

  /** Gives whether a stored session goes on. Fails with {@link Full} when there may be no more of them. */
  Future<Boolean> open() {
    return Later.on(context, bridge.parts().store().events().extent(key.app()))
        .compose(extent -> {
          resting = Past.from(extent.last());
          return Later.on(context, saved.load());
        })
        .compose(found -> found.isEmpty() || terms.cleanStart() ? begin(found) : goOn(found.get()));
  }

  /** From DISCONNECT: how long the session is to be kept; 0 = not at all. One that was not to be kept stays so. */
  void keepFor(long seconds) {
    if (keepMillis > 0) {
      long bound = bridge.options().sessions().expirySeconds();
      keepMillis = TimeUnit.SECONDS.toMillis(Math.min(seconds, bound));
    }
  }

  /** The client was told that it is connected. */
  void start() {
    if (subscriptions.readsLog()) {
      deliver(resting);
    }
    tellStatus();
    memberships.follow(subscriptions.shared(), keepMillis).onFailure(cause -> {
      LOG.warn("{}: shared subscriptions cannot go on: {}", key, cause.getMessage());
      connection.end(Optional.of(MqttDisconnectReasonCode.SERVER_BUSY));
    });
  }

  Subscriptions subscriptions() {
    return subscriptions;
  }

  /** The subscriptions changed: stores them and starts or stops the cursor. Completes before SUBACK may be sent. */
  Future<Void> subscriptionsChanged() {
    return ownChanged().compose(done -> memberships.follow(subscriptions.shared(), keepMillis));
  }

  private Future<Void> ownChanged() {
    if (!subscriptions.readsLog()) {
      rest();
      return store();
    }
    if (delivery.isPresent()) {
      return store();
    }
    var extent = bridge.parts().store().events().extent(key.app());
    return Later.on(context, extent).compose(found -> {
      if (!closed && delivery.isEmpty()) {
        resting = Past.from(found.last());
        deliver(resting);
      }
      return store();
    });
  }

  /** Sends the status as something that was just published, if the client wants it. Completes once it is written. */
  Future<Void> tellStatus() {
    return subscriptions
        .status()
        .map(granted -> status(granted, granted.asPublished()))
        .orElse(Future.succeededFuture());
  }

  /** Sends the retained status of a new subscription. */
  Future<Void> retainedStatus() {
    return subscriptions
        .status()
        .map(granted -> status(granted, true))
        .orElse(Future.succeededFuture());
  }

  private Future<Void> status(Subscriptions.Granted granted, boolean retained) {
    return Later.on(context, bridge.status().of(key.app())).map(payload -> {
      var message = new Message(
          granted.filter().text(),
          payload,
          MqttQoS.AT_MOST_ONCE,
          0,
          false,
          retained,
          granted.properties());
      if (!closed && outflow.room() && outflow.fits(message)) {
        outflow.send(message);
      }
      return null;
    });
  }

  /** A PUBACK came; one for an id that is not in flight means nothing. */
  void acknowledged(int id) {
    if (outflow.acknowledged(id)) {
      if (id <= Delivery.IDS) {
        delivery.ifPresent(running -> running.acknowledged(id));
        memberships.goOn();
        goOn();
      } else {
        memberships.acknowledged(id);
        goOn();
      }
    }
  }

  /** Stores what was acknowledged since the last time; called on a timer. */
  void commit() {
    if (terms.persistent() && !closed) {
      saved.commit(confirmed());
    }
  }

  /** Nothing is sent any more. */
  void stop() {
    closed = true;
    delivery.ifPresent(Delivery::close);
  }

  /** Completes when what is to be left of it is stored. */
  Future<Void> leave() {
    var left = memberships.leave(keepMillis);
    return left.transform(done -> lastWrite());
  }

  private Future<Void> lastWrite() {
    if (keepMillis > 0) {
      saved.keep(new Keeping(keepMillis, System.currentTimeMillis() + keepMillis));
      return store();
    }
    return stored || terms.persistent() ? saved.delete() : Future.succeededFuture();
  }

  /** How long the session outlives the connection. */
  long keepMillis() {
    return keepMillis;
  }

  long lag() {
    return Math.max(delivery.map(Delivery::lag).orElse(0L), memberships.lag());
  }

  @Override
  public Optional<Subscriptions.Match> match(Topics.Place place) {
    return subscriptions.match(place.serial(), place.kind());
  }

  @Override
  public Buffer payload(SharedEvent event) {
    return event.bytes(bridge.parts().node());
  }

  @Override
  public void delivered(boolean repeated) {
    connection.delivered();
    if (repeated) {
      bridge.figures().repeated();
    }
  }

  @Override
  public void oversized(Event event) {
    LOG.warn("{}: event {} is larger than the client takes", key, event.offset());
    bridge.figures().oversized();
  }

  @Override
  public void gap(Gap gap) {
    LOG.warn("{}: events between {} and {} are past retention", key, gap.after(), gap.oldest());
    bridge.figures().gap();
  }

  @Override
  public void ended() {
    connection.ended();
  }

  private void goOn() {
    if (!closed) {
      delivery.ifPresent(Delivery::goOn);
      memberships.goOn();
    }
  }

  private Future<Boolean> begin(Optional<State> before) {
    var gone = before
        .map(state -> Subscriptions.of(state.subscriptions(), key.app(), key.clientId()))
        .orElseGet(Subscriptions::new);
    var forgotten = gone.shared().stream()
        .map(granted -> bridge.shares().of(key.app(), granted.filter()).forget(key.clientId()))
        .toList();
    return Future.join(forgotten).transform(done -> begun(before));
  }

  private Future<Boolean> begun(Optional<State> before) {
    if (!terms.persistent()) {
      return before.isPresent()
          ? Later.on(context, saved.delete()).map(false)
          : Future.succeededFuture(false);
    }
    int most = bridge.options().sessions().most();
    return Later.on(context, saved.admit(state(), most))
        .compose(
            admitted -> admitted ? Future.succeededFuture(false) : Future.failedFuture(new Full()));
  }

  private Future<Boolean> goOn(State found) {
    stored = true;
    // A log that was deleted and made anew is shorter than what was read of it.
    resting = found.past().after() <= resting.after() ? found.past() : resting;
    subscriptions = Subscriptions.of(found.subscriptions(), key.app(), key.clientId());
    // What was to expire is there again, also if this connection is the last thing that the gateway
    // sees.
    return store().map(true);
  }

  private void deliver(Past past) {
    var started = new Delivery(outflow, this, key.app(), past);
    delivery = Optional.of(started);
    var query =
        new EventCursor.Query(key.app(), past.after(), PAGE_EVENTS, PAGE_BYTES, Set.of(), Set.of());
    started.feed(new EventCursor(vertx, bridge.parts().taps(), query, started));
  }

  private void rest() {
    delivery.ifPresent(running -> {
      running.close();
      resting = running.past();
    });
    delivery = Optional.empty();
  }

  private Future<Void> store() {
    if (!terms.persistent()) {
      return Future.succeededFuture();
    }
    return Later.on(context, saved.save(state()));
  }

  private State state() {
    return new State(delivery.map(Delivery::past).orElse(resting), subscriptions.toJson());
  }

  private long confirmed() {
    return delivery.map(Delivery::confirmed).orElse(resting.after());
  }
}
