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
    if (!frame.hasWrappedFlag() || !fills(b, off, len)) {
      return NONE;
    }
    int tag = Bytes.u16(b, off);
    if (tag == dialect.tags().segment()) {
      return SEGMENT;
    }
    return tag == dialect.tags().encryptedBody() ? ENCRYPTED : NONE;
  }

  /** Whether a body that came in parts, and so has no flag of its own, is the one TLV of a ciphertext. */
  public static boolean isEncrypted(Dialect dialect, byte[] b, int off, int len) {
    return fills(b, off, len) && Bytes.u16(b, off) == dialect.tags().encryptedBody();
  }

  /** Whether one TLV fills the range, fewer than four zero bytes aside. */
  private static boolean fills(byte[] b, int off, int len) {
    if (len < 4) {
      return false;
    }
    int end = off + len;
    int valueEnd = off + 4 + Bytes.u16(b, off + 2);
    return valueEnd <= end && end - valueEnd < 4 && Bytes.zero(b, valueEnd, end);
  }
}
