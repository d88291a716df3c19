package io.m2mgate.bridge;

import io.m2mgate.store.Reconciliation;
import io.vertx.core.Future;
import java.util.Optional;

/** A bridge without lanes behind it, which has nobody to ask. */
final class NoReconciliations implements Reconciliations {

  @Override
  public Limits limits() {
    return new Limits(1, 2, 1, 2, 2);
  }

  @Override
  public Future<Optional<Reconciliation>> start(Wish wish) {
    return Future.succeededFuture(Optional.empty());
  }

  @Override
  public Future<Boolean> cancel(String id) {
    return Future.succeededFuture(false);
  }
}
