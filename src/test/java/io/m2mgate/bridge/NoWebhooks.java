package io.m2mgate.bridge;

import io.m2mgate.store.StoredWebhook;
import io.vertx.core.Future;
import java.util.Optional;
import java.util.function.Supplier;

/** A bridge that posts nothing anywhere. */
final class NoWebhooks implements Webhooks {

  @Override
  public Limits limits() {
    return new Limits(1, 1, 1, 1, 1, 1, 1, 1, 1);
  }

  @Override
  public Optional<String> refuses(String url) {
    return Optional.of("nobody posts here");
  }

  @Override
  public <T> Future<T> change(String app, String id, Supplier<Future<T>> work) {
    return work.get();
  }

  @Override
  public Future<Void> replaysChanged(String id) {
    return Future.succeededFuture();
  }

  @Override
  public Standing standing(String id) {
    return Standing.UNTRIED;
  }

  @Override
  public Future<Attempt> test(StoredWebhook webhook) {
    return Future.failedFuture("nobody posts here");
  }
}
