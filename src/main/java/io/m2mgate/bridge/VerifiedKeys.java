package io.m2mgate.bridge;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * The keys that were verified lately, by SHA-256 of what was presented, so that one costs a password hash once a minute
 * and not with each request. Bounded (least recently used goes) and expiring; safe for any thread.
 */
final class VerifiedKeys {

  /** Whose key it is. */
  record Verified(String appCode, String keyId, long untilNanos) {}

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

  synchronized Optional<Verified> find(String digest, long nowNanos) {
    var verified = byDigest.get(digest);
    if (verified == null) {
      return Optional.empty();
    }
    if (nowNanos - verified.untilNanos() >= 0) {
      byDigest.remove(digest);
      return Optional.empty();
    }
    return Optional.of(verified);
  }

  /** To be read before a verification starts. */
  synchronized long generation() {
    return generation;
  }

  /** Keeps a verification, unless a revocation came between: it may have been of this key. */
  synchronized boolean keep(
      String digest, String appCode, String keyId, long sinceGeneration, long nowNanos) {
    if (sinceGeneration != generation) {
      return false;
    }
    byDigest.put(digest, new Verified(appCode, keyId, nowNanos + lifeNanos));
    return true;
  }

  synchronized void forget(Predicate<Verified> which) {
    generation++;
    byDigest.values().removeIf(which);
  }

  synchronized int size() {
    return byDigest.size();
  }
}
