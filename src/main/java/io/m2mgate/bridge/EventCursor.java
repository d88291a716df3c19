package io.m2mgate.bridge;

import io.m2mgate.store.EventLog;
import io.m2mgate.store.EventLog.EventQuery;
import io.m2mgate.store.StoreFault;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Owns one reader's position in an application's log and at most one page read ahead. Lives on the event loop it was
 * made on; only {@link #lag} may be asked from elsewhere.
 *
 * <p>It reads on only while its sink takes: a sink that says FULL is not called again before {@link #resume}, and
 * nothing is read for it in between.
 */
public final class EventCursor {

  private static final long RETRY_MILLIS = 1_000;

  private final Vertx vertx;
  private final Context context;
  private final Taps taps;
  private final Query query;
  private final Sink sink;
  private final AtomicLong announced = new AtomicLong();
  private volatile long last;
  private volatile long position;
  private List<SharedEvent> page = List.of();
  private int taken;
  private long pageNext;
  private long followingNanos;
  private boolean fresh = true;
  private boolean reading;
  private boolean full;
  private boolean pumping;
  private boolean closed;
  private EventLog.Subscription subscription = () -> {};

  /**
   * What to read.
   *
   * @param after offset to start behind; 0 = from the oldest, which is no gap
   * @param until offset of the last event that is wanted
   */
  public record Query(
      String app,
      long after,
      int pageEvents,
      int pageBytes,
      Set<String> types,
      Set<String> serials,
      long until) {
    public Query {
      types = Set.copyOf(types);
      serials = Set.copyOf(serials);
    }

    /** Without an end. */
    public Query(
        String app,
        long after,
        int pageEvents,
        int pageBytes,
        Set<String> types,
        Set<String> serials) {
      this(app, after, pageEvents, pageBytes, types, serials, Long.MAX_VALUE);
    }
  }

  /** Whether a sink takes more. */
  public enum Taken {
    MORE,
    FULL
  }

  /** Who the events are for; called on the cursor's event loop. */
  public interface Sink {
    Taken take(SharedEvent event);

    /** All that could be handed over for now was: what the sink gathered has to go on its way. */
    default Taken passed() {
      return Taken.MORE;
    }

    /** Retention removed events that were not read: the log goes on at {@code oldest}. */
    void gap(long after, long oldest);

    /** The log is gone. */
    void ended();

    /** Everything up to the query's end was handed over; called once where it has one. */
    default void reached() {}
  }

  public EventCursor(Vertx vertx, Taps taps, Query query, Sink sink) {
    this.vertx = vertx;
    this.context = vertx.getOrCreateContext();
    this.taps = taps;
    this.query = query;
    this.sink = sink;
    this.position = query.after();
    this.pageNext = query.after();
    this.last = query.after();
  }

  public void start() {
    if (isReached()) {
      sink.reached();
      return;
    }
    subscription = taps.log().follow(query.app(), this::appended);
    followingNanos = System.nanoTime();
    read();
  }

  /** The sink takes no more for now, whatever it said last. */
  public void hold() {
    full = true;
  }

  /** The sink has room again. */
  public void resume() {
    full = false;
    pump();
  }

  public void close() {
    closed = true;
    page = List.of();
    subscription.close();
  }

  /** Offset of the last event that was handed to the sink, or passed over by the filter. */
  public long position() {
    return position;
  }

  /** Events between the position and the log's end as last heard. */
  public long lag() {
    return Math.max(0, last - position);
  }

  /** Any thread. One task at most waits on the loop, however many commits there are. */
  private void appended(long offset) {
    if (announced.getAndAccumulate(offset, Math::max) == 0) {
      context.runOnContext(now -> {
        last = Math.max(last, announced.getAndSet(0));
        pump();
      });
    }
  }

  private void pump() {
    if (pumping) {
      return;
    }
    pumping = true;
    while (!closed && !full && taken < page.size()) {
      var event = page.get(taken++);
      position = event.offset();
      full = sink.take(event) == Taken.FULL;
    }
    // Last, so that it does not take back what was said of the last event.
    full = sink.passed() == Taken.FULL || full;
    pumping = false;
    if (!closed && taken == page.size()) {
      page = List.of();
      taken = 0;
      position = Math.max(position, pageNext);
      if (isReached()) {
        sink.reached();
      } else if (!full && position < last) {
        read();
      }
    }
  }

  private boolean isReached() {
    return position >= query.until();
  }

  private void read() {
    if (reading) {
      return;
    }
    reading = true;
    var next = new EventQuery(
        query.app(),
        position,
        query.pageEvents(),
        query.pageBytes(),
        query.types(),
        query.serials());
    var page =
        fresh ? taps.pages().readSince(next, followingNanos) : taps.pages().read(next);
    Later.on(context, page).onComplete(this::arrived, this::failed);
  }

  private void arrived(SharedPage arrived) {
    reading = false;
    if (closed) {
      return;
    }
    last = Math.max(last, arrived.last());
    if (!(fresh && position == 0) && arrived.oldest() > position + 1) {
      sink.gap(position, arrived.oldest());
    }
    fresh = false;
    if (closed) {
      return;
    }
    var wanted = arrived.until(query.until());
    page = wanted.events();
    taken = 0;
    pageNext = wanted.next();
    pump();
  }

  private void failed(Throwable cause) {
    if (closed) {
      reading = false;
    } else if (cause instanceof StoreFault fault && fault.kind() == StoreFault.Kind.NOT_FOUND) {
      reading = false;
      sink.ended();
    } else {
      vertx.setTimer(RETRY_MILLIS, timer -> {
        reading = false;
        if (!closed) {
          read();
        }
      });
    }
  }
}
