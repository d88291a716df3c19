package io.m2mgate.cli.simulate;

import io.m2mgate.wire.Frame;
import io.m2mgate.wire.FrameDecoder;
import io.m2mgate.wire.MalformedFrame;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetSocket;
import java.util.function.LongConsumer;

/** The connections of one terminal, one after the other, and what came over the last. Owned by the terminal's event loop. */
final class Line {
  private final IncomingFrames incoming;
  private NetSocket socket; // null while there is no connection
  private boolean usedBefore;

  Line(FrameDecoder decoder) {
    this.incoming = new IncomingFrames(decoder);
  }

  boolean isUp() {
    return socket != null;
  }

  /**
   * Takes a connection into use; false where it is the first one.
   *
   * @param received bytes are there
   * @param closed by the other side; both get the time in nanoseconds
   */
  boolean take(NetSocket fresh, LongConsumer received, LongConsumer closed) {
    socket = fresh;
    incoming.clear();
    fresh.handler(buffer -> {
      if (socket == fresh) {
        incoming.add(buffer.getBytes());
        received.accept(System.nanoTime());
      }
    });
    fresh.exceptionHandler(broken -> fresh.close());
    fresh.closeHandler(gone -> {
      if (socket == fresh) {
        closed.accept(System.nanoTime());
      }
    });
    boolean again = usedBefore;
    usedBefore = true;
    return again;
  }

  /** Whether {@link #frame} can be taken. */
  boolean next() throws MalformedFrame {
    return socket != null && incoming.next();
  }

  Frame frame() throws MalformedFrame {
    return incoming.frame();
  }

  void write(Buffer frames) {
    socket.write(frames);
  }

  /** Nothing of it is heard any more. */
  void close() {
    NetSocket old = socket;
    socket = null;
    if (old != null) {
      old.close();
    }
  }
}
