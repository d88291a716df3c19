package io.m2mgate.store;

import io.vertx.core.Future;
import java.util.List;
import java.util.Optional;

/** Named cursors on the event logs: a persistent MQTT session is one. */
public interface ConsumerStore {

  Future<Optional<Cursor>> read(String app, String name);

  /**
   * Those of an application in the order of their names. Fails with NOT_FOUND (application, cursor).
   *
   * @param kind of one kind alone
   */
  Future<Page<Cursor>> list(String app, Optional<String> kind, Optional<String> cursor, int limit);

  /** Creates or replaces. Fails with NOT_FOUND (application). */
  Future<Void> put(String app, Cursor cursor);

  /**
   * Creates unless it is there; false when the application has {@code most} of its kind. Fails with NOT_FOUND
   * (application) and CONFLICT (name).
   */
  Future<Boolean> create(String app, Cursor cursor, int most);

  /** Moves the offset forward; a lower one than stored changes nothing. */
  Future<Void> commit(String app, String name, long offset);

  /** Changes what its owner keeps with it, without moving it. */
  Future<Void> change(String app, String name, String stateJson, long nowMillis);

  /** Notes that it is used, without moving it. */
  Future<Void> touch(String app, String name, long nowMillis);

  Future<Boolean> delete(String app, String name);

  /** So many of a kind at most that were not used since, of all applications, those that were used longest ago first. */
  Future<List<Unused>> unused(String kind, long beforeMillis, int limit);

  /** Deletes one unless it was used since; false when it was or is not there. */
  Future<Boolean> deleteUnused(Unused consumer, long beforeMillis);

  /**
   * Creates or replaces as {@link #put} does, but creates only while the application has fewer than {@code most} cursors of this kind
   * that have not expired. False when it has as many. Fails with NOT_FOUND (application).
   */
  Future<Boolean> admit(String app, Cursor cursor, int most);

  /**
   * To be called before the first of a kind is used: the cursors of those that were there when the gateway died begin to expire.
   */
  Future<Void> abandon(String kind, long nowMillis);

  /**
   * @param kind who it belongs to: {@code mqtt}, {@code mqtt-share}, {@code named}, {@code webhook}, {@code mirror}
   * @param offset everything up to here was delivered and confirmed
   * @param stateJson what its owner keeps with it (subscriptions), a JSON object
   * @param updatedMillis when it was made, changed, moved or attached last
   * @param keepMillis how long it is kept once its owner has gone, 0 = for ever
   * @param expiresMillis when it is no longer kept and may be removed; 0 = its owner is there, or it is kept for ever
   */
  record Cursor(
      String name,
      String kind,
      long offset,
      String stateJson,
      long updatedMillis,
      long keepMillis,
      long expiresMillis) {

    /** One that is kept for ever. */
    public Cursor(String name, String kind, long offset, String stateJson, long updatedMillis) {
      this(name, kind, offset, stateJson, updatedMillis, 0, 0);
    }

    public boolean isExpired(long nowMillis) {
      return expiresMillis > 0 && expiresMillis <= nowMillis;
    }
  }

  /** One that nobody used for a while. */
  record Unused(String app, String name, long offset, long updatedMillis) {}
}
