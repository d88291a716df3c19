package io.m2mgate.bridge.http;

import io.m2mgate.api.Event;
import io.m2mgate.bridge.BridgeParts;
import io.m2mgate.bridge.EventCursor;
import io.m2mgate.bridge.Taps;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.net.impl.ConnectionBase;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Owns one open SSE response: its cursor, its comments and its end. Lives on the event loop of its connection. What
 * waits for a slow client is the socket's queue, up to its bound, and one page of the cursor; a client that reads
 * nothing for {@link HttpOptions#streamStallMillis} is cut off and resumes by {@code Last-Event-ID}.
 */
final class EventStream implements EventCursor.Sink {

  private static final Logger LOG = LoggerFactory.getLogger(EventStream.class);
  private static final int PAGE_EVENTS = 200;
  private static final int PAGE_BYTES = 128 * 1024;

  private final Vertx vertx;
  private final Context context;
  private final BridgeParts parts;
  private final HttpOptions options;
  private final Exchange exchange;
  private final EventRequest request;
  private final HttpServerResponse response;
  private EventCursor cursor;
  private Taps.Tap tap;
  private long timer = -1;
  private long fullSinceNanos;
  private long commentedNanos;
  private boolean closed;

  EventStream(
      Vertx vertx,
      BridgeParts parts,
      HttpOptions options,
      Exchange exchange,
      EventRequest request) {
    this.vertx = vertx;
    this.context = vertx.getOrCreateContext();
    this.parts = parts;
    this.options = options;
    this.exchange = exchange;
    this.request = request;
    this.response = exchange.routing().response();
  }

  void open(long after) {
    response.setChunked(true).setWriteQueueMaxSize(options.streamQueueBytes());
    response.closeHandler(gone -> close("client went"));
    response.exceptionHandler(failure -> close("connection failed"));
    response.drainHandler(drained -> drained());
    response.write("retry: 2000\n: from " + after + "\n\n");
    commentedNanos = System.nanoTime();
    var query = new EventCursor.Query(
        request.app(), after, PAGE_EVENTS, PAGE_BYTES, request.types(), request.serial());
    cursor = new EventCursor(vertx, parts.taps(), query, this);
    tap = parts
        .taps()
        .open(
            Taps.Kind.SSE,
            exchange.caller(),
            request.app(),
            cursor::lag,
            () -> context.runOnContext(now -> cut("key revoked")));
    timer = vertx.setPeriodic(
        Math.max(1, Math.min(options.streamCommentMillis(), options.streamStallMillis()) / 4),
        now -> tick());
    cursor.start();
  }

  @Override
  public EventCursor.Taken take(Event event) {
    response.write("id: " + event.offset() + "\nevent: " + event.type() + "\ndata: "
        + event.toJson(parts.node()) + "\n\n");
    tap.delivered(1);
    if (!response.writeQueueFull()) {
      return EventCursor.Taken.MORE;
    }
    fullSinceNanos = System.nanoTime();
    return EventCursor.Taken.FULL;
  }

  /** The client hears of it when it resumes: its offset is answered by cursor-too-old. */
  @Override
  public void gap(long after, long oldest) {
    cut("events between " + after + " and " + oldest + " are past retention");
  }

  @Override
  public void ended() {
    cut("application deleted");
  }

  private void drained() {
    fullSinceNanos = 0;
    if (!closed) {
      cursor.resume();
    }
  }

  private void tick() {
    long now = System.nanoTime();
    if (fullSinceNanos != 0) {
      if (TimeUnit.NANOSECONDS.toMillis(now - fullSinceNanos) >= options.streamStallMillis()) {
        cut("stalled");
      }
    } else if (TimeUnit.NANOSECONDS.toMillis(now - commentedNanos)
        >= options.streamCommentMillis()) {
      commentedNanos = now;
      response.write(":\n\n");
      if (response.writeQueueFull()) {
        fullSinceNanos = now;
      }
    }
  }

  private void cut(String reason) {
    close(reason);
    // Vert.x closes behind what is queued, which a client that does not read never lets happen.
    if (exchange.routing().request().connection() instanceof ConnectionBase connection) {
      connection.channelHandlerContext().close();
    }
  }

  private void close(String reason) {
    if (closed) {
      return;
    }
    closed = true;
    LOG.debug("stream of {} closed at {}: {}", request.app(), cursor.position(), reason);
    vertx.cancelTimer(timer);
    cursor.close();
    tap.close();
  }
}
