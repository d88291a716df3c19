package io.m2mgate.net;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.DatagramPacket;
import io.netty.channel.unix.UnixChannelOption;
import io.netty.util.ReferenceCountUtil;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.net.InetSocketAddress;
import java.util.function.Supplier;

/**
 * A bound UDP socket, in the place of Vert.x's own, which takes and clears a buffer of the longest frame for every datagram. Reads
 * and writes many datagrams with one system call where the kernel has that. Owned by its event loop.
 */
final class UdpChannel extends ChannelInboundHandlerAdapter {

  /** What happens on the socket, told on its loop but outside any Vert.x context. */
  interface Events {

    /** A datagram came; the bytes are released behind this call. */
    void read(ByteBuf bytes, InetSocketAddress sender);

    /** What could be read at once was read. */
    void readAll();

    /** Something could not be read or sent. */
    void failed(Throwable cause);
  }

  /** Datagrams that are read with one system call. */
  private static final int READ_AT_ONCE = 16;

  /** Datagrams that are read before what came is handed on. */
  private static final int READ_IN_A_PASS = 64;

  private final Events events;
  private DatagramChannel channel;

  private UdpChannel(Events events) {
    this.events = events;
  }

  /**
   * Binds a socket.
   *
   * @param shares whether other sockets may be bound to the same address
   */
  static Future<UdpChannel> bind(
      EventLoop loop,
      Supplier<DatagramChannel> sockets,
      InetSocketAddress address,
      UdpOptions options,
      boolean shares,
      Events events) {
    UdpChannel bound = new UdpChannel(events);
    Bootstrap bootstrap = new Bootstrap()
        .group(loop)
        .channelFactory(() -> bound.equipped(sockets.get(), options, shares))
        .handler(bound);
    Promise<UdpChannel> promise = Promise.promise();
    bootstrap.bind(address).addListener((ChannelFuture done) -> {
      if (done.isSuccess()) {
        promise.complete(bound);
      } else {
        promise.fail(done.cause());
      }
    });
    return promise.future();
  }

  private DatagramChannel equipped(DatagramChannel made, UdpOptions options, boolean shares) {
    channel = made;
    made.config().setOption(ChannelOption.SO_RCVBUF, options.receiveBufferBytes());
    made.config().setOption(ChannelOption.SO_SNDBUF, options.sendBufferBytes());
    made.config()
        .setWriteBufferWaterMark(
            new WriteBufferWaterMark(options.sendBufferBytes() / 2, options.sendBufferBytes()));
    boolean many = made instanceof EpollDatagramChannel;
    if (many) {
      made.config().setOption(EpollChannelOption.MAX_DATAGRAM_PAYLOAD_SIZE, options.slotBytes());
      made.config().setOption(UnixChannelOption.SO_REUSEPORT, shares);
    }
    made.config()
        .setRecvByteBufAllocator(
            new FixedRecvByteBufAllocator(options.slotBytes() * (many ? READ_AT_ONCE : 1))
                .maxMessagesPerRead(READ_IN_A_PASS));
    return made;
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    try {
      if (message instanceof DatagramPacket packet) {
        events.read(packet.content(), packet.sender());
      }
    } finally {
      ReferenceCountUtil.release(message);
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext context) {
    events.readAll();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    events.failed(cause);
  }

  InetSocketAddress local() {
    return channel.localAddress();
  }

  /** Bytes that the kernel keeps of what was not read yet, as it says. */
  int receiveBufferBytes() {
    return channel.config().getReceiveBufferSize();
  }

  /** True when it is the native transport's, whose kernel says twice of what was asked for. */
  boolean isNative() {
    return channel instanceof EpollDatagramChannel;
  }

  /** Puts a datagram beside the others of this pass; false when as many wait as may. */
  boolean write(byte[] frame, InetSocketAddress to) {
    if (!channel.isWritable()) {
      channel.flush();
    }
    if (!channel.isWritable()) {
      return false;
    }
    ByteBuf bytes = channel.alloc().ioBuffer(frame.length).writeBytes(frame);
    channel.write(new DatagramPacket(bytes, to), channel.voidPromise());
    return true;
  }

  void flush() {
    channel.flush();
  }

  void pause() {
    channel.config().setAutoRead(false);
  }

  void resume() {
    channel.config().setAutoRead(true);
  }

  Future<Void> close() {
    Promise<Void> closed = Promise.promise();
    channel.close().addListener(done -> closed.complete());
    return closed.future();
  }
}
