package io.m2mgate.bridge;

import io.m2mgate.store.EventLog;
import io.m2mgate.store.EventLog.EventQuery;
import io.vertx.core.Future;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Owns the few pages of the event logs that were read last, so that a hundred taps at a log's end cost one read and not
 * a hundred, and its events are made into JSON once. Only pages that move a reader on are kept, a second long; safe for
 * any thread.
 */
final class EventPages {

  private static final int BOUND = 64;
  private static final long LIFE_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final EventLog log;
  private final Map<EventQuery, Kept> kept = new LinkedHashMap<>() {
    @Override
    protected boolean removeEldestEntry(Map.Entry<EventQuery, Kept> eldest) {
      return size() > BOUND;
    }
  };

  private record Kept(Future<SharedPage> page, long sinceNanos) {}

  EventPages(EventLog log) {
    this.log = log;
  }

  Future<SharedPage> read(EventQuery query) {
    long now = System.nanoTime();
    return read(query, now, now - LIFE_NANOS);
  }

  /**
   * For who follows the log since then, by {@link System#nanoTime}: an older page may end before what nobody will announce
   * to him any more.
   */
  Future<SharedPage> readSince(EventQuery query, long nanos) {
    long now = System.nanoTime();
    return read(query, now, now - Math.min(LIFE_NANOS, now - nanos));
  }

  private Future<SharedPage> read(EventQuery query, long now, long notBefore) {
    Future<SharedPage> page;
    synchronized (kept) {
      var known = kept.get(query);
      if (known != null && known.sinceNanos() - notBefore >= 0) {
        return known.page();
      }
      page = log.read(query).map(read -> SharedPage.of(read, now));
      kept.remove(query);
      kept.put(query, new Kept(page, now));
    }
    // A page that gave nothing must not be served again: what its reader waits for may be there by
    // now.
    page.onComplete(done -> {
      if (done.failed() || done.result().next() == query.after()) {
        drop(query, page);
      }
    });
    return page;
  }

  /** Offsets start anew when an application is deleted and made again. */
  void forget(String app) {
    synchronized (kept) {
      kept.keySet().removeIf(query -> query.app().equals(app));
    }
  }

  private void drop(EventQuery query, Future<SharedPage> page) {
    synchronized (kept) {
      var known = kept.get(query);
      if (known != null && known.page() == page) {
        kept.remove(query);
      }
    }
  }
}
