package io.m2mgate.net;

import io.m2mgate.bus.Addresses;
import io.m2mgate.bus.InboundBatch;
import io.m2mgate.bus.LaneMetrics;
import io.m2mgate.bus.LaneVerticle;
import io.m2mgate.bus.OutboundBatch;
import io.m2mgate.session.Inbound;
import io.m2mgate.session.Origin;
import io.m2mgate.wire.FrameDecoder;
import io.m2mgate.wire.MalformedFrame;
import io.micrometer.core.instrument.Counter;
import io.netty.buffer.ByteBuf;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.channel.WriteBufferWaterMark;
import io.vertx.core.Future;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.net.NetSocketInternal;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetServerOptions;
import io.vertx.core.net.NetSocket;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The terminals' TCP connections of one lane: bytes to frames, frames of one pass to one batch, answers of one pass to one write
 * for each connection. One on each lane; they share the listening port.
 */
public final class TcpFramingVerticle extends LaneVerticle implements TerminalSocket.Events {

  static final String BEARER = Origin.TCP;
  private static final Logger LOG = LoggerFactory.getLogger(TcpFramingVerticle.class);
  private static final long TICK_MILLIS = 500;
  private static final int BACKLOG = 4096;
  /** One for all: what a connection's next read may need is in a handle of its own. */
  private static final RecvByteBufAllocator READ_SIZES = new AdaptiveRecvByteBufAllocator();

  /** A free port, the same for all instances that ask so. */
  private static final int ANY_SHARED_PORT = -1;

  private static final long DRAIN_MILLIS = 3000;
  private static final long DRAIN_TICK_MILLIS = 20;

  private final TcpOptions options;
  private final Admission admission;
  private final AtomicInteger boundPort;
  private final WriteBufferWaterMark outboxMarks;
  private final Set<Connection> connections = new HashSet<>();
  private final Set<Connection> held = new LinkedHashSet<>();
  private final Map<CloseReason, Counter> closed = new EnumMap<>(CloseReason.class);
  private List<Inbound> pass = new ArrayList<>();
  private FrameDecoder decoder;
  private NetServer server;
  private final Consumer<Connection> resumable = this::resumable;
  private boolean draining;

  /** @param boundPort is told the port that the instances of all lanes share */
  public TcpFramingVerticle(TcpOptions options, Admission admission, AtomicInteger boundPort) {
    this.options = options;
    this.admission = admission;
    this.boundPort = boundPort;
    int outboxBytes = options.connection().outboxBytes();
    this.outboxMarks = new WriteBufferWaterMark(outboxBytes / 2, outboxBytes);
  }

  @Override
  protected Future<?> open() {
    decoder = new FrameDecoder(lane().services().dictionary(), options.maxFrame());
    for (CloseReason reason : CloseReason.values()) {
      closed.put(
          reason,
          lane()
              .metrics()
              .counter(
                  "m2mgate_connections_closed",
                  "TCP connections by end",
                  "reason",
                  LaneMetrics.label(reason)));
    }
    this.<OutboundBatch>consume(Addresses.outbound(lane().index(), BEARER), this::write);
    this.<CompletableFuture<Void>>consume(Addresses.drain(lane().index(), BEARER), this::drain);
    vertx.setPeriodic(TICK_MILLIS, timer -> tick());
    NetServerOptions listener = new NetServerOptions()
        .setHost(options.host())
        .setPort(options.port() == 0 ? ANY_SHARED_PORT : options.port())
        .setTcpNoDelay(true)
        .setReuseAddress(true)
        .setAcceptBacklog(BACKLOG);
    options.tls().ifPresent(tls -> tls.protect(listener));
    server = vertx.createNetServer(listener);
    return server
        .connectHandler(this::accept)
        .listen()
        .onSuccess(bound -> boundPort.set(bound.actualPort()));
  }

  @Override
  public Future<?> stop() {
    connections.forEach(connection -> count(connection, CloseReason.SHUTDOWN));
    connections.clear();
    return server.close();
  }

  /** Reads no more, waits until everything under way is answered or the time is up, and closes. */
  private void drain(CompletableFuture<Void> drained) {
    draining = true;
    connections.forEach(Connection::pause);
    long deadline = lane().nowMillis() + DRAIN_MILLIS;
    vertx.setPeriodic(DRAIN_TICK_MILLIS, timer -> {
      boolean idle = connections.stream().noneMatch(Connection::hasUnderWay);
      if (idle || lane().nowMillis() >= deadline) {
        vertx.cancelTimer(timer);
        List.copyOf(connections).forEach(connection -> end(connection, CloseReason.SHUTDOWN));
        drained.complete(null);
      }
    });
  }

