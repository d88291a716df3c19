package io.m2mgate.cli.simulate;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.socket.DatagramPacket;

/** One datagram socket, connected to the gateway, and the terminals behind it. Owned by their event loop. */
final class DatagramPort extends SimpleChannelInboundHandler<DatagramPacket> {
  private final DatagramSockets sockets;
  private final int number;
  private Channel channel;
  private boolean unflushed;

  DatagramPort(DatagramSockets sockets, int number) {
    this.sockets = sockets;
    this.number = number;
  }

  int number() {
    return number;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext context) {
    channel = context.channel();
  }

  @Override
  protected void channelRead0(ChannelHandlerContext context, DatagramPacket packet) {
    ByteBuf content = packet.content();
    byte[] bytes = new byte[content.readableBytes()];
    content.readBytes(bytes);
    sockets.read(this, bytes, System.nanoTime());
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    sockets.tally().faults++;
  }

  /** Sends with all that is sent before the event loop turns to something else. */
  void send(byte[] bytes, int from, int length) {
    ByteBuf datagram = channel.alloc().directBuffer(length).writeBytes(bytes, from, length);
    channel.write(datagram, channel.voidPromise());
    if (!unflushed) {
      unflushed = true;
      sockets.flushes(this);
    }
  }

  void flush() {
    unflushed = false;
    channel.flush();
  }

  void close() {
    channel.close();
  }
}
