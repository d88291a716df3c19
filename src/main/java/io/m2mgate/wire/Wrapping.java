package io.m2mgate.wire;

import io.m2mgate.dictionary.Dialect;

/** Whether a frame's body is the body itself or one TLV that holds a part of it or its ciphertext (wire.md 2, 4, 6). */
public enum Wrapping {
  NONE,
  SEGMENT,
  ENCRYPTED;

  /**
   * What the flag and the first tag say together: the flag alone can be set with neither, and a CRC can look like a tag,
   * so the TLV must also fill the body.
   *
   * @param digestOffset what {@link DigestLocator#find} gave
   */
  public static Wrapping of(Frame frame, Dialect dialect, int digestOffset) {
    return of(frame, dialect, frame.bodyOffset(), frame.bodyLength(digestOffset));
  }

  private static Wrapping of(Frame frame, Dialect dialect, int off, int len) {
    var b = frame.bytes();
    if (!frame.hasWrappedFlag() || len < 4) {
      return NONE;
    }
    int end = off + len;
    int valueEnd = off + 4 + Bytes.u16(b, off + 2);
    if (valueEnd > end || end - valueEnd >= 4 || !Bytes.zero(b, valueEnd, end)) {
      return NONE;
    }
    int tag = Bytes.u16(b, off);
    if (tag == dialect.tags().segment()) {
      return SEGMENT;
    }
    return tag == dialect.tags().encryptedBody() ? ENCRYPTED : NONE;
  }
}