  private void accept(NetSocket socket) {
    long now = lane().nowMillis();
    if (draining || !admission.enter(now)) {
      closed.get(CloseReason.NOT_ADMITTED).increment();
      socket.close();
      return;
    }
    connections.add(new Connection(
        lane().index(),
        takeOver((NetSocketInternal) socket),
        new FrameSplitter(decoder),
        options.connection(),
        now,
        resumable));
  }

  private TerminalSocket takeOver(NetSocketInternal accepted) {
    ChannelHandlerContext context = accepted.channelHandlerContext();
    TerminalSocket socket = new TerminalSocket(this);
    context
        .channel()
        .config()
        .setWriteBufferWaterMark(outboxMarks)
        .setRecvByteBufAllocator(READ_SIZES);
    context.pipeline().replace(context.handler(), BEARER, socket);
    return socket;
  }

  @Override
  public void read(Connection connection, ByteBuf bytes) {
    byte[] read = new byte[bytes.readableBytes()];
    bytes.readBytes(read);
    loop().emit(read, it -> read(connection, it));
  }

  @Override
  public void drained(Connection connection) {
    loop().emit(connection, Connection::drained);
  }

  @Override
  public void closed(Connection connection) {
    loop().emit(connection, it -> end(it, CloseReason.PEER));
  }

  @Override
  public void failed(Connection connection, Throwable cause) {
    LOG.debug("{}: {}", connection.remote(), cause.getMessage());
  }

  private ContextInternal loop() {
    return (ContextInternal) context;
  }

  private void read(Connection connection, byte[] bytes) {
    if (!connection.open()) {
      // Behind an impossible length nothing is a frame, though it had been read already.
      return;
    }
    long now = lane().nowMillis();
    int heldBefore = connection.heldBytes();
    try {
      connection.read(bytes, now, frame -> {
        lane().credits().take(frame.length());
        if (pass.isEmpty()) {
          context.runOnContext(nothing -> endPass());
        }
        pass.add(new Inbound(frame, connection, now));
      });
    } catch (MalformedFrame e) {
      LOG.debug("{}: closed: {}", connection.remote(), e.getMessage());
      if (lane().services().traces().any()) {
        lane().services().traces().unframed(connection, now, e.getMessage());
      }
      end(connection, CloseReason.BAD_LENGTH);
      return;
    }
    if (!admission.hold(connection.holdUnverified() - heldBefore)) {
      end(connection, CloseReason.UNVERIFIED_BYTES);
      return;
    }
    if (mustWait(connection)) {
      connection.pause();
      held.add(connection);
    }
  }

  /** Under pressure only those wait whose frames are unanswered; past the last credit everybody does. */
  private boolean mustWait(Connection connection) {
    var credits = lane().credits();
    return connection.busy()
        || credits.exhausted()
        || credits.pressed() && connection.hasUnderWay();
  }

  private void endPass() {
    List<Inbound> batch = pass;
    pass = new ArrayList<>();
    lane().metrics().received(batch.size());
    lane().send(Addresses.inbound(lane().index()), new InboundBatch(batch));
  }

  private void resumable(Connection connection) {
    if (!connection.paused() || !connection.open() || draining) {
      return;
    }
    if (mustWait(connection)) {
      // Also one that waited for its outbox alone: nothing of its own may come that lets it go on.
      held.add(connection);
    } else {
      held.remove(connection);
      connection.resume();
    }
  }

  private void write(OutboundBatch batch) {
    List<Connection> touched = new ArrayList<>();
    for (OutboundBatch.Sealed sealed : batch.frames()) {
      Connection connection = (Connection) sealed.origin();
      if (connection.open() && connection.gather(sealed.frame())) {
        touched.add(connection);
      }
    }
    long now = lane().nowMillis();
    touched.forEach(connection -> connection.flush(now));
    lane().metrics().sent(batch.frames().size());
  }

  private void tick() {
    long now = lane().nowMillis();
    for (Connection connection : List.copyOf(connections)) {
      connection.overdue(now).ifPresent(reason -> end(connection, reason));
    }
    List.copyOf(held).forEach(resumable);
  }

  private void end(Connection connection, CloseReason reason) {
    if (connections.remove(connection)) {
      held.remove(connection);
      count(connection, reason);
      Optional.of(reason)
          .filter(it -> it != CloseReason.PEER)
          .ifPresent(it -> LOG.debug("{}: closed: {}", connection.remote(), LaneMetrics.label(it)));
    }
  }

  private void count(Connection connection, CloseReason reason) {
    closed.get(reason).increment();
    admission.hold(-connection.heldBytes());
    admission.leave();
    connection.close();
  }
}
