package io.m2mgate.bridge.http;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.net.impl.ConnectionBase;
import io.vertx.ext.web.RoutingContext;
import java.util.concurrent.TimeUnit;

/**
 * Owns one open SSE response: its comments, what its client has not read, and its end. Lives on the event loop of its connection. A
 * client that reads nothing for {@link HttpOptions#streamStallMillis} is cut off.
 */
final class SseResponse {

  /** Where a write costs little beside what it carries. */
  private static final int GATHERED_BYTES = 16 * 1024;

  private final Vertx vertx;
  private final HttpOptions options;
  private final RoutingContext routing;
  private final HttpServerResponse response;
  private final Listener listener;
  private long timer = -1;
  private long fullSinceNanos;
  private long commentedNanos;
  private boolean closed;
  private Buffer gathered = Buffer.buffer();

  /** What the stream's owner hears. */
  interface Listener {
    /** The client read: more may be written. */
    void drained();

    /** Nothing can be written any more; called once. */
    void closed(String reason);
  }

  SseResponse(Vertx vertx, HttpOptions options, RoutingContext routing, Listener listener) {
    this.vertx = vertx;
    this.options = options;
    this.routing = routing;
    this.response = routing.response();
    this.listener = listener;
  }

  /** Sets the head; false when that was all that was asked for. */
  static boolean head(RoutingContext routing) {
    routing
        .response()
        .putHeader("Content-Type", "text/event-stream")
        .putHeader("Cache-Control", "no-store")
        .putHeader("X-Accel-Buffering", "no");
    boolean more = !routing.request().method().name().equals("HEAD");
    if (!more) {
      routing.response().end();
    }
    return more;
  }

  /** @param comment the first line */
  void open(String comment) {
    response.setChunked(true).setWriteQueueMaxSize(options.streamQueueBytes());
    response.closeHandler(gone -> close("client went"));
    response.exceptionHandler(failure -> close("connection failed"));
    response.drainHandler(drained -> drained());
    response.write("retry: 2000\n: " + comment + "\n\n");
    commentedNanos = System.nanoTime();
    timer = vertx.setPeriodic(
        Math.max(1, Math.min(options.streamCommentMillis(), options.streamStallMillis()) / 4),
        now -> tick());
  }

  /** Writes a whole event; false when the client should read before the next. */
  boolean write(String event) {
    gathered.appendString(event);
    return send();
  }

  /**
   * Writes an event with those that follow, at the latest when {@link #send} is called.
   *
   * @param head its lines up to the data
   * @param data in one line
   * @return false when the client should read before the next
   */
  boolean gather(String head, Buffer data) {
    gathered.appendString(head).appendBuffer(data).appendString("\n\n");
    return gathered.length() < Math.min(GATHERED_BYTES, options.streamQueueBytes())
        ? !full()
        : send();
  }

  /** Writes what was gathered; false when the client should read before the next. */
  boolean send() {
    if (closed || gathered.length() == 0) {
      return !full();
    }
    var together = gathered;
    gathered = Buffer.buffer();
    response.write(together);
    if (response.writeQueueFull() && fullSinceNanos == 0) {
      fullSinceNanos = System.nanoTime();
    }
    return !full();
  }

  boolean isClosed() {
    return closed;
  }

  /** Whether the client has not read what was written. */
  boolean full() {
    return fullSinceNanos != 0;
  }

  private void drained() {
    fullSinceNanos = 0;
    if (!closed) {
      listener.drained();
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
      write(":\n\n");
    }
  }

  /** Ends it behind what is written; where the client does not read, at once. */
  void end(String lastEvent, String reason) {
    if (full()) {
      cut(reason);
    } else if (!closed) {
      close(reason);
      response.end(gathered.appendString(lastEvent));
    }
  }

  /** Ends it, whatever is still to be read. */
  void cut(String reason) {
    close(reason);
    // Vert.x closes behind what is queued, which a client that does not read never lets happen.
    if (routing.request().connection() instanceof ConnectionBase connection) {
      connection.channelHandlerContext().close();
    }
  }

  private void close(String reason) {
    if (!closed) {
      closed = true;
      vertx.cancelTimer(timer);
      listener.closed(reason);
    }
  }
}
