package io.m2mgate.net;

import io.m2mgate.bus.Addresses;
import io.m2mgate.bus.InboundBatch;
import io.m2mgate.bus.LaneVerticle;
import io.m2mgate.bus.OutboundBatch;
import io.m2mgate.session.Inbound;
import io.m2mgate.session.Origin;
import io.m2mgate.wire.Bytes;
import io.m2mgate.wire.FrameDecoder;
import io.m2mgate.wire.MalformedFrame;
import io.netty.buffer.ByteBuf;
import io.vertx.core.Future;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.VertxInternal;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The terminals' datagrams of one lane: each is one frame, those of one read one batch, answers of one pass one write. With the
 * native transport one on each lane, on a port that they share; else the first lane's alone has a socket.
 */
public final class UdpFramingVerticle extends LaneVerticle implements UdpChannel.Events {

  private static final Logger LOG = LoggerFactory.getLogger(UdpFramingVerticle.class);
  private static final int LENGTH_BYTES = 2;

  /** How soon a socket that was held back is looked at again when nothing of its own ends. */
  private static final long RESUME_MILLIS = 10;

  private static final long DRAIN_MILLIS = 3000;
  private static final long DRAIN_TICK_MILLIS = 20;

  private final UdpPorts ports;
  private final UdpOptions options;
  private UdpPort port;
  private FrameDecoder decoder;
  private Optional<UdpChannel> channel = Optional.empty();
  private List<Inbound> pass = new ArrayList<>();
  private int underWay;
  private boolean paused;
  private boolean draining;

  public UdpFramingVerticle(UdpPorts ports) {
    this.ports = ports;
    this.options = ports.options();
  }

  @Override
  protected Future<?> open() {
    int lane = lane().index();
    this.<CompletableFuture<Void>>consume(Addresses.drain(lane, Origin.UDP), this::drain);
    if (!ports.has(lane)) {
      return Future.succeededFuture();
    }
    port = ports.of(lane);
    decoder = new FrameDecoder(
        lane().services().dictionary(), Math.min(options.maxFrame(), UdpOptions.LONGEST));
    this.<OutboundBatch>consume(Addresses.outbound(lane, Origin.UDP), this::write);
    lane()
        .metrics()
        .gauge(
            "m2mgate_datagrams_held_back",
            "1 while a lane's UDP socket is not read",
            lane(),
            () -> paused ? 1 : 0);
    return ((VertxInternal) vertx)
        .nameResolver()
        .resolve(options.host())
        .compose(address -> ports.bound() == 0
            ? first(new InetSocketAddress(address, options.port()))
            : bind(new InetSocketAddress(address, ports.bound()), true));
  }

  /** The first binds alone before it shares: a port that another process has is not to be shared with it. */
  private Future<Void> first(InetSocketAddress address) {
    if (!ports.shared()) {
      return bind(address, false);
    }
    return channel(address, false).compose(alone -> {
      InetSocketAddress taken =
          new InetSocketAddress(address.getAddress(), alone.local().getPort());
      return alone.close().compose(closed -> bind(taken, true));
    });
  }

  private Future<Void> bind(InetSocketAddress address, boolean shares) {
    return channel(address, shares).map(opened -> {
      if (ports.bound() == 0) {
        compareBuffers(opened);
      }
      ports.bound(opened.local().getPort());
      port.opened(this::completed);
      channel = Optional.of(opened);
      return null;
    });
  }

  private Future<UdpChannel> channel(InetSocketAddress address, boolean shares) {
    ContextInternal here = (ContextInternal) context;
    return UdpChannel.bind(
        here.nettyEventLoop(),
        ((VertxInternal) vertx).transport()::datagramChannel,
        address,
        options,
        shares,
        this);
  }

  private void compareBuffers(UdpChannel opened) {
    long given = opened.receiveBufferBytes() / (opened.isNative() ? 2 : 1);
    if (given < options.receiveBufferBytes()) {
      LOG.warn(
          "terminal.udp.receiveBufferBytes: the kernel keeps {} bytes instead of {}; raise net.core.rmem_max,"
              + " or datagrams are lost when many come at once",
          given,
          options.receiveBufferBytes());
    }
  }

