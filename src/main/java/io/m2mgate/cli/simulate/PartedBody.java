package io.m2mgate.cli.simulate;

import io.m2mgate.wire.Part;
import io.m2mgate.wire.Part.Operation;
import io.m2mgate.wire.PartCodec;

/** A body that a terminal sends in parts (wire 6). Immutable. */
final class PartedBody {
  /** Longer bodies go in parts. */
  static final int MOST = 900;

  private final PartCodec codec;
  private final byte[] body;
  private final int total;

  /**
   * @param body encrypted already where it is
   * @param emptyEnd whether an empty part is the last one
   */
  PartedBody(PartCodec codec, byte[] body, boolean emptyEnd) {
    this.codec = codec;
    this.body = body;
    this.total = (body.length + MOST - 1) / MOST + (emptyEnd ? 1 : 0);
  }

  boolean has(int index) {
    return index >= 1 && index <= total;
  }

  /** The TLV of a part, counted from 1. */
  byte[] tlv(int index) {
    int from = Math.min((index - 1) * MOST, body.length);
    int length = Math.min(MOST, body.length - from);
    return codec.write(new Part(0, total, index, Operation.PART, body, from, length));
  }
}
