package io.m2mgate.net;

import io.m2mgate.session.Inbound;
import io.m2mgate.session.Origin;
import io.m2mgate.wire.Frame;
import io.m2mgate.wire.MalformedFrame;
import io.netty.buffer.ByteBuf;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * One terminal's TCP connection: its bytes to frames, what it has under way, and what waits to be written. Owned by its lane; other
 * lanes only hold it as an {@link Origin}.
 */
final class Connection implements Origin {

  private final int lane;
  private final String remote;
  private final boolean confidential;
  private final ConnectionLimits limits;
  private final FrameSplitter splitter;
  private final Consumer<Connection> onResumable;
  private volatile Optional<TerminalSocket> socket;

  private Optional<ByteBuf> outbox = Optional.empty();
  /** What the next pass will probably gather: a buffer that grows is copied each time. */
  private int gatheredLast;

  private int framesUnderWay;
  private int heldBytes;
  private boolean paused;
  private long unfinishedSinceMillis;
  /** Both written by the lane of the terminal, read by the connection's own. */
  private volatile long verifiedMillis;

  private volatile long silenceLimitMillis;
  private volatile boolean everVerified;
  private long outboxFullSinceMillis;

  Connection(
      int lane,
      TerminalSocket socket,
      FrameSplitter splitter,
      ConnectionLimits limits,
      long nowMillis,
      Consumer<Connection> onResumable) {
    this.lane = lane;
    this.socket = Optional.of(socket);
    this.remote = socket.remote();
    this.confidential = socket.confidential();
    this.splitter = splitter;
    this.limits = limits;
    this.verifiedMillis = nowMillis;
    this.silenceLimitMillis = limits.unverifiedMillis();
    this.onResumable = onResumable;
    socket.belongsTo(this);
  }

  @Override
  public int lane() {
    return lane;
  }

  @Override
  public String bearer() {
    return TcpFramingVerticle.BEARER;
  }

  @Override
  public String remote() {
    return remote;
  }

  @Override
  public Optional<InetAddress> address() {
    String host = Origin.source(remote);
    if (host.equals(remote)) {
      // It was gone before it could be asked.
      return Optional.empty();
    }
    int scope = host.indexOf('%');
    try {
      // A literal: nothing is resolved.
      return Optional.of(InetAddress.getByName(scope < 0 ? host : host.substring(0, scope)));
    } catch (UnknownHostException e) {
      return Optional.empty();
    }
  }

  @Override
  public boolean confidential() {
    return confidential;
  }

  @Override
  public boolean open() {
    return socket.isPresent();
  }

  /** Bytes came. */
  void read(byte[] bytes, long nowMillis, Consumer<Frame> frames) throws MalformedFrame {
    int before = framesUnderWay;
    splitter.take(bytes, frame -> {
      framesUnderWay++;
      frames.accept(frame);
    });
    if (!splitter.unfinished()) {
      unfinishedSinceMillis = 0;
    } else if (unfinishedSinceMillis == 0 || framesUnderWay > before) {
      unfinishedSinceMillis = nowMillis;
    }
  }

  /** Counts again what is kept for it while it has not proven anything. */
  int holdUnverified() {
    heldBytes = everVerified ? 0 : splitter.keptBytes();
    return heldBytes;
  }

  /** What {@link #holdUnverified()} counted last. */
  int heldBytes() {
    return heldBytes;
  }

  @Override
  public void completed(Inbound frame) {
    framesUnderWay--;
    onResumable.accept(this);
  }

  @Override
  public void verified(long nowMillis, long heartbeatMillis) {
    everVerified = true;
    verifiedMillis = nowMillis;
    silenceLimitMillis = Math.max(limits.unverifiedMillis(), heartbeatMillis / 3 * 4);
  }

  /** It has as much under way as it may. */
  boolean busy() {
    return framesUnderWay >= limits.framesInFlight();
  }

  boolean hasUnderWay() {
    return framesUnderWay > 0;
  }

  void pause() {
    if (!paused) {
      paused = true;
      socket.ifPresent(TerminalSocket::pause);
    }
  }

  void resume() {
    if (paused && outboxFullSinceMillis == 0) {
      paused = false;
      socket.ifPresent(TerminalSocket::resume);
    }
  }

  boolean paused() {
    return paused;
  }

  /** Puts a frame beside the others of this pass; true for the first of them. */
  boolean gather(byte[] frame) {
    boolean first = outbox.isEmpty();
    if (first) {
      outbox = socket.map(open -> open.buffer(Math.max(frame.length, gatheredLast)));
    }
    outbox.ifPresent(gathered -> gathered.writeBytes(frame));
    return first;
  }

  /** Writes what was gathered, at once. */
  void flush(long nowMillis) {
    Optional<ByteBuf> gathered = outbox;
    outbox = Optional.empty();
    Optional<TerminalSocket> open = socket;
    if (gathered.isEmpty() || open.isEmpty()) {
      gathered.ifPresent(ByteBuf::release);
    } else {
      gatheredLast = gathered.get().readableBytes();
      if (!open.get().write(gathered.get()) && outboxFullSinceMillis == 0) {
        outboxFullSinceMillis = nowMillis;
        pause();
      }
    }
  }

  /** The peer has read most of what waited for it. */
  void drained() {
    if (outboxFullSinceMillis != 0) {
      outboxFullSinceMillis = 0;
      onResumable.accept(this);
    }
  }

  /** The reason for which it must be closed now, if there is one. */
  Optional<CloseReason> overdue(long nowMillis) {
    if (paused && unfinishedSinceMillis != 0) {
      // The rest may be here: it is we who do not read it.
      unfinishedSinceMillis = nowMillis;
    }
    if (unfinishedSinceMillis != 0
        && nowMillis - unfinishedSinceMillis >= limits.unfinishedFrameMillis()) {
      return Optional.of(CloseReason.UNFINISHED_FRAME);
    }
    if (outboxFullSinceMillis != 0
        && nowMillis - outboxFullSinceMillis >= limits.outboxFullMillis()) {
      return Optional.of(CloseReason.OUTBOX_FULL);
    }
    if (nowMillis - verifiedMillis >= silenceLimitMillis) {
      return Optional.of(CloseReason.UNVERIFIED);
    }
    return Optional.empty();
  }

  /** Closes the socket and lets go of it: sessions may hold this object for long. */
  void close() {
    Optional<TerminalSocket> closing = socket;
    socket = Optional.empty();
    closing.ifPresent(TerminalSocket::close);
  }
}
