package io.m2mgate.upgrade;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.function.Supplier;

/** Something in steps. Stateless. */
final class Steps {
  private Steps() {}

  /** Until a step says that it was the last. Futures are not chained: a large campaign takes thousands of steps. */
  static Future<Void> repeat(Supplier<Future<Boolean>> step) {
    Promise<Void> done = Promise.promise();
    next(step, done);
    return done.future();
  }

  private static void next(Supplier<Future<Boolean>> step, Promise<Void> done) {
    step.get()
        .onSuccess(more -> {
          if (more) {
            next(step, done);
          } else {
            done.complete();
          }
        })
        .onFailure(done::fail);
  }
}
