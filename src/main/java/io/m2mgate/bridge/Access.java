package io.m2mgate.bridge;

import at.favre.lib.crypto.bcrypt.BCrypt;
import io.m2mgate.bridge.VerifiedKeys.Verified;
import io.m2mgate.store.ApplicationStore;
import io.m2mgate.store.ApplicationStore.ApiKeyHash;
import io.m2mgate.store.ApplicationStore.KeyOwner;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;

/**
 * Owns the answer to "who is asking": the administrator key and the applications' keys. Safe for any thread; password
 * hashes are computed on two worker threads of its own, at most {@value #PENDING_BOUND} outstanding.
 */
public final class Access {

  /**
   * The secrets have 256 random bits, so the cost only has to make the stored hash opaque, not to slow down guessing.
   */
  private static final int COST = 6;

  private static final int PENDING_BOUND = 256;
  private static final int CACHE_BOUND = 4096;
  private static final long CACHE_LIFE_NANOS = TimeUnit.SECONDS.toNanos(60);

  private final ApplicationStore store;
  private final ApplicationRegistry applications;
  private final byte[] adminDigest;
  private final WorkerExecutor hashing;
  private final SecureRandom random = new SecureRandom();
  private final VerifiedKeys verified = new VerifiedKeys(CACHE_BOUND, CACHE_LIFE_NANOS);
  private final AtomicInteger pending = new AtomicInteger();
  private final List<BiConsumer<String, Optional<String>>> listeners = new CopyOnWriteArrayList<>();

  /** A new key: what is shown once, and what is stored. */
  public record NewKey(String presented, ApiKeyHash stored) {}

  /**
   * @param adminKey content of the administrator key file, without white space at its ends
   */
  public Access(
      Vertx vertx, ApplicationStore store, ApplicationRegistry applications, String adminKey) {
    if (adminKey.isBlank()) {
      throw new IllegalArgumentException("the administrator key is empty");
    }
    this.store = store;
    this.applications = applications;
    this.adminDigest = sha256(adminKey);
    this.hashing = vertx.createSharedWorkerExecutor("m2mgate-keys", 2);
  }

  /** Fails with {@link AccessRefused}, or with the store's fault. Completes on any thread. */
  public Future<Caller> authenticate(String presented) {
    var digest = sha256(presented);
    if (MessageDigest.isEqual(digest, adminDigest)) {
      return Future.succeededFuture(Caller.ADMIN);
    }
    var key = ApiKey.parse(presented);
    if (key.isEmpty()) {
      return Future.failedFuture(AccessRefused.UNAUTHENTICATED);
    }
    var name = HexFormat.of().formatHex(digest);
    return verified
        .find(name, System.nanoTime())
        .map(this::caller)
        .orElseGet(() -> verify(key.get(), name));
  }

  /** Hashes a fresh key on a worker. */
  public Future<NewKey> create(long nowMillis) {
    var key = ApiKey.random(random);
    return hashing.executeBlocking(
        () -> {
          var hash = BCrypt.withDefaults().hashToString(COST, key.secret().toCharArray());
          return new NewKey(key.presented(), new ApiKeyHash(key.keyId(), hash, nowMillis));
        },
        false);
  }

  /**
   * To be called once a key was removed or an application disabled or deleted: what was verified is forgotten and the
   * listeners end what is open.
   *
   * @param keyId the one key, or all keys of the application
   */
  public void revoke(String appCode, Optional<String> keyId) {
    verified.forget(known ->
        known.appCode().equals(appCode) && keyId.map(known.keyId()::equals).orElse(true));
    listeners.forEach(listener -> listener.accept(appCode, keyId));
  }

  /** The listener is called on the thread of the revocation and must not block. */
  public void onRevoke(BiConsumer<String, Optional<String>> listener) {
    listeners.add(listener);
  }

  private Future<Caller> verify(ApiKey key, String digest) {
    if (pending.incrementAndGet() > PENDING_BOUND) {
      pending.decrementAndGet();
      return Future.failedFuture(AccessRefused.BUSY);
    }
    long generation = verified.generation();
    return store
        .key(key.keyId())
        .compose(owner -> owner.map(known -> compare(key, known)).orElseGet(Access::refused))
        .onComplete(done -> pending.decrementAndGet())
        .compose(owner -> {
          verified.keep(digest, owner.appCode(), key.keyId(), generation, System.nanoTime());
          return caller(new Verified(owner.appCode(), key.keyId(), 0));
        });
  }

  private Future<KeyOwner> compare(ApiKey key, KeyOwner owner) {
    return hashing
        .executeBlocking(
            () -> BCrypt.verifyer()
                .verify(key.secret().toCharArray(), owner.key().hash().toCharArray())
                .verified,
            false)
        .compose(same -> same ? Future.succeededFuture(owner) : refused());
  }

  private Future<Caller> caller(Verified known) {
    var application = applications.find(known.appCode());
    if (application.isEmpty()) {
      return refused();
    }
    if (!application.get().enabled()) {
      return Future.failedFuture(AccessRefused.APP_DISABLED);
    }
    var scopes = Scope.known(application.get().scopes());
    return Future.succeededFuture(new Caller(Optional.of(known.appCode()), known.keyId(), scopes));
  }

  private static <T> Future<T> refused() {
    return Future.failedFuture(AccessRefused.UNAUTHENTICATED);
  }

  private static byte[] sha256(String text) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
