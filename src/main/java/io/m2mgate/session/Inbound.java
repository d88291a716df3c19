package io.m2mgate.session;

import io.m2mgate.wire.Frame;

/** A frame as a bearer received it, and whether it is finished with. Owned by the lane that has it at the time. */
public final class Inbound {

  private final Frame frame;
  private final Origin origin;
  private final long receivedMillis;
  private boolean finished;
  private boolean unserved;

  public Inbound(Frame frame, Origin origin, long receivedMillis) {
    this.frame = frame;
    this.origin = origin;
    this.receivedMillis = receivedMillis;
  }

  public Frame frame() {
    return frame;
  }

  /** Where answers go. */
  public Origin origin() {
    return origin;
  }

  /** When its last byte was read. */
  public long receivedMillis() {
    return receivedMillis;
  }

  /** It was not served for reasons of ours, and would be if it came again. */
  public void unserved() {
    unserved = true;
  }

  /** False when it should come again. */
  public boolean served() {
    return !unserved;
  }

  /** True for the first caller: the frame was answered, refused or dropped. */
  public boolean finish() {
    boolean first = !finished;
    finished = true;
    return first;
  }
}
