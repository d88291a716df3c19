package io.m2mgate.cli.simulate;

import io.m2mgate.cli.simulate.FleetOptions.Mode;
import io.m2mgate.wire.FrameDecoder;
import io.m2mgate.wire.MalformedFrame;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.ChannelFactory;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The datagram sockets of one event loop. Each is the address of many terminals; what comes is given to them by the serial in its
 * header. Whole batches are read and written by one system call where the system has such. Owned by that event loop.
 */
final class DatagramSockets {
  private static final int BATCH = 32;
  private static final int BUFFER_BYTES = 4 * 1024 * 1024;
  private static final int SMALL = 2_048;
  private static final int LARGE = 65_507;

  private final EventLoop loop;
  private final Addressees<SimulatedTerminal> addressees;
  private final FrameDecoder decoder;
  private final int largest;
  private final DatagramTally tally;
  private final List<DatagramPort> ports = new ArrayList<>();
  private final ArrayDeque<DatagramPort> unflushed = new ArrayDeque<>();
  private boolean flushing;

  /** @param largest bytes of a datagram that can be taken */
  DatagramSockets(
      EventLoop loop,
      Addressees<SimulatedTerminal> addressees,
      FrameDecoder decoder,
      int largest,
      DatagramTally tally) {
    this.loop = loop;
    this.addressees = addressees;
    this.decoder = decoder;
    this.largest = largest;
    this.tally = tally;
  }

  /** Bytes of a datagram that may come in such a run. */
  static int largest(FleetOptions options) {
    boolean files = options.rollout().bytes() > 0 || options.load().mode() == Mode.DOWNLOAD;
    return files || options.load().payloadBytes() > SMALL / 2 ? LARGE : SMALL;
  }

  DatagramTally tally() {
    return tally;
  }

  /** Opens so many; fails when one cannot be opened. */
  Future<Void> open(InetSocketAddress gateway, int count, boolean epoll) {
    List<Future<Void>> all = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      DatagramPort port = new DatagramPort(this, i);
      ports.add(port);
      Promise<Void> opened = Promise.promise();
      bootstrap(epoll).handler(port).connect(gateway).addListener(done -> {
        if (done.isSuccess()) {
          opened.complete();
        } else {
          opened.fail(done.cause());
        }
      });
      all.add(opened.future());
    }
    return Future.all(all).mapEmpty();
  }

  private Bootstrap bootstrap(boolean epoll) {
    ChannelFactory<DatagramChannel> factory =
        epoll ? EpollDatagramChannel::new : NioDatagramChannel::new;
    int together = epoll ? BATCH * largest : largest;
    var bootstrap = new Bootstrap()
        .group(loop)
        .channelFactory(factory)
        .option(ChannelOption.SO_RCVBUF, BUFFER_BYTES)
        .option(ChannelOption.SO_SNDBUF, BUFFER_BYTES)
        .option(ChannelOption.RECVBUF_ALLOCATOR, new FixedRecvByteBufAllocator(together));
    return epoll
        ? bootstrap.option(EpollChannelOption.MAX_DATAGRAM_PAYLOAD_SIZE, largest)
        : bootstrap;
  }

  /** The line of the n-th terminal of the event loop. */
  DatagramLine line(int terminal, Line.Owner owner, Wander wander) {
    return new DatagramLine(this, ports.get(terminal % ports.size()), owner, wander);
  }

  DatagramPort other(DatagramPort port) {
    return ports.get((port.number() + 1) % ports.size());
  }

  void read(DatagramPort port, byte[] bytes, long now) {
    try {
      if (decoder.lengthAt(bytes, 0, bytes.length) == bytes.length) {
        var frame = decoder.frame(bytes, 0, bytes.length);
        addressees
            .find(bytes, frame.serialOffset())
            .ifPresentOrElse(
                terminal -> terminal.datagram(frame, port, now), () -> tally.strange++);
        return;
      }
    } catch (MalformedFrame e) {
      // Counted below, as anything else that is no frame.
    }
    tally.strange++;
  }

  void later(long millis, Runnable task) {
    loop.schedule(task, millis, TimeUnit.MILLISECONDS);
  }

  /** Has it flushed once the event loop has done what it is doing. */
  void flushes(DatagramPort port) {
    unflushed.add(port);
    if (!flushing) {
      flushing = true;
      loop.execute(this::flush);
    }
  }

  private void flush() {
    flushing = false;
    while (!unflushed.isEmpty()) {
      unflushed.poll().flush();
    }
  }

  void close() {
    ports.forEach(DatagramPort::close);
  }
}
