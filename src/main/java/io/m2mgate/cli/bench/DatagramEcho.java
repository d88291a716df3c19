package io.m2mgate.cli.bench;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.DatagramPacket;
import io.netty.channel.socket.nio.NioDatagramChannel;
import java.net.InetSocketAddress;

/**
 * Sends back every datagram it gets, whole batches at once: what this machine can do, the floor that the gateway's UDP is compared
 * with. A process of its own, with as many sockets on one port as the gateway has lanes; one without epoll.
 */
final class DatagramEcho {
  private static final int LARGEST = 2_048;
  private static final int BATCH = 32;
  private static final int BUFFER_BYTES = 4 * 1024 * 1024;

  private DatagramEcho() {}

  public static void main(String[] args) throws InterruptedException {
    Probe.start();
    boolean epoll = Epoll.isAvailable();
    int loops = epoll ? Integer.parseInt(args[0]) : 1;
    Bootstrap bootstrap = bootstrap(epoll, loops);
    int port = 0;
    for (int i = 0; i < loops; i++) {
      Channel bound =
          bootstrap.bind(new InetSocketAddress("127.0.0.1", port)).sync().channel();
      port = ((InetSocketAddress) bound.localAddress()).getPort();
    }
    System.out.println(EchoServer.READY + port);
  }

  private static Bootstrap bootstrap(boolean epoll, int loops) {
    var group = new MultiThreadIoEventLoopGroup(
        loops, epoll ? EpollIoHandler.newFactory() : NioIoHandler.newFactory());
    var bootstrap = new Bootstrap()
        .group(group)
        .option(ChannelOption.SO_RCVBUF, BUFFER_BYTES)
        .option(ChannelOption.SO_SNDBUF, BUFFER_BYTES)
        .option(
            ChannelOption.RECVBUF_ALLOCATOR,
            new FixedRecvByteBufAllocator(epoll ? BATCH * LARGEST : LARGEST))
        .handler(new Back());
    return epoll
        ? bootstrap
            .channel(EpollDatagramChannel.class)
            .option(EpollChannelOption.SO_REUSEPORT, true)
            .option(EpollChannelOption.MAX_DATAGRAM_PAYLOAD_SIZE, LARGEST)
        : bootstrap.channel(NioDatagramChannel.class);
  }

  @ChannelHandler.Sharable
  private static final class Back extends ChannelInboundHandlerAdapter {
    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
      DatagramPacket packet = (DatagramPacket) message;
      context.write(
          new DatagramPacket(packet.content(), packet.sender()),
          context.channel().voidPromise());
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
      context.flush();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      // A datagram that cannot be sent is lost, as any may be.
    }
  }
}
