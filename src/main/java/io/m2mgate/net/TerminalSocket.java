package io.m2mgate.net;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.Queue;

/**
 * The end of one connection's pipeline, in the place of Vert.x's own socket, which keeps 5 KB of queues ready for every connection.
 * Owned by the connection's lane.
 */
final class TerminalSocket extends ChannelInboundHandlerAdapter {

  /** What happens on sockets, told on their loop but outside any Vert.x context. */
  interface Events {

    /** Bytes came; the buffer is released behind this call. */
    void read(Connection connection, ByteBuf bytes);

    /** What was queued has been written, or most of it. */
    void drained(Connection connection);

    /** The connection is gone. */
    void closed(Connection connection);

    /** It failed and is being closed. */
    void failed(Connection connection, Throwable cause);
  }

  private static final int FIRST_UNREAD = 2;

  private final Events events;
  private Connection connection;
  private ChannelHandlerContext pipeline;
  private boolean paused;
  /** Came although reading was paused: the rest of a read pass, or of a peer that closed. Null while there is none. */
  private Queue<ByteBuf> unread;

  TerminalSocket(Events events) {
    this.events = events;
  }

  /** Whose socket it is; told before anything is read. */
  void belongsTo(Connection owner) {
    connection = owner;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext context) {
    pipeline = context;
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    if (!(message instanceof ByteBuf bytes)) {
      ReferenceCountUtil.release(message);
    } else if (!paused) {
      read(bytes);
    } else {
      if (unread == null) {
        unread = new ArrayDeque<>(FIRST_UNREAD);
      }
      unread.add(bytes);
    }
  }

  private void read(ByteBuf bytes) {
    try {
      events.read(connection, bytes);
    } finally {
      bytes.release();
    }
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext context) {
    if (context.channel().isWritable()) {
      events.drained(connection);
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    events.closed(connection);
    forget();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    events.failed(connection, cause);
    context.close();
  }

  /** {@code 192.0.2.7:40112}. */
  String remote() {
    return pipeline.channel().remoteAddress() instanceof InetSocketAddress address
        ? address.getAddress().getHostAddress() + ":" + address.getPort()
        : "-";
  }

  /** Whether TLS protects it. */
  boolean confidential() {
    return pipeline.pipeline().get(SslHandler.class) != null;
  }

  /** An empty buffer as this socket writes them best. */
  ByteBuf buffer(int bytes) {
    return pipeline.alloc().ioBuffer(bytes);
  }

  /** Writes at once and releases; false when what waits to be written is as much as may wait. */
  boolean write(ByteBuf bytes) {
    Channel channel = pipeline.channel();
    pipeline.writeAndFlush(bytes, channel.voidPromise());
    return channel.isWritable();
  }

  void pause() {
    paused = true;
    pipeline.channel().config().setAutoRead(false);
  }

  /** Reads on, first what came in the meantime, until it is paused again. */
  void resume() {
    paused = false;
    while (unread != null && !paused) {
      ByteBuf next = unread.poll();
      if (next == null) {
        unread = null;
      } else {
        read(next);
      }
    }
    if (!paused && pipeline.channel().isOpen()) {
      pipeline.channel().config().setAutoRead(true);
    }
  }

  /** At once: a peer that does not read would never let what is queued for it end. */
  void close() {
    forget();
    pipeline.close();
  }

  private void forget() {
    if (unread != null) {
      unread.forEach(ByteBuf::release);
      unread = null;
    }
  }
}
