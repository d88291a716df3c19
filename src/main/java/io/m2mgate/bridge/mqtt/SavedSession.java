package io.m2mgate.bridge.mqtt;

import io.m2mgate.store.ConsumerStore;
import io.m2mgate.store.ConsumerStore.Cursor;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * Owns the stored form of one persistent session: a cursor on the log, named {@code mqtt:<clientId>}. Its writes are
 * done one after the other, in the order in which they were asked for. Used on the connection's event loop.
 */
final class SavedSession {

  private static final String ACKNOWLEDGED = "acknowledged";
  static final String KIND = "mqtt";

  private final ConsumerStore store;
  private final String app;
  private final String name;
  private Future<Void> tail = Future.succeededFuture();
  private long committed = -1;
  private Keeping keeping = new Keeping(0, 0);

  record State(Delivery.Past past, JsonObject subscriptions) {}

  /**
   * @param keepMillis how long it is kept without its client
   * @param expiresMillis when that ends, 0 while the client is there
   */
  record Keeping(long keepMillis, long expiresMillis) {}

  SavedSession(ConsumerStore store, String app, String clientId) {
    this.store = store;
    this.app = app;
    this.name = KIND + ":" + clientId;
  }

  Future<Optional<State>> load() {
    long now = System.currentTimeMillis();
    return store
        .read(app, name)
        .map(found -> found.filter(cursor -> !cursor.isExpired(now)).map(this::state));
  }

  /** How it is kept from its next writing on. */
  void keep(Keeping next) {
    keeping = next;
  }

  /** Stores it unless the application has as many others; false then. */
  Future<Boolean> admit(State state, int most) {
    Promise<Boolean> admitted = Promise.promise();
    next(() -> {
      var done = store.admit(app, cursor(state), most);
      done.onComplete(admitted);
      return done.mapEmpty();
    });
    return admitted.future();
  }

  Future<Void> save(State state) {
    var cursor = cursor(state);
    return next(() -> store.put(app, cursor));
  }

  private Cursor cursor(State state) {
    var past = state.past();
    var json = new JsonObject()
        .put("sent", past.sent())
        .put("subscriptions", state.subscriptions())
        .put(ACKNOWLEDGED, new JsonArray(List.copyOf(past.acknowledged())));
    committed = Math.max(committed, past.after());
    return new Cursor(
        name,
        KIND,
        past.after(),
        json.encode(),
        System.currentTimeMillis(),
        keeping.keepMillis(),
        keeping.expiresMillis());
  }

  /** Stores the offset alone, if it moved. */
  void commit(long offset) {
    if (offset > committed) {
      committed = offset;
      next(() -> store.commit(app, name, offset));
    }
  }

  Future<Void> delete() {
    return next(() -> store.delete(app, name).mapEmpty());
  }

  private Future<Void> next(Supplier<Future<Void>> write) {
    tail = tail.transform(before -> write.get());
    return tail;
  }

  private State state(Cursor cursor) {
    committed = cursor.offset();
    var json = new JsonObject(cursor.stateJson());
    var acknowledged = json.getJsonArray(ACKNOWLEDGED, new JsonArray()).stream()
        .map(offset -> ((Number) offset).longValue())
        .collect(Collectors.toSet());
    return new State(
        new Delivery.Past(cursor.offset(), json.getLong("sent", 0L), acknowledged),
        json.getJsonObject("subscriptions", new JsonObject()));
  }
}
