package io.m2mgate.cli.simulate;

import io.m2mgate.wire.Bytes;
import io.m2mgate.wire.Frame;

/** One terminal behind an address that it shares with others. Owned by the terminal's event loop. */
final class DatagramLine implements Line {
  private final DatagramSockets sockets;
  private final Owner owner;
  private final Wander wander;
  private DatagramPort port;
  private boolean up = true;

  DatagramLine(DatagramSockets sockets, DatagramPort port, Owner owner, Wander wander) {
    this.sockets = sockets;
    this.port = port;
    this.owner = owner;
    this.wander = wander;
  }

  @Override
  public boolean isUp() {
    return up;
  }

  @Override
  public void write(FrameForge forge) {
    byte[] frames = forge.made();
    int end = forge.mark();
    int length;
    for (int at = 0; at < end; at += length) {
      length = Bytes.u16(frames, at);
      switch (wander.fate()) {
        case ARRIVES -> port.send(frames, at, length);
        case ARRIVES_TWICE -> {
          port.send(frames, at, length);
          port.send(frames, at, length);
        }
        case ARRIVES_LATE -> {
          byte[] late = java.util.Arrays.copyOfRange(frames, at, at + length);
          sockets.later(wander.delayMillis(), () -> port.send(late, 0, late.length));
        }
        case LOST -> {}
      }
    }
    forge.discard();
  }

  /** What came to an address that is not its own any more, is lost. */
  void read(Frame frame, DatagramPort at, long now) {
    if (at != port) {
      sockets.tally().misdirected++;
      return;
    }
    switch (wander.fate()) {
      case ARRIVES -> arrive(frame, now);
      case ARRIVES_TWICE -> {
        arrive(frame, now);
        arrive(frame, now);
      }
      case ARRIVES_LATE ->
        sockets.later(wander.delayMillis(), () -> arrive(frame, System.nanoTime()));
      case LOST -> {}
    }
  }

  private void arrive(Frame frame, long now) {
    if (up) {
      owner.arrived(frame, now);
      owner.flush(now);
    }
  }

  @Override
  public void move() {
    port = sockets.other(port);
    sockets.tally().rebinds++;
  }

  @Override
  public void close() {
    up = false;
  }
}
