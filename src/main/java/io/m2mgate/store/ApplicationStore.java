package io.m2mgate.store;

import io.m2mgate.config.Cidr;
import io.vertx.core.Future;
import java.util.List;
import java.util.Map;
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

  /**
   * Fails with NOT_FOUND (application). Keys past their end make room.
   *
   * @return false when the application has so many
   */
  Future<Boolean> addKey(String appCode, ApiKeyHash key, int most);

  /**
   * Adds a key with the name, scopes and life of another, which ends then. Fails with NOT_FOUND (key) and with STALE where that one
   * ends by then already.
   *
   * @return the new key as it is kept; empty when the application has so many
   */
  Future<Optional<ApiKeyHash>> rotateKey(
      String appCode, String keyId, ApiKeyHash next, long endsMillis, int most);

  /** What was granted on the strength of the key is over, too. */
  Future<Boolean> removeKey(String appCode, String keyId);

  /** Those that have an end. */
  Future<List<KeyOwner>> endingKeys();

  /** When keys were used last, by their ids. */
  Future<Void> keysUsed(Map<String, Long> millis);

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
      Limits limits,
      long createdMillis) {
    public Application {
      scopes = Set.copyOf(scopes);
    }

    /** One that takes nothing of others' terminals and asks from anywhere. */
    public Application(
        String appCode, String name, Set<String> scopes, boolean enabled, long createdMillis) {
      this(appCode, name, scopes, enabled, Relay.CLOSED, Limits.NONE, createdMillis);
    }
  }

  /**
   * How much an application may ask, and from where.
   *
   * @param rate absent where the setting holds
   * @param allowFrom empty for anywhere
   */
  record Limits(Optional<Rate> rate, List<Cidr> allowFrom) {
    public static final Limits NONE = new Limits(Optional.empty(), List.of());

    public Limits {
      allowFrom = List.copyOf(allowFrom);
    }
  }

  /**
   * @param perSecond requests in the long run; 0 = no limit
   * @param burst requests at once
   */
  record Rate(int perSecond, int burst) {}

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
      RelayPatch relay,
      LimitsPatch limits) {
    public ApplicationPatch(
        Optional<String> name,
        Optional<Set<String>> scopes,
        Optional<Boolean> enabled,
        RelayPatch relay) {
      this(name, scopes, enabled, relay, LimitsPatch.NONE);
    }
  }

  /** @param rate an empty one puts the setting back in force */
  record LimitsPatch(Optional<Optional<Rate>> rate, Optional<List<Cidr>> allowFrom) {
    public static final LimitsPatch NONE = new LimitsPatch(Optional.empty(), Optional.empty());
  }

  record RelayPatch(Optional<Set<String>> from, Optional<Boolean> queues) {
    public static final RelayPatch NONE = new RelayPatch(Optional.empty(), Optional.empty());
  }

  /**
   * @param keyId public part of the key, unique
   * @param hash a password hash of the secret part, as its library writes it
   */
  record ApiKeyHash(String keyId, String hash, long createdMillis, KeyTerms terms) {
    /** One without a name or an end, for all that its application may. */
    public ApiKeyHash(String keyId, String hash, long createdMillis) {
      this(keyId, hash, createdMillis, KeyTerms.PLAIN);
    }
  }

  /**
   * @param expiresMillis 0 for never
   * @param scopes absent for all that the application has; otherwise those of them that it has
   * @param usedMillis about when it was used last; 0 for never
   */
  record KeyTerms(String name, long expiresMillis, Optional<Set<String>> scopes, long usedMillis) {
    public static final KeyTerms PLAIN = new KeyTerms("", 0, Optional.empty(), 0);

    public KeyTerms {
      scopes = scopes.map(Set::copyOf);
    }
  }

  record KeyOwner(String appCode, ApiKeyHash key) {}
}
