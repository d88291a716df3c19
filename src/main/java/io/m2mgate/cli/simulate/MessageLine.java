package io.m2mgate.cli.simulate;

import java.util.Arrays;

/** One terminal that has a telephone number and nothing else. Owned by the terminal's event loop. */
final class MessageLine extends FramewiseLine {
  private final MessageLines lines;
  private final String number;

  MessageLine(MessageLines lines, String number, Owner owner, Wander wander) {
    super(owner, wander);
    this.lines = lines;
    this.number = number;
  }

  @Override
  void send(byte[] bytes, int at, int length) {
    lines.send(number, Arrays.copyOfRange(bytes, at, at + length));
  }

  @Override
  void later(long millis, Runnable work) {
    lines.later(millis, work);
  }

  /** A telephone keeps its number. */
  @Override
  public void move() {}

  @Override
  public void close() {
    super.close();
    lines.closed(number, this);
  }
}
