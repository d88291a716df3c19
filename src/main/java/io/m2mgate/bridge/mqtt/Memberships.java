package io.m2mgate.bridge.mqtt;

import io.m2mgate.bridge.Later;
import io.m2mgate.bridge.Topics;
import io.m2mgate.bridge.mqtt.Outflow.Message;
import io.m2mgate.bridge.mqtt.ShareGroup.Item;
import io.m2mgate.bridge.mqtt.Subscriptions.Granted;
import io.netty.handler.codec.mqtt.MqttQoS;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.mqtt.messages.codes.MqttDisconnectReasonCode;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/**
 * Owns one connected client's part in shared subscriptions, and the packet ids of what comes by them. Lives on the connection's event loop.
 */
final class Memberships {

  private static final int FIRST_ID = Delivery.IDS + 1;
  private static final int LAST_ID = 65_535;

  private final MqttConnection connection;
  private final MqttConnection.Bridge bridge;
  private final Outflow outflow;
  private final Delivery.Target target;
  private final Context context;
  /** Read by the lag gauge of any thread. */
  private final Map<String, Part> parts = new ConcurrentHashMap<>();

  private final Map<Integer, Sent> byId = new HashMap<>();
  private Future<Void> tail = Future.succeededFuture();
  private int lastId = LAST_ID;

  private record Sent(Part part, Item item) {}

  /** The client as a member of one group. */
  private final class Part implements ShareGroup.Member {
    private final Shares.Share share;
    private Granted granted;

    private Part(Shares.Share share, Granted granted) {
      this.share = share;
      this.granted = granted;
    }

    @Override
    public String clientId() {
      return connection.key().clientId();
    }

    @Override
    public boolean room() {
      return outflow.room();
    }

    @Override
    public long progressNanos() {
      return outflow.progressNanos();
    }

    @Override
    public boolean send(Item item) {
      boolean asked = granted.qos() == MqttQoS.AT_LEAST_ONCE;
      int id = asked ? freeId() : 0;
      var message = Message.of(
          Topics.event(connection.key().app(), item.place()),
          target.payload(item.shared()),
          new Subscriptions.Match(granted.qos(), granted.properties()),
          id);
      if (!outflow.fits(message)) {
        target.oversized(item.event());
        return false;
      }
      if (asked) {
        byId.put(id, new Sent(this, item));
      }
      var left = outflow.send(message);
      if (!asked) {
        left.onSuccess(done -> share.done(this, item));
      }
      target.delivered(false);
      return true;
    }

    @Override
    public void stalled() {
      connection.end(Optional.of(MqttDisconnectReasonCode.QUOTA_EXCEEDED));
    }
  }

  Memberships(
      MqttConnection connection,
      MqttConnection.Bridge bridge,
      Outflow outflow,
      Delivery.Target target,
      Context context) {
    this.connection = connection;
    this.bridge = bridge;
    this.outflow = outflow;
    this.target = target;
    this.context = context;
  }

  /**
   * Joins and leaves groups until they are those of the subscriptions; completes when that is stored.
   *
   * @param keepMillis how long the session outlives the connection, 0 = not at all
   */
  Future<Void> follow(List<Granted> shared, long keepMillis) {
    // One after the other: a client that subscribes while its session still joins must not be two
    // members.
    var done = tail.transform(before -> followed(shared, keepMillis));
    tail = done.otherwiseEmpty();
    return done;
  }

  private Future<Void> followed(List<Granted> shared, long keepMillis) {
    var wanted = shared.stream().collect(Collectors.toMap(it -> it.filter().text(), it -> it));
    var gone = parts.entrySet().stream()
        .filter(entry -> !wanted.containsKey(entry.getKey()))
        .map(Map.Entry::getValue)
        .toList();
    parts.values().removeAll(gone);
    Future<Void> done = Future.succeededFuture();
    for (var part : gone) {
      done = done.compose(before -> left(part, 0));
    }
    for (var granted : shared) {
      done = done.compose(before -> joined(granted, keepMillis));
    }
    return done;
  }

  /** A PUBACK came for an id of its range. */
  void acknowledged(int id) {
    var sent = byId.remove(id);
    if (sent != null) {
      sent.part().share.done(sent.part(), sent.item());
    }
  }

  /** There may be room again. */
  void goOn() {
    List.copyOf(parts.values()).forEach(part -> part.share.goOn());
  }

  /** The client has gone; its session is kept for so long. */
  Future<Void> leave(long keepMillis) {
    var all = List.copyOf(parts.values());
    parts.clear();
    var left = all.stream().map(part -> left(part, keepMillis)).toList();
    return Future.join(left).transform(done -> tail);
  }

  long lag() {
    return parts.values().stream().mapToLong(part -> part.share.lag()).max().orElse(0);
  }

  private Future<Void> joined(Granted granted, long keepMillis) {
    var known = parts.get(granted.filter().text());
    if (known != null) {
      known.granted = granted;
      return Future.succeededFuture();
    }
    var share = bridge.shares().of(connection.key().app(), granted.filter());
    var part = new Part(share, granted);
    return Later.on(context, share.join(part, keepMillis)).compose(stored -> {
      if (connection.isClosed()) {
        return left(part, keepMillis);
      }
      parts.put(granted.filter().text(), part);
      return Future.succeededFuture();
    });
  }

  private Future<Void> left(Part part, long keepMillis) {
    byId.values().removeIf(sent -> sent.part() == part);
    return part.share.leave(part, keepMillis);
  }

  /** There is one, for more than the window are never in use. */
  private int freeId() {
    do {
      lastId = lastId == LAST_ID ? FIRST_ID : lastId + 1;
    } while (outflow.uses(lastId));
    return lastId;
  }
}
