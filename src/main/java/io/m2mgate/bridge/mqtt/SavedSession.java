package io.m2mgate.bridge.mqtt;

import io.m2mgate.store.ConsumerStore;
import io.m2mgate.store.ConsumerStore.Cursor;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Owns the stored form of one persistent session: a cursor on the log, named {@code mqtt:<clientId>}. Its writes are
 * done one after the other, in the order in which they were asked for. Used on the connection's event loop.
 */
final class SavedSession {

  private static final String KIND = "mqtt";

  private final ConsumerStore store;
  private final String app;
  private final String name;
  private Future<Void> tail = Future.succeededFuture();
  private long committed = -1;

  /**
   * @param offset everything up to here was acknowledged
   * @param sent up to here it may have been sent: a repeat, to be flagged as one
   */
  record State(long offset, long sent, JsonObject subscriptions) {}

  SavedSession(ConsumerStore store, String app, String clientId) {
    this.store = store;
    this.app = app;
    this.name = KIND + ":" + clientId;
  }

  Future<Optional<State>> load() {
    return store.read(app, name).map(found -> found.map(this::state));
  }

  Future<Void> save(State state) {
    var json =
        new JsonObject().put("sent", state.sent()).put("subscriptions", state.subscriptions());
    committed = Math.max(committed, state.offset());
    return next(() -> store.put(
        app, new Cursor(name, KIND, state.offset(), json.encode(), System.currentTimeMillis())));
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
