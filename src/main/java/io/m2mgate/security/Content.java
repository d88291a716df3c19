package io.m2mgate.security;

import io.m2mgate.bus.LaneMetrics.Drop;

/** The body of a frame once it is out of its encryption, as far as that can be before its parts are together. */
sealed interface Content {

  Clear NOTHING = new Clear(new byte[0], 0, 0, false);

  /**
   * Can be read.
   *
   * @param bytes the frame's own, or those that were decrypted
   * @param length without the digest TLV
   */
  record Clear(byte[] bytes, int offset, int length, boolean decrypted) implements Content {}

  /**
   * One part of a body, or a word about parts.
   *
   * @param offset where its TLV begins
   */
  record Segment(byte[] bytes, int offset) implements Content {}

  /** Must not or cannot be read. */
  record Closed(Drop reason) implements Content {}

  /** What can be read of it: nothing where that must not or cannot be. */
  default Clear clear() {
    return this instanceof Clear body ? body : NOTHING;
  }
}
