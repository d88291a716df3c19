package io.m2mgate.bridge.mqtt;

import io.m2mgate.store.ConsumerStore;
import io.m2mgate.store.ConsumerStore.Cursor;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.json.JsonObject;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Owns the stored form of one persistent session: a cursor on the log, named {@code mqtt:<clientId>}. Its writes are
 * done one after the other, in the order in which they were asked for. Used on the connection's event loop.
 */
final class SavedSession {

  static final String KIND = "mqtt";

  private final ConsumerStore store;
  private final String app;
  private final String name;
  private Future<Void> tail = Future.succeededFuture();
  private long committed = -1;
  private Keeping keeping = new Keeping(0, 0);

  /**
   * @param offset everything up to here was acknowledged
   * @param sent up to here it may have been sent: a repeat, to be flagged as one
   */
  record State(long offset, long sent, JsonObject subscriptions) {}

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
    var json =
        new JsonObject().put("sent", state.sent()).put("subscriptions", state.subscriptions());
    committed = Math.max(committed, state.offset());
    return new Cursor(
        name,
        KIND,
        state.offset(),
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
    return new State(
        cursor.offset(),
        json.getLong("sent", 0L),
        json.getJsonObject("subscriptions", new JsonObject()));
  }
}
