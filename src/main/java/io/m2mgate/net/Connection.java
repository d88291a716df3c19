package io.m2mgate.net;

import io.m2mgate.session.Inbound;
import io.m2mgate.session.Origin;
import io.m2mgate.wire.Frame;
import io.m2mgate.wire.MalformedFrame;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.net.NetSocketInternal;
import io.vertx.core.net.NetSocket;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
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
  private volatile Optional<NetSocket> socket;

  private final List<byte[]> outbox = new ArrayList<>(1);
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
      NetSocket socket,
      FrameSplitter splitter,
      ConnectionLimits limits,
      long nowMillis,
      Consumer<Connection> onResumable) {
    this.lane = lane;
    this.socket = Optional.of(socket);
    this.remote =
        socket.remoteAddress().hostAddress() + ":" + socket.remoteAddress().port();
    this.confidential = socket.isSsl();
    this.splitter = splitter;
    this.limits = limits;
    this.verifiedMillis = nowMillis;
    this.silenceLimitMillis = limits.unverifiedMillis();
    this.onResumable = onResumable;
    socket.setWriteQueueMaxSize(limits.outboxBytes());
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
    String host = remote.substring(0, remote.lastIndexOf(':'));
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
  void read(Buffer bytes, long nowMillis, Consumer<Frame> frames) throws MalformedFrame {
    int before = framesUnderWay;
    splitter.take(bytes.getBytes(), frame -> {
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
      socket.ifPresent(NetSocket::pause);
    }
  }

  void resume() {
    if (paused && outboxFullSinceMillis == 0) {
      paused = false;
      socket.ifPresent(NetSocket::resume);
    }
  }

  boolean paused() {
    return paused;
  }

  /** Puts a frame beside the others of this pass; true for the first of them. */
  boolean gather(byte[] frame) {
    outbox.add(frame);
    return outbox.size() == 1;
  }

  /** Writes what was gathered, at once. */
  void flush(long nowMillis) {
    Buffer all = gathered();
    outbox.clear();
    socket.ifPresent(open -> {
      open.write(all);
      if (open.writeQueueFull() && outboxFullSinceMillis == 0) {
        outboxFullSinceMillis = nowMillis;
        pause();
        open.drainHandler(drained -> {
          outboxFullSinceMillis = 0;
          onResumable.accept(this);
        });
      }
    });
  }

  private Buffer gathered() {
    int size = 0;
    for (int i = 0; i < outbox.size(); i++) {
      size += outbox.get(i).length;
    }
    Buffer all = Buffer.buffer(size);
    for (int i = 0; i < outbox.size(); i++) {
      all.appendBytes(outbox.get(i));
    }
    return all;
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
    Optional<NetSocket> closing = socket;
    socket = Optional.empty();
    closing.ifPresent(Connection::cut);
  }

  /** Vert.x closes behind what is queued, which a peer that does not read never lets happen. */
  private static void cut(NetSocket socket) {
    // What waits behind a pause holds buffers of the pool until somebody takes it.
    socket.handler(unread -> {});
    socket.resume();
    socket.close();
    if (socket instanceof NetSocketInternal open) {
      open.channelHandlerContext().close();
    }
  }
}
