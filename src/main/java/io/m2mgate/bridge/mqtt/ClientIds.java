package io.m2mgate.bridge.mqtt;

import io.vertx.core.Future;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Owns the answer to which connection holds a client id, over all instances of the bridge: one each, per application,
 * the newest (MQTT 3.1.1, 3.1.4). Safe for any thread.
 */
public final class ClientIds {

  private final Map<Key, Holder> holders = new ConcurrentHashMap<>();

  /** The one that has an id now. */
  interface Holder {
    /** Ends it; completes once nothing of it will write to the session any more. Any thread. */
    Future<Void> superseded();
  }

  record Key(String app, String clientId) {}

  /** Gives the id to a new holder once the one before has let go. */
  Future<Void> take(Key key, Holder holder) {
    var before = holders.put(key, holder);
    return before == null ? Future.succeededFuture() : before.superseded();
  }

  void release(Key key, Holder holder) {
    holders.remove(key, holder);
  }

  /** How many of an application are connected. */
  long of(String app) {
    return holders.keySet().stream().filter(key -> key.app().equals(app)).count();
  }

  int size() {
    return holders.size();
  }
}
