package io.m2mgate.wire;

import io.m2mgate.wire.MalformedFrame.Reason;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A cursor over the TLVs of a range; allocates nothing and may be used again. One thread at a time.
 *
 * <p>Filler of tag 0000 and length zero is passed over; fewer than four zero bytes at the end are ignored; in a decrypted
 * body all is padding from where fewer than four bytes remain or only zeros follow (wire.md 1, 4).
 */
public final class TlvReader {
  private byte[] bytes = {};
  private int next;
  private int end;
  private int zerosFrom;
  private boolean decrypted;
  private int tag;
  private int valueOffset;
  private int valueLength;

  public TlvReader() {}

  public TlvReader(byte[] b, int off, int len, boolean decrypted) {
    reset(b, off, len, decrypted);
  }

  /** Puts the cursor before the first TLV of a range. */
  public TlvReader reset(byte[] b, int off, int len, boolean isDecrypted) {
    bytes = b;
    next = off;
    end = off + len;
    decrypted = isDecrypted;
    tag = -1;
    valueOffset = off;
    valueLength = 0;
    int zeros = end;
    // Counted once from the end: asking again at every TLV would make a body of fillers cost the
    // square of its length.
    int stop = isDecrypted ? off : Math.max(off, end - 3);
    while (zeros > stop && b[zeros - 1] == 0) {
      zeros--;
    }
    zerosFrom = zeros;
    return this;
  }

  /** Goes to the next TLV; false at the end. */
  public boolean next() throws MalformedFrame {
    while (true) {
      int left = end - next;
      if (left < 4) {
        if (left == 0 || decrypted || next >= zerosFrom) {
          return false;
        }
        throw new MalformedFrame(Reason.TLV_TRUNCATED, next);
      }
      if (decrypted && next >= zerosFrom) {
        return false;
      }
      int t = Bytes.u16(bytes, next);
      int length = Bytes.u16(bytes, next + 2);
      if (length > left - 4) {
        throw new MalformedFrame(Reason.TLV_PAST_END, next, t);
      }
      valueOffset = next + 4;
      valueLength = length;
      tag = t;
      next = valueOffset + length;
      if (t != 0 || length != 0) {
        return true;
      }
    }
  }

  public int tag() {
    return tag;
  }

  /** Where the TLV itself begins. */
  public int tlvOffset() {
    return valueOffset - 4;
  }

  public int valueOffset() {
    return valueOffset;
  }

  public int valueLength() {
    return valueLength;
  }

  /** Where the next TLV would begin. */
  public int position() {
    return next;
  }

  /** The array the offsets count in. */
  public byte[] array() {
    return bytes;
  }

  public int u8() throws MalformedFrame {
    require(1);
    return Bytes.u8(bytes, valueOffset);
  }

  public int u16() throws MalformedFrame {
    require(2);
    return Bytes.u16(bytes, valueOffset);
  }

  public int u32() throws MalformedFrame {
    require(4);
    return Bytes.u32(bytes, valueOffset);
  }

  /** A copy of the value. */
  public byte[] bytes() {
    return Arrays.copyOfRange(bytes, valueOffset, valueOffset + valueLength);
  }

  /** The value as text, zero bytes at its end left out. */
  public String ascii() {
    int to = valueOffset + valueLength;
    while (to > valueOffset && bytes[to - 1] == 0) {
      to--;
    }
    return new String(bytes, valueOffset, to - valueOffset, StandardCharsets.ISO_8859_1);
  }

  private void require(int size) throws MalformedFrame {
    if (valueLength != size) {
      throw new MalformedFrame(Reason.VALUE_TRUNCATED, valueOffset, tag);
    }
  }
}
