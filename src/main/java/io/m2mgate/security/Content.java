package io.m2mgate.security;

import io.m2mgate.bus.LaneMetrics.Drop;

/** The body of a frame once it is out of its encryption. */
sealed interface Content {

  /**
   * Can be read.
   *
   * @param bytes the frame's own, or those that were decrypted
   * @param length without the digest TLV
   */
  record Clear(byte[] bytes, int offset, int length, boolean decrypted) implements Content {}

  /** Must not or cannot be read. */
  record Closed(Drop reason) implements Content {}
}
