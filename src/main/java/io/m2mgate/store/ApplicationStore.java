package io.m2mgate.store;

import io.vertx.core.Future;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The applications and the hashes of their keys. */
public interface ApplicationStore {

  /** Fails with CONFLICT (appCode). Application and first key come into being together. */
  Future<Application> create(Application application, ApiKeyHash firstKey);

  Future<Optional<Application>> read(String appCode);

  Future<Page<Application>> list(Optional<String> cursor, int limit);

  /** All of them, for the gateway's start. */
  Future<List<Application>> all();

  /** Fails with NOT_FOUND. */
  Future<Application> update(String appCode, ApplicationPatch patch);

  /** Deletes the application, its keys, consumers and event log. Fails with IN_USE while terminals are bound to it. */
  Future<Boolean> delete(String appCode);

  /** Fails with NOT_FOUND (application). */
  Future<Void> addKey(String appCode, ApiKeyHash key);

  Future<Boolean> removeKey(String appCode, String keyId);

  Future<List<ApiKeyHash>> keys(String appCode);

  Future<Optional<KeyOwner>> key(String keyId);

  /**
   * An application (clause 6).
   *
   * @param appCode 1..20 of {@code [A-Za-z0-9._-]}
   */
  record Application(
      String appCode,
      String name,
      Set<String> scopes,
      boolean enabled,
      Relay relay,
      long createdMillis) {
    public Application {
      scopes = Set.copyOf(scopes);
    }

    /** One that takes nothing of others' terminals. */
    public Application(
        String appCode, String name, Set<String> scopes, boolean enabled, long createdMillis) {
      this(appCode, name, scopes, enabled, Relay.CLOSED, createdMillis);
    }
  }

  /**
   * What an application takes of terminals (clause 5.3.11).
   *
   * @param from applications whose terminals may send to it and to its terminals; its own always may
   * @param queues data from a terminal waits for one of its terminals that is not there, else it is refused
   */
  record Relay(Set<String> from, boolean queues) {
    public static final Relay CLOSED = new Relay(Set.of(), true);

    public Relay {
      from = Set.copyOf(from);
    }
  }

  record ApplicationPatch(
      Optional<String> name,
      Optional<Set<String>> scopes,
      Optional<Boolean> enabled,
      RelayPatch relay) {}

  record RelayPatch(Optional<Set<String>> from, Optional<Boolean> queues) {
    public static final RelayPatch NONE = new RelayPatch(Optional.empty(), Optional.empty());
  }

  /**
   * @param keyId public part of the key, unique
   * @param hash a password hash of the secret part, as its library writes it
   */
  record ApiKeyHash(String keyId, String hash, long createdMillis) {}

  record KeyOwner(String appCode, ApiKeyHash key) {}
}
