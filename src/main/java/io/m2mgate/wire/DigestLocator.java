package io.m2mgate.wire;

import io.m2mgate.dictionary.Dialect;
import io.m2mgate.dictionary.Layout;

/** Finds the digest TLV of a frame (wire.md 3). Stateless; never throws, knows no cryptography. */
public final class DigestLocator {
  /** The bytes of a digest value. */
  public static final int VALUE_SIZE = 16;

  /** The bytes of the whole digest TLV. */
  public static final int TLV_SIZE = 4 + VALUE_SIZE;

  private DigestLocator() {}

  /**
   * The offset of the digest TLV, or -1. It counts only when the walk over the undecrypted body reaches it as the last
   * TLV: a payload may end in the same bytes.
   */
  public static int find(Frame frame, Dialect dialect) {
    var b = frame.bytes();
    int at = frame.end() - TLV_SIZE;
    int body = frame.bodyOffset();
    if (at < body
        || Bytes.u16(b, at) != dialect.tags().digest()
        || Bytes.u16(b, at + 2) != VALUE_SIZE) {
      return -1;
    }
    if (Wrapping.of(frame, dialect, at) != Wrapping.NONE) {
      return at;
    }
    int id = frame.requestCommand();
    if (!dialect.knows(id)) {
      return reaches(b, body, at) ? at : -1;
    }
    var layout = dialect.command(id).layout(frame.isAck());
    if (layout.fixedSize() > at - body) {
      // A refusal may leave out the fields behind its result; a request may not leave out any.
      return frame.isAck() ? at : -1;
    }
    return reaches(b, body + fixedSize(b, body, layout), at) ? at : -1;
  }

  private static int fixedSize(byte[] b, int body, Layout layout) {
    return layout.fixedSize() + (layout.variable() ? Body.variableSize(layout, b, body) : 0);
  }

  private static boolean reaches(byte[] b, int from, int to) {
    int pos = from;
    while (to - pos >= 4) {
      pos += 4 + Bytes.u16(b, pos + 2);
    }
    return pos <= to && Bytes.zero(b, pos, to);
  }
}
