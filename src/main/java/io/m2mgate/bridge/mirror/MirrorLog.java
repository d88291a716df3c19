package io.m2mgate.bridge.mirror;

import io.m2mgate.bridge.BridgeParts;
import io.m2mgate.bridge.Caller;
import io.m2mgate.bridge.EventCursor;
import io.m2mgate.bridge.Gap;
import io.m2mgate.bridge.Later;
import io.m2mgate.bridge.SharedEvent;
import io.m2mgate.bridge.Taps;
import io.m2mgate.bridge.Topics;
import io.m2mgate.store.ApplicationStore.Application;
import io.m2mgate.store.ConsumerStore;
import io.m2mgate.store.ConsumerStore.Cursor;
import io.m2mgate.store.EventLog;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Owns one application's way to the broker: its stored cursor, and what of its log is sent and not acknowledged yet. On the mirror's
 * event loop; only {@link #lag} may be asked from elsewhere.
 */
final class MirrorLog implements EventCursor.Sink {

  /** Of the consumer that is the stored cursor. */
  static final String KIND = "mirror";

  static final String NAME = KIND + ":broker";

  private static final Logger LOG = LoggerFactory.getLogger(MirrorLog.class);
  private static final int PAGE_EVENTS = 100;
  private static final int PAGE_BYTES = 64 * 1024;
  private static final long RETRY_MILLIS = 1_000;

  private final Vertx vertx;
  private final Context context;
  private final BridgeParts parts;
  private final MirrorOptions options;
  private final MirrorFigures figures;
  private final Application application;
  private final ConsumerStore consumers;
  private final EventLog.Subscription follower;
  private final Taps.Tap tap;
  private final ArrayDeque<InFlight> unconfirmed = new ArrayDeque<>();
  private final AtomicLong last = new AtomicLong();
  private volatile long confirmed;
  private long stored = -1;
  private Future<Void> write = Future.succeededFuture();
  private volatile boolean ready;
  private boolean draining;
  private boolean closed;
  private Optional<Outbox> outbox = Optional.empty();
  private Optional<EventCursor> cursor = Optional.empty();

  /** Something sent; {@code before} is what is confirmed as long as it is not. */
  private static final class InFlight {
    private final long before;
    private boolean acknowledged;

    private InFlight(long before) {
      this.before = before;
    }
  }

  MirrorLog(
      Vertx vertx,
      BridgeParts parts,
      MirrorOptions options,
      MirrorFigures figures,
      Application application) {
    this.vertx = vertx;
    this.context = vertx.getOrCreateContext();
    this.parts = parts;
    this.options = options;
    this.figures = figures;
    this.application = application;
    this.consumers = parts.store().consumers();
    this.follower = parts.store().events().follow(app(), this::grown);
    this.tap = parts.taps().open(Taps.Kind.MIRROR, Caller.ADMIN, app(), this::lag, () -> {});
  }

  private String app() {
    return application.appCode();
  }

  /** Whether it is still the log of this application, and not that of an earlier one of the same code. */
  boolean isOf(Application now) {
    return now.createdMillis() == application.createdMillis();
  }

  /** Events that the broker has not acknowledged, as last heard. Any thread. */
  long lag() {
    return ready ? Math.max(0, last.get() - confirmed) : 0;
  }

  private void grown(long offset) {
    last.accumulateAndGet(offset, Math::max);
  }

  /**
   * Finds where it was.
   *
   * @param fromOldest where one begins that was nowhere yet
   */
  void load(boolean fromOldest) {
    var events = parts.store().events();
    var begin = consumers
        .read(app(), NAME)
        .compose(found -> events.extent(app()).compose(log -> {
          grown(log.last());
          return found
              .map(cursor -> Future.succeededFuture(cursor.offset()))
              .orElseGet(() -> first(fromOldest ? 0 : log.last()));
        }));
    Later.on(context, begin).onComplete(this::loaded, failure -> {
      LOG.debug("cursor of {} cannot be read: {}", app(), failure.toString());
      vertx.setTimer(RETRY_MILLIS, again -> {
        if (!closed && parts.applications().exists(app())) {
          load(fromOldest);
        }
      });
    });
  }

  private Future<Long> first(long offset) {
    var begun = new Cursor(NAME, KIND, offset, "{}", System.currentTimeMillis());
    return consumers.put(app(), begun).map(offset);
  }

  private void loaded(long offset) {
    confirmed = offset;
    stored = offset;
    ready = true;
    open();
  }

  /** The broker is there. */
  void connected(Outbox to) {
    outbox = Optional.of(to);
    open();
  }

  /** The broker is gone: nothing is read until it is back, and then from what it had acknowledged. */
  void lost() {
    outbox = Optional.empty();
    cursor.ifPresent(EventCursor::close);
    confirmed = confirmedNow();
    cursor = Optional.empty();
    unconfirmed.clear();
  }

  private void open() {
    if (closed || draining || !ready || outbox.isEmpty() || cursor.isPresent()) {
      return;
    }
    var query =
        new EventCursor.Query(app(), confirmed, PAGE_EVENTS, PAGE_BYTES, options.types(), Set.of());
    var reading = new EventCursor(vertx, parts.taps(), query, this);
    cursor = Optional.of(reading);
    reading.start();
  }

  @Override
  public EventCursor.Taken take(SharedEvent shared) {
    var event = shared.event();
    var place = Topics.place(event);
    var payload = place.map(known -> shared.bytes(parts.node())).orElseGet(Buffer::buffer);
    if (place.isPresent() && payload.length() > options.limits().messageBytes()) {
      figures.oversized();
      LOG.warn(
          "event {} of {} has {} bytes: not mirrored", event.offset(), app(), payload.length());
    } else if (place.isPresent()) {
      publish(Topics.event(app(), place.orElseThrow()), payload, event.offset() - 1);
    }
    return goOn();
  }

  @Override
  public void gap(long after, long oldest) {
    figures.gap();
    LOG.warn("{}: retention removed events {} to {} unmirrored", app(), after + 1, oldest - 1);
    var gap = new Gap(app(), after, oldest).event(System.currentTimeMillis());
    publish(
        Topics.event(app(), Topics.place(gap).orElseThrow()),
        Buffer.buffer(gap.toJson(parts.node())),
        after);
  }

  private void publish(String topic, Buffer payload, long before) {
    outbox.ifPresent(to -> {
      var sent = new InFlight(before);
      unconfirmed.addLast(sent);
      to.publish(topic, payload, () -> acknowledged(sent));
    });
  }

  private EventCursor.Taken goOn() {
    if (outbox.isEmpty() || outbox.get().mayGoOn()) {
      return EventCursor.Taken.MORE;
    }
    var reading = cursor;
    outbox.get().await(() -> {
      if (cursor.equals(reading)) {
        reading.ifPresent(EventCursor::resume);
      }
    });
    return EventCursor.Taken.FULL;
  }

  @Override
  public void ended() {
    close();
  }

  private void acknowledged(InFlight sent) {
    sent.acknowledged = true;
    tap.delivered(1);
    while (!unconfirmed.isEmpty() && unconfirmed.peekFirst().acknowledged) {
      unconfirmed.removeFirst();
    }
    confirmed = confirmedNow();
  }

  private long confirmedNow() {
    return unconfirmed.isEmpty()
        ? cursor.map(reading -> Math.max(confirmed, reading.position())).orElse(confirmed)
        : Math.max(confirmed, unconfirmed.peekFirst().before);
  }

  /** Stores what was acknowledged since the last time; one write at a time. Completes with that write. */
  Future<Void> commit() {
    if (closed || !ready || !write.isComplete()) {
      return write;
    }
    confirmed = confirmedNow();
    long now = confirmed;
    if (now > stored) {
      write = Later.on(context, consumers.commit(app(), NAME, now)).map(done -> {
        stored = Math.max(stored, now);
        return null;
      });
    }
    return write;
  }

  /** Takes nothing more of its log. */
  void drain() {
    draining = true;
    cursor.ifPresent(EventCursor::close);
  }

  /** Stores where it is behind what is under way. */
  Future<Void> lastCommit() {
    return write.transform(before -> commit());
  }

  /** Nothing is on its way. */
  boolean idle() {
    return unconfirmed.isEmpty();
  }

  void close() {
    closed = true;
    cursor.ifPresent(EventCursor::close);
    unconfirmed.clear();
    follower.close();
    tap.close();
  }
}
