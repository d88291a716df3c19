package io.m2mgate.bridge.webhook;

import io.m2mgate.bridge.Caller;
import io.m2mgate.bridge.EventCursor;
import io.m2mgate.bridge.Gap;
import io.m2mgate.bridge.SharedEvent;
import io.m2mgate.bridge.Taps;
import io.m2mgate.bridge.Webhooks.Standing;
import io.m2mgate.store.StoredWebhook.Batch;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;

/**
 * Owns one cursor's way from the log to a receiver, of a webhook or of a replay: what is read ahead, what is under way, what is
 * confirmed. Lives on the verticle's event loop; only {@link #standing} may be asked from elsewhere.
 */
final class Runner implements EventCursor.Sink {

  private final Vertx vertx;
  private final Parts parts;
  private final Feed feed;
  private final Owner owner;
  private final Window window;
  private final Pace pace;
  private final EventCursor cursor;
  private final Taps.Tap tap;
  private final Set<Poster.Posting> underWay = new HashSet<>();
  private final Runnable pump = this::pump;
  private final Promise<Void> idle = Promise.promise();
  private final long ticker;
  private volatile Standing standing = Standing.UNTRIED;
  private volatile long confirmed;
  private long committed;
  private long notedFailingSince;
  private boolean committing;
  private boolean full;
  private boolean stopping;
  private Optional<Long> timer = Optional.empty();

  /** What all runners of a process share, but for the slots, which are an application's. */
  record Parts(
      Taps taps,
      Poster poster,
      Slots slots,
      WebhookFigures figures,
      WebhookOptions options,
      InstantSource clock,
      RandomGenerator random) {}

  /**
   * What to post and where.
   *
   * @param until offset of the last event, or the greatest number
   * @param headers that each request has beside its own
   * @param failingSinceMillis as it was noted, or 0
   */
  record Feed(
      String app,
      long after,
      long until,
      Set<String> types,
      Set<String> serials,
      Receiver receiver,
      Signature signature,
      Map<String, String> headers,
      Optional<Batch> batch,
      int inFlight,
      long failingSinceMillis) {}

  /** Who keeps what comes of it. */
  interface Owner {
    /** Everything up to the offset is confirmed; completes once that is durable. */
    Future<Void> commit(long offset);

    /** Since when it fails without a success, or 0; completes once that is durable. */
    Future<Void> failing(long sinceMillis);

    /** Nothing is to be posted there any more, for this reason. */
    void disable(String reason);

    /** Everything up to the end is confirmed and durable. */
    void finished();
  }

  Runner(Vertx vertx, Parts parts, Feed feed, Owner owner) {
    this.vertx = vertx;
    this.parts = parts;
    this.feed = feed;
    this.owner = owner;
    var options = parts.options();
    window = new Window(new Window.Limits(
        options.window().events(), options.window().bytes(), feed.inFlight(), feed.batch()));
    var backoff =
        new Backoff(options.retry().firstMillis(), options.retry().maxMillis(), parts.random());
    pace = new Pace(backoff, feed.inFlight(), feed.failingSinceMillis());
    notedFailingSince = feed.failingSinceMillis();
    committed = feed.after();
    confirmed = feed.after();
    var query = new EventCursor.Query(
        feed.app(),
        feed.after(),
        options.window().pageEvents(),
        options.window().pageBytes(),
        feed.types(),
        feed.serials());
    cursor = new EventCursor(vertx, parts.taps(), query, this);
    tap = parts
        .taps()
        .open(
            Taps.Kind.WEBHOOK,
            Caller.ADMIN,
            feed.app(),
            () -> cursor.lag() + Math.max(0, cursor.position() - confirmed),
            () -> {});
    ticker = vertx.setPeriodic(options.commitMillis(), now -> tick());
  }

  void start() {
    cursor.start();
  }

  Standing standing() {
    return standing;
  }

  /** Nothing leaves any more; completes when what is under way has ended or was cut off, and what is confirmed is noted. */
  Future<Void> stop() {
    if (!stopping) {
      stopping = true;
      cursor.close();
      tap.close();
      vertx.cancelTimer(ticker);
      timer.ifPresent(vertx::cancelTimer);
      parts.slots().forget(pump);
      if (underWay.isEmpty()) {
        idle.complete();
      } else {
        vertx.setTimer(
            Math.max(1, parts.options().drainMillis()),
            late -> Set.copyOf(underWay).forEach(Poster.Posting::abort));
      }
    }
    return idle.future().compose(done -> owner.commit(confirmed));
  }

