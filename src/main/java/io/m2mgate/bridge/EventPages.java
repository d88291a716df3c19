package io.m2mgate.bridge;

import io.m2mgate.store.EventLog;
import io.m2mgate.store.EventLog.EventQuery;
import io.vertx.core.Future;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Owns the few pages of the event logs that were read last, so that a hundred taps at a log's end cost one read and not
 * a hundred, and its events are made into JSON once. Only pages that move a reader on are kept, a second long; safe for
 * any thread.
 */
final class EventPages {

  private static final int BOUND = 64;
  private static final long BOUND_BYTES = 8 << 20;
  private static final long LIFE_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final EventLog log;
  /** In the order in which they were asked for. */
  private final Map<EventQuery, Kept> kept = new LinkedHashMap<>();

  private long bytes;

  private static final class Kept {
    private final Future<SharedPage> page;
    private final long sinceNanos;
    private long bytes;

    private Kept(Future<SharedPage> page, long sinceNanos) {
      this.page = page;
      this.sinceNanos = sinceNanos;
    }
  }

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
      if (known != null && known.sinceNanos - notBefore >= 0) {
        return known.page;
      }
      page = log.read(query).map(read -> SharedPage.of(read, now));
      remove(query);
      kept.put(query, new Kept(page, now));
      trim(now);
    }
    // A page that gave nothing must not be served again: what its reader waits for may be there by
    // now.
    page.onComplete(done -> {
      if (done.failed() || done.result().next() == query.after()) {
        drop(query, page);
      } else {
        weigh(query, page, done.result().bytes());
      }
    });
    return page;
  }

  /** Offsets start anew when an application is deleted and made again. */
  void forget(String app) {
    synchronized (kept) {
      List.copyOf(kept.keySet()).stream()
          .filter(query -> query.app().equals(app))
          .forEach(this::remove);
    }
  }

  private void drop(EventQuery query, Future<SharedPage> page) {
    synchronized (kept) {
      var known = kept.get(query);
      if (known != null && known.page == page) {
        remove(query);
      }
    }
  }

  private void weigh(EventQuery query, Future<SharedPage> page, long weight) {
    synchronized (kept) {
      var known = kept.get(query);
      if (known != null && known.page == page) {
        known.bytes = weight;
        bytes += weight;
        trim(System.nanoTime());
      }
    }
  }

  /** The oldest go first: those that are past their life, and those that are too many or too large together. */
  private void trim(long now) {
    var oldest = kept.values().iterator();
    while (oldest.hasNext()) {
      var next = oldest.next();
      if (kept.size() <= BOUND && bytes <= BOUND_BYTES && now - next.sinceNanos <= LIFE_NANOS) {
        return;
      }
      bytes -= next.bytes;
      oldest.remove();
    }
  }

  private void remove(EventQuery query) {
    var gone = kept.remove(query);
    bytes -= gone == null ? 0 : gone.bytes;
  }
}
