package io.m2mgate.store.sql;

import io.m2mgate.store.StoreFault;
import io.vertx.core.AsyncResult;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.concurrent.RejectedExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The way of the store's parts to the engine. Takes the outcome off the database's threads: it arrives on the context that
 * asked, or on the store's own when no context did. Used on any thread.
 */
final class SqlAccess {
  private static final Logger LOG = LoggerFactory.getLogger(SqlAccess.class);

  private final SqlEngine engine;
  private final Context home;

  SqlAccess(SqlEngine engine, Context home) {
    this.engine = engine;
    this.home = home;
  }

  <T> Future<T> read(SqlWork<T> work) {
    return hand(engine.read(work));
  }

  <T> Future<T> write(SqlWork<T> work) {
    return hand(engine.write(work));
  }

  <T> Future<T> exclusive(SqlWork<T> work) {
    return hand(engine.exclusive(work));
  }

  <T> Future<T> hand(Future<T> outcome) {
    Context asked = Vertx.currentContext();
    Context context = asked == null ? home : asked;
    Promise<T> promise = Promise.promise();
    outcome.onComplete(done -> {
      try {
        context.runOnContext(now -> settle(promise, done));
      } catch (RejectedExecutionException e) { // its event loop has ended
        settle(promise, done);
      }
    });
    return promise.future();
  }

  private static <T> void settle(Promise<T> promise, AsyncResult<T> done) {
    if (done.succeeded()) {
      promise.complete(done.result());
    } else {
      promise.fail(fault(done.cause()));
    }
  }

  static Throwable fault(Throwable cause) {
    if (cause instanceof StoreFault) {
      return cause;
    }
    if (SqlFault.isAway(cause)) {
      return new StoreFault(StoreFault.Kind.UNAVAILABLE, "store", cause.getMessage());
    }
    LOG.error("a statement of the store failed", cause);
    return cause;
  }

  static <T> Future<T> notFound(String subject, String name) {
    return Future.failedFuture(
        new StoreFault(StoreFault.Kind.NOT_FOUND, subject, "no " + subject + " " + name));
  }
}
