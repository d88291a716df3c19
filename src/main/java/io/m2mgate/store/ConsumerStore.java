package io.m2mgate.store;

import io.vertx.core.Future;
import java.util.Optional;

/** Named cursors on the event logs: a persistent MQTT session is one. */
public interface ConsumerStore {

  Future<Optional<Cursor>> read(String app, String name);

  /** Creates or replaces. Fails with NOT_FOUND (application). */
  Future<Void> put(String app, Cursor cursor);

  /** Moves the offset forward; a lower one than stored changes nothing. */
  Future<Void> commit(String app, String name, long offset);

  Future<Boolean> delete(String app, String name);

  /**
   * @param kind who it belongs to: {@code mqtt}, {@code named}, {@code webhook}
   * @param offset everything up to here was delivered and confirmed
   * @param stateJson what its owner keeps with it (subscriptions), a JSON object
   */
  record Cursor(String name, String kind, long offset, String stateJson, long updatedMillis) {}
}
