package io.m2mgate.bridge.http;

import io.netty.handler.flush.FlushConsolidationHandler;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.ServerWebSocket;
import io.vertx.core.net.impl.ConnectionBase;
import io.vertx.ext.web.RoutingContext;
import java.util.concurrent.TimeUnit;

/**
 * Owns one open WebSocket: its pings, what its client has not read, and its end. Lives on the event loop of its connection. A client that
 * reads nothing, or answers no ping, for {@link HttpOptions#streamStallMillis} is cut off.
 */
final class SocketLine {

  /** Frames that leave together at most. */
  private static final int TOGETHER = 256;

  private final Vertx vertx;
  private final HttpOptions options;
  private final RoutingContext routing;
  private final ServerWebSocket socket;
  private Listener listener;
  private long timer = -1;
  private long fullSinceNanos;
  private long pingedNanos;
  private boolean answered = true;
  private boolean closed;

  /** What the socket's owner hears. */
  interface Listener {
    /** A whole message of the client's. */
    void message(String text);

    /** Something that is no text. */
    void binary();

    /** The client read: more may be written. */
    void drained();

    /** The client answers no ping. */
    void silent();

    /** Nothing can be written any more; called once. */
    void closed(String reason);
  }

  SocketLine(Vertx vertx, HttpOptions options, RoutingContext routing, ServerWebSocket socket) {
    this.vertx = vertx;
    this.options = options;
    this.routing = routing;
    this.socket = socket;
  }

  void open(Listener owner) {
    listener = owner;
    gatherFlushes();
    socket.setWriteQueueMaxSize(options.streamQueueBytes());
    socket.closeHandler(gone -> over("client went"));
    socket.exceptionHandler(failure -> over("connection failed: " + failure.getMessage()));
    socket.drainHandler(drained -> drained());
    socket.pongHandler(pong -> answered = true);
    socket.binaryMessageHandler(ignored -> heard(listener::binary));
    socket.textMessageHandler(text -> heard(() -> listener.message(text)));
    pingedNanos = System.nanoTime();
    timer = vertx.setPeriodic(
        Math.max(1, Math.min(options.streamCommentMillis(), options.streamStallMillis()) / 4),
        now -> tick());
  }

  /** A frame an event, but a system call for all that are written in one turn. */
  private void gatherFlushes() {
    if (routing.request().connection() instanceof ConnectionBase connection) {
      var last = connection.channelHandlerContext();
      last.pipeline()
          .addBefore(last.name(), "flushes", new FlushConsolidationHandler(TOGETHER, true));
    }
  }

  private void heard(Runnable work) {
    answered = true;
    if (!closed) {
      work.run();
    }
  }

  /** Writes one text frame; false when the client should read before the next. */
  boolean write(String text) {
    if (isGone()) {
      return false;
    }
    socket.writeFinalTextFrame(text);
    if (!socket.isClosed() && socket.writeQueueFull() && fullSinceNanos == 0) {
      fullSinceNanos = System.nanoTime();
    }
    return !full();
  }

  /** A client that said that it goes is gone, before its connection is. */
  private boolean isGone() {
    if (!closed && socket.isClosed()) {
      over("client went");
    }
    return closed;
  }

  /** Whether the client has not read what was written. */
  boolean full() {
    return fullSinceNanos != 0;
  }

  boolean isClosed() {
    return closed;
  }

  private void drained() {
    fullSinceNanos = 0;
    answered = true;
    if (!closed) {
      listener.drained();
    }
  }

  private void tick() {
    if (isGone()) {
      return;
    }
    long now = System.nanoTime();
    if (full()) {
      if (millis(now - fullSinceNanos) >= options.streamStallMillis()) {
        cut("stalled");
      }
    } else if (!answered && millis(now - pingedNanos) >= options.streamStallMillis()) {
      listener.silent();
    } else if (answered && millis(now - pingedNanos) >= options.streamCommentMillis()) {
      pingedNanos = now;
      answered = false;
      socket.writePing(Buffer.buffer());
    }
  }

  private static long millis(long nanos) {
    return TimeUnit.NANOSECONDS.toMillis(nanos);
  }

  /** Ends it behind what is written; where the client does not read, at once. */
  void close(int code, String reason) {
    if (isGone()) {
      return;
    }
    if (full()) {
      cut(reason);
    } else {
      over(reason);
      socket.close((short) code, reason);
    }
  }

  /** Ends it, whatever is still to be read. */
  void cut(String reason) {
    over(reason);
    // Vert.x closes behind what is queued, which a client that does not read never lets happen.
    if (routing.request().connection() instanceof ConnectionBase connection) {
      connection.channelHandlerContext().channel().close();
    }
  }

  private void over(String reason) {
    if (!closed) {
      closed = true;
      vertx.cancelTimer(timer);
      listener.closed(reason);
    }
  }
}
