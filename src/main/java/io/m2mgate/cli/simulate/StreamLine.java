package io.m2mgate.cli.simulate;

import io.m2mgate.wire.Frame;
import io.m2mgate.wire.FrameDecoder;
import io.m2mgate.wire.MalformedFrame;
import io.vertx.core.net.NetSocket;

/** One TCP connection. Owned by the terminal's event loop. */
final class StreamLine implements Line {
  private final NetSocket socket;
  private final Owner owner;
  private final Wander wander;
  private final IncomingFrames incoming;
  private boolean up = true;

  StreamLine(NetSocket socket, Owner owner, Wander wander, FrameDecoder decoder) {
    this.socket = socket;
    this.owner = owner;
    this.wander = wander;
    this.incoming = new IncomingFrames(decoder);
    socket.handler(buffer -> received(buffer.getBytes(), System.nanoTime()));
    socket.exceptionHandler(broken -> socket.close());
    socket.closeHandler(gone -> {
      if (up) {
        owner.broken(System.nanoTime());
      }
    });
  }

  private void received(byte[] bytes, long now) {
    if (!up) {
      return;
    }
    incoming.add(bytes);
    try {
      while (up && incoming.next()) {
        Frame frame = incoming.frame();
        if (!wander.losesFrame()) {
          owner.arrived(frame, now);
        }
      }
    } catch (MalformedFrame e) {
      owner.broken(now);
    }
    owner.flush(now);
  }

  @Override
  public boolean isUp() {
    return up;
  }

  @Override
  public void write(FrameForge forge) {
    socket.write(wander.whatArrives(forge.take()));
  }

  /** A connection does not outlive its address: it breaks. */
  @Override
  public void move() {
    socket.close();
  }

  @Override
  public void close() {
    up = false;
    socket.close();
  }
}
