package io.m2mgate.bridge;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;

/** Brings a future that may complete on any thread back to its caller's event loop. */
public final class Later {

  private Later() {}

  public static <T> Future<T> on(Context context, Future<T> future) {
    Promise<T> promise = Promise.promise();
    future.onComplete(done -> context.runOnContext(now -> {
      if (done.succeeded()) {
        promise.complete(done.result());
      } else {
        promise.fail(done.cause());
      }
    }));
    return promise.future();
  }
}
