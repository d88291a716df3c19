package io.m2mgate.cli.simulate;

import io.m2mgate.wire.Frame;

/** One terminal behind an address that it shares with others. Owned by the terminal's event loop. */
final class DatagramLine extends FramewiseLine {
  private final DatagramSockets sockets;
  private DatagramPort port;

  DatagramLine(DatagramSockets sockets, DatagramPort port, Owner owner, Wander wander) {
    super(owner, wander);
    this.sockets = sockets;
    this.port = port;
  }

  @Override
  void send(byte[] bytes, int at, int length) {
    port.send(bytes, at, length);
  }

  @Override
  void later(long millis, Runnable work) {
    sockets.later(millis, work);
  }

  /** What came to an address that is not its own any more, is lost. */
  void read(Frame frame, DatagramPort at, long now) {
    if (at != port) {
      sockets.tally().misdirected++;
      return;
    }
    came(frame, now);
  }

  @Override
  public void move() {
    port = sockets.other(port);
    sockets.tally().rebinds++;
  }
}
