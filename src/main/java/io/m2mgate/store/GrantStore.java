package io.m2mgate.store;

import io.vertx.core.Future;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What applications were granted on the strength of a key: access tokens and sessions. Only digests of them are kept. */
public interface GrantStore {

  /** What was granted. */
  enum Kind {
    TOKEN,
    SESSION
  }

  /**
   * @param id ULID
   * @param digest SHA-256 of what the client presents, as hex digits
   * @param consumer the cursor that a session named
   * @param heartbeatSeconds of a session, 0 of a token
   * @param expiresMillis when it is or was over; 0 for an open session
   * @param ended it was ended before its time, or is a session that is over
   */
  record Grant(
      String id,
      Kind kind,
      String app,
      String keyId,
      String digest,
      Set<String> scopes,
      Optional<String> consumer,
      int heartbeatSeconds,
      long createdMillis,
      long seenMillis,
      long expiresMillis,
      boolean ended) {
    public Grant {
      scopes = Set.copyOf(scopes);
    }
  }

  /** @param keyExpiresMillis of the key that it was granted to; 0 never, -1 when the key is gone */
  record Found(Grant grant, long keyExpiresMillis) {}

  /**
   * Of tokens an application has so many, the oldest go; of sessions so many may be open, and as many that are over are kept. Fails
   * with NOT_FOUND (application, key).
   *
   * @return false when there is no room for another session
   */
  Future<Boolean> create(Grant grant, int most);

  Future<Optional<Found>> find(String digest);

  /** Those of all applications that nobody ended, for the gateway's start. */
  Future<List<Grant>> openSessions();

  Future<Void> end(String id, long atMillis);

  /** All of an application. */
  Future<Void> endAll(String app, long atMillis);

  /** When sessions were heard last, by their ids. */
  Future<Void> seen(Map<String, Long> millis);

  /** Removes some of what was over before; true when there may be more. */
  Future<Boolean> sweep(long beforeMillis);
}
