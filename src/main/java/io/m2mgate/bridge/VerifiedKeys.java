package io.m2mgate.bridge;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * The keys and tokens that were verified lately, by SHA-256 of what was presented, so that one costs a password hash once a minute
 * and not with each request. Bounded (least recently used goes) and expiring; safe for any thread.
 */
final class VerifiedKeys {

  /**
   * Whose key or token it is.
   *
   * @param scopes absent for all that the application has
   * @param grantId empty for a key
   * @param expiresMillis {@link Long#MAX_VALUE} for never
   */
  record Holder(
      String appCode,
      String keyId,
      Optional<Set<String>> scopes,
      String grantId,
      long expiresMillis) {}

  private record Verified(Holder holder, long untilNanos) {}

  private final Map<String, Verified> byDigest;
  private final long lifeNanos;
  private long generation;

  VerifiedKeys(int bound, long lifeNanos) {
    this.lifeNanos = lifeNanos;
    this.byDigest = new LinkedHashMap<>(16, 0.75f, true) {
      @Override
      protected boolean removeEldestEntry(Map.Entry<String, Verified> eldest) {
        return size() > bound;
      }
    };
  }

  synchronized Optional<Holder> find(String digest, long nowNanos) {
    var verified = byDigest.get(digest);
    if (verified == null) {
      return Optional.empty();
    }
    if (nowNanos - verified.untilNanos() >= 0) {
      byDigest.remove(digest);
      return Optional.empty();
    }
    return Optional.of(verified.holder());
  }

  /** To be read before a verification starts. */
  synchronized long generation() {
    return generation;
  }

  /** Keeps a verification, unless a revocation came between: it may have been of this key. */
  synchronized boolean keep(String digest, Holder holder, long sinceGeneration, long nowNanos) {
    if (sinceGeneration != generation) {
      return false;
    }
    byDigest.put(digest, new Verified(holder, nowNanos + lifeNanos));
    return true;
  }

  synchronized void forget(Predicate<Holder> which) {
    generation++;
    byDigest.values().removeIf(verified -> which.test(verified.holder()));
  }

  synchronized int size() {
    return byDigest.size();
  }
}
