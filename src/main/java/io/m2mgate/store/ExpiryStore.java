package io.m2mgate.store;

import io.vertx.core.Future;
import java.util.Optional;

/** When the terminals' secrets expire (6.1.14); never the secrets. Futures may complete on any thread. */
public interface ExpiryStore {

  /** Soonest first. Fails with NOT_FOUND (cursor). */
  Future<Page<Expiry>> list(Query query, Optional<String> cursor, int limit);

  /**
   * @param serial of the one terminal whose secrets are wanted
   * @param fromSecond the earliest expiry since 1970, itself included
   * @param beforeSecond the latest, itself excluded; what never expires is not listed
   */
  record Query(String app, Optional<String> serial, long fromSecond, long beforeSecond) {}

  /**
   * @param secret one of {@link SecretKinds}
   * @param second since 1970
   */
  record Expiry(String serial, String secret, long second) {}
}
