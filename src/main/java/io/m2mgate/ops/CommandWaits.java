package io.m2mgate.ops;

import io.m2mgate.store.StoredCommand;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** The requests that wait for the end of a command, so many at most. Safe for any thread. */
final class CommandWaits {

  private final Map<String, List<Promise<StoredCommand>>> byId = new ConcurrentHashMap<>();
  private final AtomicInteger count = new AtomicInteger();
  private final int most;

  CommandWaits(int most) {
    this.most = most;
  }

  /** Completes with the command as it ended; empty when too many wait. To be removed again whatever comes of it. */
  Optional<Future<StoredCommand>> add(String id) {
    if (count.incrementAndGet() > most) {
      count.decrementAndGet();
      return Optional.empty();
    }
    Promise<StoredCommand> promise = Promise.promise();
    byId.compute(id, (key, waiting) -> {
      List<Promise<StoredCommand>> all = waiting == null ? new CopyOnWriteArrayList<>() : waiting;
      all.add(promise);
      return all;
    });
    return Optional.of(promise.future());
  }

  void remove(String id, Future<StoredCommand> wait) {
    byId.computeIfPresent(id, (key, waiting) -> {
      if (waiting.removeIf(promise -> promise.future() == wait)) {
        count.decrementAndGet();
      }
      return waiting.isEmpty() ? null : waiting;
    });
  }

  void ended(StoredCommand command) {
    byId.getOrDefault(command.id(), List.of()).forEach(promise -> promise.tryComplete(command));
  }

  int most() {
    return most;
  }

  int waiting() {
    return count.get();
  }
}