  @Override
  public Future<?> stop() {
    Optional<UdpChannel> closing = channel;
    channel = Optional.empty();
    closing.ifPresent(open -> port.closed());
    return closing.map(UdpChannel::close).orElseGet(Future::succeededFuture);
  }

  @Override
  public void read(ByteBuf bytes, InetSocketAddress sender) {
    if (channel.isEmpty() || draining) {
      return;
    }
    int length = bytes.readableBytes();
    UdpOrigin origin = new UdpOrigin(port, sender, length);
    long now = lane().nowMillis();
    if (length >= options.slotBytes()) {
      drop(origin, now, DatagramDrop.TOO_LONG, "longer than a frame may be");
      return;
    }
    byte[] frame = new byte[length];
    bytes.readBytes(frame);
    try {
      Inbound in = new Inbound(decoder.frame(frame, 0, length), origin, now);
      lane().credits().take(length);
      underWay++;
      pass.add(in);
    } catch (MalformedFrame malformed) {
      drop(origin, now, reason(frame, malformed), malformed.getMessage());
    }
  }

  private static DatagramDrop reason(byte[] frame, MalformedFrame malformed) {
    if (frame.length < LENGTH_BYTES) {
      return DatagramDrop.TOO_SHORT;
    }
    return switch (malformed.reason()) {
      case LENGTH_TOO_LONG -> DatagramDrop.TOO_LONG;
      case LENGTH_MISMATCH ->
        Bytes.u16(frame, 0) < frame.length ? DatagramDrop.TRAILING_BYTES : DatagramDrop.TRUNCATED;
      default -> DatagramDrop.TOO_SHORT;
    };
  }

  private void drop(UdpOrigin origin, long now, DatagramDrop reason, String text) {
    port.drop(reason);
    if (lane().services().traces().any()) {
      lane().services().traces().unframed(origin, now, text);
    }
  }

  @Override
  public void readAll() {
    if (!pass.isEmpty()) {
      List<Inbound> batch = pass;
      pass = new ArrayList<>(batch.size());
      lane().metrics().received(batch.size());
      ((ContextInternal) context)
          .emit(
              batch,
              frames -> lane().send(Addresses.inbound(lane().index()), new InboundBatch(frames)));
    }
    if (lane().credits().exhausted() && !paused) {
      pause();
    }
  }

  @Override
  public void failed(Throwable cause) {
    if (cause instanceof IOException) {
      port.drop(DatagramDrop.SEND_FAILED);
      LOG.debug("udp: {}", cause.getMessage());
    } else {
      LOG.error("a datagram could not be handled", cause);
    }
  }

  private void pause() {
    paused = true;
    channel.ifPresent(UdpChannel::pause);
    lookLater();
  }

  private void lookLater() {
    context.runOnContext(nothing -> vertx.setTimer(RESUME_MILLIS, timer -> {
      if (paused && lane().credits().exhausted()) {
        lookLater();
      } else {
        resume();
      }
    }));
  }

  private void resume() {
    if (paused && !draining) {
      paused = false;
      channel.ifPresent(UdpChannel::resume);
    }
  }

  private void completed(Inbound frame) {
    underWay--;
    if (paused && !lane().credits().pressed()) {
      resume();
    }
  }

  private void write(OutboundBatch batch) {
    if (channel.isEmpty()) {
      return;
    }
    UdpChannel open = channel.get();
    for (OutboundBatch.Sealed sealed : batch.frames()) {
      if (!open.write(sealed.frame(), ((UdpOrigin) sealed.origin()).socketAddress())) {
        port.drop(DatagramDrop.SEND_BUFFER_FULL);
      }
    }
    open.flush();
    lane().metrics().sent(batch.frames().size());
  }

  /** Reads no more, waits until everything under way is answered or the time is up, and closes. */
  private void drain(CompletableFuture<Void> drained) {
    draining = true;
    channel.ifPresent(UdpChannel::pause);
    long deadline = lane().nowMillis() + DRAIN_MILLIS;
    vertx.setPeriodic(DRAIN_TICK_MILLIS, timer -> {
      if (underWay == 0 || lane().nowMillis() >= deadline) {
        vertx.cancelTimer(timer);
        stop().onComplete(closed -> drained.complete(null));
      }
    });
  }
}
