package io.m2mgate.wire;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Big-endian numbers, hex and text in byte arrays. Stateless. */
public final class Bytes {
  private static final byte[] DIGITS = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);

  private Bytes() {}

  public static int u8(byte[] b, int off) {
    return b[off] & 0xFF;
  }

  public static int u16(byte[] b, int off) {
    return (b[off] & 0xFF) << 8 | b[off + 1] & 0xFF;
  }

  /** Four bytes; a number above 7FFFFFFF comes out negative. */
  public static int u32(byte[] b, int off) {
    return b[off] << 24 | (b[off + 1] & 0xFF) << 16 | (b[off + 2] & 0xFF) << 8 | b[off + 3] & 0xFF;
  }

  public static long u64(byte[] b, int off) {
    return (long) u32(b, off) << 32 | u32(b, off + 4) & 0xFFFF_FFFFL;
  }

  public static void u16(byte[] b, int off, int value) {
    b[off] = (byte) (value >>> 8);
    b[off + 1] = (byte) value;
  }

  public static void u32(byte[] b, int off, int value) {
    u16(b, off, value >>> 16);
    u16(b, off + 2, value);
  }

  /** Whether all bytes of the range are zero. */
  public static boolean zero(byte[] b, int from, int to) {
    for (int i = from; i < to; i++) {
      if (b[i] != 0) {
        return false;
      }
    }
    return true;
  }

  /** Lower-case hex digits. */
  public static String hex(byte[] b, int off, int len) {
    var out = new byte[len * 2];
    for (int i = 0; i < len; i++) {
      out[2 * i] = DIGITS[b[off + i] >> 4 & 0xF];
      out[2 * i + 1] = DIGITS[b[off + i] & 0xF];
    }
    return new String(out, StandardCharsets.US_ASCII);
  }

  public static String hex(byte[] b) {
    return hex(b, 0, b.length);
  }

  /** The bytes of hex digits in either case; spaces and line ends are passed over. */
  public static byte[] unhex(String text) {
    var out = new byte[text.length() / 2];
    int n = 0;
    int high = -1;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (Character.isWhitespace(c)) {
        continue;
      }
      int digit = c < 128 ? Character.digit(c, 16) : -1;
      if (digit < 0) {
        throw new InvalidValue("hex", "character " + (i + 1) + " is " + c, "digits 0-9, a-f");
      }
      if (high < 0) {
        high = digit;
      } else {
        out[n++] = (byte) (high << 4 | digit);
        high = -1;
      }
    }
    if (high >= 0) {
      throw new InvalidValue("hex", "the number of digits is odd", "two digits a byte");
    }
    return Arrays.copyOf(out, n);
  }
}
