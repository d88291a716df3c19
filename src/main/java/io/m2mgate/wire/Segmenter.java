package io.m2mgate.wire;

import io.m2mgate.wire.Part.Operation;

/**
 * A body that leaves in parts, and how far it has got (wire.md 6). Knows neither clock nor network. Owned by who sends it.
 */
public final class Segmenter {

  /** The only one seen in the field. */
  private static final int TRANSACTION = 0;

  private final byte[] body;
  private final int partLength;
  private final int total;
  private int current = 1;

  /** What the other end's word about a part means to the sender. */
  public enum Step {
    /** The part after the one that left last is the current one now. */
    NEXT,
    /** It asks for what has left already. */
    AGAIN,
    /** It gave the message up. */
    ABORTED,
    /** It asks for what it cannot want yet, or speaks of another message. */
    CONTRADICTION
  }

  /**
   * @param body as it would stand in one frame, encrypted already where it is; kept, not copied
   * @param partLength bytes of the body in each part but the last
   */
  public Segmenter(byte[] body, int partLength) {
    this.body = body;
    this.partLength = partLength;
    this.total = parts(body.length, partLength);
  }

  /** How many parts a body makes. */
  public static int parts(int bodyLength, int partLength) {
    return Math.max(1, (bodyLength + partLength - 1) / partLength);
  }

  public int total() {
    return total;
  }

  /** Bytes that it keeps. */
  public int size() {
    return body.length;
  }

  /** The index of the part that left last. */
  public int current() {
    return current;
  }

  public boolean atLast() {
    return current == total;
  }

  /** The message is sent anew, from its first part. */
  public void restart() {
    current = 1;
  }

  /** The part that is to leave, or to leave again. */
  public Part part() {
    int from = (current - 1) * partLength;
    int length = Math.min(partLength, body.length - from);
    return new Part(TRANSACTION, total, current, Operation.PART, body, from, length);
  }

  /** What to tell the other end when this one gives up. */
  public Part abort() {
    return part().answer(Operation.ABORT_BY_SENDER, current);
  }

  /** Takes the other end's word. */
  public Step told(Part word) {
    if (word.operation() == Operation.ABORT_BY_RECEIVER) {
      return Step.ABORTED;
    }
    if (word.operation() != Operation.SEND
        || word.total() != total
        || word.index() < 1
        || word.index() > Math.min(current + 1, total)) {
      return Step.CONTRADICTION;
    }
    if (word.index() <= current) {
      return Step.AGAIN;
    }
    current++;
    return Step.NEXT;
  }
}
