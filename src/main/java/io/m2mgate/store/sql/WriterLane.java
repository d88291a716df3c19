package io.m2mgate.store.sql;

import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The turns on the writer's connection: one group of the journal, then one slice of administrative works, and so on, never
 * two at a time. Turns run on the {@link Thread} that it is given; works are accepted on any thread.
 */
final class WriterLane {
  private static final Logger LOG = LoggerFactory.getLogger(WriterLane.class);
  private static final int SLICE = 64;

  /** Where turns run: always the same thread. */
  interface Thread {
    void run(Runnable turn);

    void runAfter(long micros, Runnable turn);
  }

  /** The journal, as the lane sees it; called in turns only. */
  interface Groups {
    /** Microseconds until a group should be committed (0 = now), empty when nothing waits. */
    OptionalLong readyInMicros();

    /** Takes and commits one group; the future never fails. */
    Future<Void> commit();
  }

  /** A transaction on the writer's connection. */
  interface Transactor {
    <T> Future<T> transaction(SqlWork<T> work);
  }

  private record Waiting<T>(SqlWork<T> work, Promise<T> promise) {}

  private final Thread thread;
  private final Transactor transactor;
  private final int bound;
  private final ArrayDeque<Waiting<?>> works = new ArrayDeque<>(); // guarded by itself
  private final AtomicBoolean turning = new AtomicBoolean();
  private final Promise<Void> drained = Promise.promise();
  private volatile Groups groups;
  private volatile boolean closing;
  private boolean groupsFirst = true; // of the turns
  private boolean timerSet; // of the turns

  WriterLane(Thread thread, Transactor transactor, int bound) {
    this.thread = thread;
    this.transactor = transactor;
    this.bound = bound;
  }

  void serve(Groups source) {
    groups = source;
  }

  <T> Future<T> submit(SqlWork<T> work) {
    Promise<T> promise = Promise.promise();
    synchronized (works) {
      if (closing) {
        return Future.failedFuture(SqlFault.away("the store is closed"));
      }
      if (works.size() >= bound) {
        return Future.failedFuture(SqlFault.away("too many writes are waiting"));
      }
      works.add(new Waiting<>(work, promise));
    }
    wake();
    return promise.future();
  }

  void wake() {
    if (turning.compareAndSet(false, true)) {
      thread.run(this::turn);
    }
  }

  /** Accepts no more works; done when everything accepted is. The groups' source refuses by itself. */
  Future<Void> close() {
    synchronized (works) {
      closing = true;
    }
    wake();
    return drained.future();
  }

  private void turn() {
    Optional<Future<?>> job = next();
    if (job.isEmpty()) {
      turning.set(false);
      if (hasWork()) {
        wake();
      } else if (closing && !waitingForTimer()) {
        drained.tryComplete();
      }
      return;
    }
    job.get().onComplete(done -> thread.run(this::turn));
  }

  private Optional<Future<?>> next() {
    groupsFirst = !groupsFirst;
    for (int side = 0; side < 2; side++) {
      Optional<Future<?>> job = (side == 0) == groupsFirst ? nextGroup() : nextSlice();
      if (job.isPresent()) {
        return job;
      }
    }
    return Optional.empty();
  }

  private Optional<Future<?>> nextGroup() {
    OptionalLong ready = readyInMicros();
    if (ready.isEmpty()) {
      return Optional.empty();
    }
    if (ready.getAsLong() == 0 || closing) {
      return Optional.of(groups.commit());
    }
    if (!timerSet) {
      timerSet = true;
      thread.runAfter(ready.getAsLong(), this::timeIsUp);
    }
    return Optional.empty();
  }

  private void timeIsUp() {
    timerSet = false;
    wake();
  }

  private OptionalLong readyInMicros() {
    return groups == null ? OptionalLong.empty() : groups.readyInMicros();
  }

  private boolean waitingForTimer() {
    return readyInMicros().isPresent();
  }

  private boolean hasWork() {
    synchronized (works) {
      if (!works.isEmpty()) {
        return true;
      }
    }
    OptionalLong ready = readyInMicros();
    return ready.isPresent() && (ready.getAsLong() == 0 || closing || !timerSet);
  }

  private Optional<Future<?>> nextSlice() {
    List<Waiting<?>> slice = new ArrayList<>();
    synchronized (works) {
      while (slice.size() < SLICE && !works.isEmpty()) {
        slice.add(works.poll());
      }
    }
    return switch (slice.size()) {
      case 0 -> Optional.empty();
      case 1 -> Optional.of(alone(slice.get(0)));
      default -> Optional.of(together(slice));
    };
  }

  private <T> Future<?> alone(Waiting<T> one) {
    return transactor
        .transaction(one.work)
        .onComplete(done -> settle(one.promise, done))
        .otherwiseEmpty();
  }

  /** Many works, one commit: each within a savepoint of its own, so that one's failure is its own. */
  private Future<?> together(List<Waiting<?>> slice) {
    List<Runnable> settled = new ArrayList<>();
    Future<Void> all = transactor.transaction(tx -> {
      Future<Void> chain = Future.succeededFuture();
      for (Waiting<?> one : slice) {
        chain = chain.compose(done -> guarded(tx, one, settled));
      }
      return chain;
    });
    return all.onComplete(done -> {
          if (done.succeeded()) {
            settled.forEach(Runnable::run);
          } else {
            slice.forEach(one -> one.promise.tryFail(done.cause()));
          }
        })
        .otherwiseEmpty();
  }

  private static <T> Future<Void> guarded(SqlTx tx, Waiting<T> one, List<Runnable> settled) {
    return tx.update("SAVEPOINT one")
        .compose(opened -> attempt(one.work, tx))
        .compose(value -> tx.update("RELEASE SAVEPOINT one").map(value))
        .transform(done -> {
          if (done.succeeded()) {
            settled.add(() -> settle(one.promise, done));
            return Future.succeededFuture();
          }
          if (SqlFault.isAway(done.cause())) {
            return Future.failedFuture(done.cause());
          }
          settled.add(() -> settle(one.promise, done));
          return tx.update("ROLLBACK TO SAVEPOINT one")
              .compose(back -> tx.update("RELEASE SAVEPOINT one"))
              .mapEmpty();
        });
  }

  /** A work that throws fails. */
  static <T> Future<T> attempt(SqlWork<T> work, SqlTx tx) {
    try {
      return work.in(tx);
    } catch (RuntimeException e) {
      return Future.failedFuture(e);
    }
  }

  private static <T> void settle(Promise<T> promise, AsyncResult<T> done) {
    try {
      if (done.succeeded()) {
        promise.tryComplete(done.result());
      } else {
        promise.tryFail(done.cause());
      }
    } catch (RuntimeException e) {
      LOG.error("the asker of a store write failed", e);
    }
  }
}
