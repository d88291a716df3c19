package io.m2mgate.bridge;

import at.favre.lib.crypto.bcrypt.BCrypt;
import io.m2mgate.bridge.Caller.Standing;
import io.m2mgate.bridge.VerifiedKeys.Holder;
import io.m2mgate.store.ApplicationStore;
import io.m2mgate.store.ApplicationStore.ApiKeyHash;
import io.m2mgate.store.ApplicationStore.KeyOwner;
import io.m2mgate.store.ApplicationStore.KeyTerms;
import io.m2mgate.store.GrantStore;
import io.m2mgate.store.GrantStore.Grant;
import io.m2mgate.store.GrantStore.Kind;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * Owns the answer to "who is asking": the administrator key, the applications' keys, their access tokens and sessions. Safe for any
 * thread; password hashes are computed on two worker threads of its own, at most {@value #PENDING_BOUND} verifications are under way.
 * What may be asked, and from where, is {@link Admission}'s.
 */
public final class Access {

  /**
   * The secrets have 256 random bits, so the cost only has to make the stored hash opaque, not to slow down guessing.
   */
  private static final int COST = 6;

  private static final int PENDING_BOUND = 256;
  private static final int CACHE_BOUND = 4096;
  private static final long CACHE_LIFE_NANOS = TimeUnit.SECONDS.toNanos(60);

  private final Stores stores;
  private final ApplicationRegistry applications;
  private final byte[] adminDigest;
  private final InstantSource clock;
  private final WorkerExecutor hashing;
  private final SecureRandom random = new SecureRandom();
  private final LiveSessions sessions = new LiveSessions();
  private final VerifiedKeys verified = new VerifiedKeys(CACHE_BOUND, CACHE_LIFE_NANOS);
  private final AtomicInteger pending = new AtomicInteger();
  private final List<BiConsumer<String, Optional<String>>> listeners = new CopyOnWriteArrayList<>();
  private final List<Consumer<Predicate<Caller>>> enders = new CopyOnWriteArrayList<>();

  /** Where keys are, and what was granted on their strength. */
  public record Stores(ApplicationStore applications, GrantStore grants) {}

  /** A new key: what is shown once, and what is stored. */
  public record NewKey(String presented, ApiKeyHash stored) {}

  /**
   * @param adminKey content of the administrator key file, without white space at its ends
   */
  public Access(
      Vertx vertx,
      Stores stores,
      ApplicationRegistry applications,
      String adminKey,
      InstantSource clock) {
    if (adminKey.isBlank()) {
      throw new IllegalArgumentException("the administrator key is empty");
    }
    this.stores = stores;
    this.applications = applications;
    this.adminDigest = GrantToken.sha256(adminKey);
    this.clock = clock;
    this.hashing = vertx.createSharedWorkerExecutor("m2mgate-keys", 2);
  }

  /** Fails with {@link AccessRefused}, or with the store's fault. Completes on any thread. */
  Future<Caller> authenticate(String presented) {
    var digest = GrantToken.sha256(presented);
    if (MessageDigest.isEqual(digest, adminDigest)) {
      return Future.succeededFuture(Caller.ADMIN);
    }
    var name = HexFormat.of().formatHex(digest);
    var live = sessions.presented(name, clock.millis());
    if (live.isPresent()) {
      return caller(holder(live.get().grant(), Long.MAX_VALUE));
    }
    var granted = GrantToken.kind(presented);
    var key = ApiKey.parse(presented);
    if (granted.isEmpty() && key.isEmpty()) {
      return refused();
    }
    return verified
        .find(name, System.nanoTime())
        .map(this::caller)
        .orElseGet(() ->
            granted.isPresent() ? verify(name, () -> granted(name)) : verify(name, key.get()));
  }

  /** Hashes a fresh key on a worker. */
  public Future<NewKey> create(long nowMillis, KeyTerms terms) {
    var key = ApiKey.random(random);
    return hashing.executeBlocking(
        () -> {
          var hash = BCrypt.withDefaults().hashToString(COST, key.secret().toCharArray());
          return new NewKey(key.presented(), new ApiKeyHash(key.keyId(), hash, nowMillis, terms));
        },
        false);
  }

  GrantToken newToken(Kind kind) {
    return GrantToken.random(kind, random);
  }

  LiveSessions sessions() {
    return sessions;
  }

  GrantStore grants() {
    return stores.grants();
  }

  /**
   * To be called once a key was removed or an application disabled or deleted: what was verified is forgotten and the
   * listeners end what is open.
   *
   * @param keyId the one key, or all keys of the application
   */
  public void revoke(String appCode, Optional<String> keyId) {
    forget(appCode, keyId);
    listeners.forEach(listener -> listener.accept(appCode, keyId));
  }

  /** What was verified is looked at anew; what is open stays. */
  void forget(String appCode, Optional<String> keyId) {
    verified.forget(known ->
        known.appCode().equals(appCode) && keyId.map(known.keyId()::equals).orElse(true));
  }

  /** Ends what these callers have open. */
  void end(Predicate<Caller> callers) {
    enders.forEach(ender -> ender.accept(callers));
  }

  /** The listener is called on the thread of the revocation and must not block. */
  public void onRevoke(BiConsumer<String, Optional<String>> listener) {
    listeners.add(listener);
  }

  private Future<Caller> verify(String digest, ApiKey key) {
    return verify(
        digest,
        () -> stores
            .applications()
            .key(key.keyId())
            .compose(owner -> owner.map(known -> compare(key, known)).orElseGet(Access::refused)));
  }

  private Future<Caller> verify(String digest, Supplier<Future<Holder>> verification) {
    if (pending.incrementAndGet() > PENDING_BOUND) {
      pending.decrementAndGet();
      return Future.failedFuture(AccessRefused.BUSY);
    }
    long generation = verified.generation();
    return verification.get().onComplete(done -> pending.decrementAndGet()).compose(holder -> {
      verified.keep(digest, holder, generation, System.nanoTime());
      return caller(holder);
    });
  }

  private Future<Holder> compare(ApiKey key, KeyOwner owner) {
    return hashing
        .executeBlocking(
            () -> BCrypt.verifyer()
                .verify(key.secret().toCharArray(), owner.key().hash().toCharArray())
                .verified,
            false)
        .compose(same -> {
          KeyTerms terms = owner.key().terms();
          return same
              ? Future.succeededFuture(new Holder(
                  owner.appCode(), key.keyId(), terms.scopes(), "", end(terms.expiresMillis())))
              : refused();
        });
  }

  /** A token, or a session that is not open any more. */
  private Future<Holder> granted(String digest) {
    return stores.grants().find(digest).compose(found -> {
      if (found.isEmpty()) {
        return refused();
      }
      Grant grant = found.get().grant();
      boolean over =
          grant.ended() || grant.kind() == Kind.SESSION || found.get().keyExpiresMillis() < 0;
      return over
          ? Future.failedFuture(AccessRefused.SESSION_EXPIRED)
          : Future.succeededFuture(
              holder(grant, Math.min(grant.expiresMillis(), end(found.get().keyExpiresMillis()))));
    });
  }

  private static Holder holder(Grant grant, long expiresMillis) {
    return new Holder(
        grant.app(), grant.keyId(), Optional.of(grant.scopes()), grant.id(), expiresMillis);
  }

  private static long end(long expiresMillis) {
    return expiresMillis == 0 ? Long.MAX_VALUE : expiresMillis;
  }

  private Future<Caller> caller(Holder known) {
    var application = applications.find(known.appCode());
    if (application.isEmpty()) {
      return refused();
    }
    if (known.expiresMillis() <= clock.millis()) {
      return Future.failedFuture(
          known.grantId().isEmpty()
              ? AccessRefused.UNAUTHENTICATED
              : AccessRefused.SESSION_EXPIRED);
    }
    if (!application.get().enabled()) {
      return Future.failedFuture(AccessRefused.APP_DISABLED);
    }
    Set<Scope> scopes = Scope.known(application.get().scopes());
    known.scopes().ifPresent(some -> scopes.retainAll(Scope.known(some)));
    return Future.succeededFuture(new Caller(
        Optional.of(known.appCode()),
        known.keyId(),
        scopes,
        new Standing(known.grantId(), known.expiresMillis(), Optional.empty())));
  }

  private static <T> Future<T> refused() {
    return Future.failedFuture(AccessRefused.UNAUTHENTICATED);
  }

  /** The listener ends what the callers have open; called on any thread, must not block. */
  void onEnd(Consumer<Predicate<Caller>> ender) {
    enders.add(ender);
  }
}
