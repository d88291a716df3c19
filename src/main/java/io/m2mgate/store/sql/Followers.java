package io.m2mgate.store.sql;

import io.m2mgate.store.EventLog;
import io.vertx.core.Context;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who waits for what in the logs. The writer leaves the new end of a log and goes on; the followers are told on the store's
 * own context, once for all commits that came meanwhile.
 */
final class Followers {
  private static final Logger LOG = LoggerFactory.getLogger(Followers.class);

  private static final class Log {
    final List<LongConsumer> followers = new CopyOnWriteArrayList<>();
    final AtomicBoolean telling = new AtomicBoolean();
    volatile long last;
  }

  private final Context context;
  private final Map<String, Log> logs = new ConcurrentHashMap<>();

  Followers(Context context) {
    this.context = context;
  }

  EventLog.Subscription follow(String app, LongConsumer follower) {
    LongConsumer own = follower::accept;
    logs.compute(app, (code, present) -> {
      Log log = present == null ? new Log() : present;
      log.followers.add(own);
      return log;
    });
    return () -> logs.computeIfPresent(app, (code, log) -> {
      log.followers.remove(own);
      return log.followers.isEmpty() ? null : log;
    });
  }

  void appended(String app, long last) {
    Log log = logs.get(app);
    if (log == null) {
      return;
    }
    log.last = last;
    if (log.telling.compareAndSet(false, true)) {
      try {
        context.runOnContext(now -> tell(log));
      } catch (RejectedExecutionException e) {
        LOG.debug("nobody left to tell of {}", app);
      }
    }
  }

  private static void tell(Log log) {
    log.telling.set(false);
    long last = log.last;
    for (LongConsumer follower : log.followers) {
      try {
        follower.accept(last);
      } catch (RuntimeException e) {
        LOG.error("a follower of a log failed", e);
      }
    }
  }
}
