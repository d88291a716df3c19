package io.m2mgate.bridge;

import io.m2mgate.store.EventLog;
import io.m2mgate.store.EventLog.EventQuery;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.function.Function;

/**
 * Owns one long poll: reads a page and, while the log gives nothing that passes the filter, waits for it to grow. Lives
 * on the event loop it was made on.
 */
public final class EventPull {

  private final Vertx vertx;
  private final Context context;
  private final Taps taps;
  private final EventQuery asked;
  private final long until;
  private final Promise<SharedPage> answer = Promise.promise();
  private volatile long position;
  private volatile long last;
  private long followingNanos;
  private boolean reading;
  private boolean waiting;
  private SharedPage latest = SharedPage.EMPTY;

  public EventPull(Vertx vertx, Taps taps, EventQuery query) {
    this(vertx, taps, query, Long.MAX_VALUE);
  }

  /** @param until offset of the last event that is wanted */
  public EventPull(Vertx vertx, Taps taps, EventQuery query, long until) {
    this.until = until;
    this.vertx = vertx;
    this.context = vertx.getOrCreateContext();
    this.taps = taps;
    this.asked = query;
    this.position = query.after();
  }

  /**
   * @param waitMillis how long to wait for a first event, 0 = not at all
   * @return a page, empty when the time is over; completes on this event loop
   */
  public Future<SharedPage> start(Caller caller, long waitMillis) {
    var subscription = waitMillis > 0 ? follow() : nothing();
    var tap = taps.open(
        Taps.Kind.PULL, caller, asked.app(), () -> Math.max(0, last - position), this::cancel);
    followingNanos = System.nanoTime();
    waiting = waitMillis > 0;
    long timer = waiting ? vertx.setTimer(waitMillis, now -> timeOver()) : -1;
    read(taps.pages()::read);
    return answer.future().onComplete(done -> {
      waiting = false;
      subscription.close();
      tap.close();
      vertx.cancelTimer(timer);
      if (done.succeeded()) {
        tap.delivered(done.result().events().size());
      }
    });
  }

  /** The client went, or its key: the answer is no longer wanted. Any thread. */
  public void cancel() {
    end(AccessRefused.UNAUTHENTICATED);
  }

  /** Fails it. Any thread. */
  public void end(Throwable why) {
    context.runOnContext(now -> answer.tryFail(why));
  }

  private EventLog.Subscription follow() {
    return taps.log().follow(asked.app(), offset -> context.runOnContext(now -> grown(offset)));
  }

  private static EventLog.Subscription nothing() {
    return () -> {};
  }

  private void grown(long offset) {
    last = Math.max(last, offset);
    if (waiting && !reading && position < last) {
      read();
    }
  }

  private void timeOver() {
    waiting = false;
    if (!reading) {
      answer.tryComplete(latest);
    }
  }

  /** From where nothing can be missing that was not announced. */
  private void read() {
    read(query -> taps.pages().readSince(query, followingNanos));
  }

  private void read(Function<EventQuery, Future<SharedPage>> pages) {
    reading = true;
    var query = new EventQuery(
        asked.app(), position, asked.limit(), asked.maxBytes(), asked.types(), asked.serials());
    Later.on(context, pages.apply(query)).onComplete(this::arrived, answer::tryFail);
  }

  private void arrived(SharedPage read) {
    SharedPage page = read.until(until);
    reading = false;
    last = Math.max(last, page.last());
    position = Math.max(position, page.next());
    latest = page;
    if (!waiting || !page.events().isEmpty() || outside(page) || position >= until) {
      answer.tryComplete(page);
    } else if (position < last || page.sinceNanos() - followingNanos < 0) {
      read();
    }
  }

  /** The log does not reach where the caller is; waiting would not change that. */
  private boolean outside(SharedPage page) {
    return asked.after() > page.last() || asked.after() > 0 && asked.after() < page.oldest() - 1;
  }
}