  @Override
  public EventCursor.Taken take(SharedEvent shared) {
    var event = shared.event();
    if (event.offset() <= feed.until()) {
      window.add(event, parts.clock().millis());
      pump();
    }
    full = window.isFull() || event.offset() >= feed.until();
    return full ? EventCursor.Taken.FULL : EventCursor.Taken.MORE;
  }

  @Override
  public void gap(long after, long oldest) {
    long now = parts.clock().millis();
    parts.figures().gap();
    window.addGap(new Gap(feed.app(), after, oldest).event(now), after, now);
    pump();
  }

  @Override
  public void ended() {
    stop();
  }

  private void pump() {
    if (stopping) {
      return;
    }
    while (parts.slots().acquire(pump)) {
      var next = window.next(parts.clock().millis(), pace);
      if (next.isEmpty()) {
        parts.slots().release();
        schedule();
        return;
      }
      send(next.get());
    }
  }

  private void schedule() {
    timer.ifPresent(vertx::cancelTimer);
    long wake = window.wake(pace);
    timer = wake == Long.MAX_VALUE
        ? Optional.empty()
        : Optional.of(vertx.setTimer(Math.max(1, wake - parts.clock().millis()), now -> pump()));
  }

  private void send(Shipment shipment) {
    var body = shipment.body(parts.options().node());
    long now = parts.clock().millis();
    var posting = parts
        .poster()
        .post(new Poster.Order(
            feed.receiver(),
            Headers.of(feed.headers(), feed.signature(), shipment, now, body),
            body));
    underWay.add(posting);
    posting.outcome().onComplete(done -> {
      underWay.remove(posting);
      over(shipment, done.result(), now);
      parts.slots().release();
      if (stopping && underWay.isEmpty()) {
        idle.tryComplete();
      }
      pump();
    });
  }

  private void over(Shipment shipment, Outcome outcome, long started) {
    long now = parts.clock().millis();
    parts.figures().ended(outcome.kind(), now - started);
    if (outcome.kind() == Outcome.Kind.DELIVERED) {
      window.done(shipment);
      tap.delivered(shipment.events().size());
      if (pace.succeeded()) {
        window.release(now);
      }
    } else {
      window.failed(shipment);
      pace.failed(shipment, now, outcome.retryAfterMillis());
    }
    confirmed = Math.max(confirmed, Math.min(feed.until(), window.confirmed(cursor.position())));
    standing = new Standing(
        pace.failures(),
        window.retrying(),
        outcome.status(),
        outcome.reason().isEmpty() && window.retrying() > 0
            ? standing.lastReason()
            : outcome.reason(),
        now,
        window.retrying() == 0 ? 0 : Math.max(window.retryMillis(), pace.pausedUntil()));
    if (stopping) {
      return;
    }
    if (outcome.kind() == Outcome.Kind.GONE) {
      owner.disable("the receiver answered 410");
    } else if (dead(now)) {
      owner.disable("no request succeeded since " + Instant.ofEpochMilli(pace.failingSince()));
    } else if (full && !window.isFull() && cursor.position() < feed.until()) {
      full = false;
      cursor.resume();
    }
  }

  private boolean dead(long now) {
    long patience = parts.options().retry().disableAfterMillis();
    return patience > 0 && pace.failingSince() > 0 && now - pace.failingSince() >= patience;
  }

  /** What is confirmed is noted in steps, and so is what the filter passed over. */
  private void tick() {
    confirmed = Math.max(confirmed, Math.min(feed.until(), window.confirmed(cursor.position())));
    if (committing || stopping) {
      return;
    }
    if (confirmed > committed) {
      long now = confirmed;
      note(owner.commit(now).onSuccess(done -> committed = now));
    } else if (pace.failingSince() != notedFailingSince) {
      long now = pace.failingSince();
      note(owner.failing(now).onSuccess(done -> notedFailingSince = now));
    } else if (confirmed >= feed.until()) {
      owner.finished();
    }
  }

  /** A store that is away is asked again at the next tick. */
  private void note(Future<Void> work) {
    committing = true;
    work.onComplete(done -> committing = false);
  }
}
