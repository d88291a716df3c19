package io.m2mgate.cli.simulate;

import io.m2mgate.wire.Bytes;
import io.m2mgate.wire.Frame;
import java.util.Arrays;

/** A line on which each frame fares for itself: some are lost, doubled or late. Owned by the terminal's event loop. */
abstract class FramewiseLine implements Line {
  private final Owner owner;
  private final Wander wander;
  private boolean up = true;

  FramewiseLine(Owner owner, Wander wander) {
    this.owner = owner;
    this.wander = wander;
  }

  /** Brings one frame on its way; the bytes change with the next one. */
  abstract void send(byte[] bytes, int at, int length);

  /** Has something happen on this event loop after a while. */
  abstract void later(long millis, Runnable work);

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
        case ARRIVES -> send(frames, at, length);
        case ARRIVES_TWICE -> {
          send(frames, at, length);
          send(frames, at, length);
        }
        case ARRIVES_LATE -> {
          byte[] late = Arrays.copyOfRange(frames, at, at + length);
          later(wander.delayMillis(), () -> send(late, 0, late.length));
        }
        case LOST -> {}
      }
    }
    forge.discard();
  }

  /** A frame has come as far as the terminal's end of the line. */
  void came(Frame frame, long now) {
    switch (wander.fate()) {
      case ARRIVES -> arrive(frame, now);
      case ARRIVES_TWICE -> {
        arrive(frame, now);
        arrive(frame, now);
      }
      case ARRIVES_LATE -> later(wander.delayMillis(), () -> arrive(frame, System.nanoTime()));
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
  public void close() {
    up = false;
  }
}
