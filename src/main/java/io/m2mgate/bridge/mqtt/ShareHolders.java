package io.m2mgate.bridge.mqtt;

import io.m2mgate.bridge.Topics;
import io.m2mgate.store.ConsumerStore;
import io.m2mgate.store.ConsumerStore.Cursor;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Owns the stored form of one shared subscription: a cursor on the log, named {@code mqtt-share:<group>:<filter>}, which is kept as long as
 * a persistent session has the subscription. Used on the bridge's event loop, one step after the other.
 */
final class ShareHolders {

  static final String KIND = "mqtt-share";

  private static final String KEEP = "keep";
  private static final String UNTIL = "until";

  private final ConsumerStore store;
  private final String app;
  private final String name;
  private final int most;
  private final Map<String, Holder> holders = new HashMap<>();
  private boolean stored;
  private long committed = -1;

  /** @param offset everything up to here was acknowledged */
  record Stored(long offset) {}

  /** @param untilMillis 0 = its client is there */
  private record Holder(long keepMillis, long untilMillis) {
    boolean isOver(long nowMillis) {
      return untilMillis > 0 && untilMillis <= nowMillis;
    }
  }

  /** @param most stored groups of the application */
  ShareHolders(ConsumerStore store, String app, TopicFilter filter, int most) {
    this.store = store;
    this.app = app;
    this.most = most;
    var below = filter.topics().substring(Topics.application(app).length());
    this.name = KIND + ":" + filter.group().orElseThrow() + ":" + below;
  }

  Future<Optional<Stored>> load() {
    long now = System.currentTimeMillis();
    return store
        .read(app, name)
        .map(found -> found.filter(cursor -> !cursor.isExpired(now)).map(cursor -> {
          stored = true;
          committed = cursor.offset();
          read(new JsonObject(cursor.stateJson()), now);
          return new Stored(cursor.offset());
        }));
  }

  /** Those whose clients were there when the gateway died may come back from now on. */
  private void read(JsonObject json, long now) {
    for (var clientId : json.fieldNames()) {
      var one = json.getJsonObject(clientId);
      long keep = one.getLong(KEEP);
      long until = one.getLong(UNTIL);
      holders.put(clientId, new Holder(keep, until == 0 ? now + keep : until));
    }
  }

  /** A client is a member now. */
  void hold(String clientId, long keepMillis) {
    if (keepMillis > 0) {
      holders.put(clientId, new Holder(keepMillis, 0));
    } else {
      holders.remove(clientId);
    }
  }

  /** A client is none any more, or its session has the subscription for so long. */
  void release(String clientId, long keepMillis) {
    if (keepMillis > 0) {
      holders.put(clientId, new Holder(keepMillis, System.currentTimeMillis() + keepMillis));
    } else {
      holders.remove(clientId);
    }
  }

  /** Stores it, or removes it once nobody has it. Fails when the application has too many. */
  Future<Void> store(long offset) {
    long now = System.currentTimeMillis();
    holders.values().removeIf(holder -> holder.isOver(now));
    if (holders.isEmpty()) {
      boolean gone = stored;
      stored = false;
      return gone ? store.delete(app, name).mapEmpty() : Future.succeededFuture();
    }
    committed = offset;
    return store.admit(app, cursor(offset, now), most).compose(admitted -> {
      stored |= admitted;
      return admitted
          ? Future.<Void>succeededFuture()
          : Future.failedFuture(new IllegalStateException("too many shared subscriptions"));
    });
  }

  /** Stores the offset alone, if it moved. */
  void commit(long offset) {
    if (stored && offset > committed) {
      committed = offset;
      store.commit(app, name, offset);
    }
  }

  private Cursor cursor(long offset, long now) {
    var json = new JsonObject();
    long keep = 0;
    long until = 0;
    boolean there = false;
    for (var entry : holders.entrySet()) {
      var holder = entry.getValue();
      json.put(
          entry.getKey(),
          new JsonObject().put(KEEP, holder.keepMillis()).put(UNTIL, holder.untilMillis()));
      keep = Math.max(keep, holder.keepMillis());
      until = Math.max(until, holder.untilMillis());
      there |= holder.untilMillis() == 0;
    }
    return new Cursor(name, KIND, offset, json.encode(), now, keep, there ? 0 : until);
  }
}
