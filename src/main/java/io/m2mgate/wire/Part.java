package io.m2mgate.wire;

/**
 * One part of a segmented body, or what one end tells the other of it (wire.md 6). The bytes belong to the frame that brought
 * it, or to the body that it is cut from.
 *
 * @param total parts of the message
 * @param index from 1
 * @param offset where the data begins
 * @param length of the data; 0 is legal for a part and usual for the rest
 */
public record Part(
    int transaction,
    int total,
    int index,
    Operation operation,
    byte[] bytes,
    int offset,
    int length) {

  private static final byte[] NO_DATA = {};

  /** What it says; never told by its length. */
  public enum Operation {
    /** A part of the body. */
    PART,
    /** Send the part {@code index}. */
    SEND,
    ABORT_BY_SENDER,
    ABORT_BY_RECEIVER,
    /** A code that the dialect does not have. */
    UNKNOWN
  }

  /** Another word about the same message. */
  public Part answer(Operation says, int aboutIndex) {
    return new Part(transaction, total, aboutIndex, says, NO_DATA, 0, 0);
  }
}
