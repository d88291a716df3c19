package io.m2mgate.wire;

import io.m2mgate.dictionary.Crc16Def;

/** A CRC-16 with the parameters of a dialect, by table (wire.md 5). Immutable, shared by all threads. */
public final class Crc16 {
  private final Crc16Def def;
  private final short[] table = new short[256];
  private final int start;

  public Crc16(Crc16Def def) {
    this.def = def;
    int polynomial = def.reflected() ? reverse(def.polynomial()) : def.polynomial();
    for (int i = 0; i < 256; i++) {
      table[i] = (short) (def.reflected() ? reflected(i, polynomial) : plain(i, polynomial));
    }
    this.start = def.reflected() ? reverse(def.init()) : def.init();
  }

  private static int reflected(int index, int polynomial) {
    int c = index;
    for (int bit = 0; bit < 8; bit++) {
      c = (c & 1) != 0 ? c >>> 1 ^ polynomial : c >>> 1;
    }
    return c;
  }

  private static int plain(int index, int polynomial) {
    int c = index << 8;
    for (int bit = 0; bit < 8; bit++) {
      c = (c & 0x8000) != 0 ? c << 1 ^ polynomial : c << 1;
    }
    return c & 0xFFFF;
  }

  private static int reverse(int value) {
    return Integer.reverse(value) >>> 16;
  }

  public int of(byte[] b, int off, int len) {
    return end(update(start(), b, off, len));
  }

  public int of(byte[] b) {
    return of(b, 0, b.length);
  }

  /** The state before the first byte, for bytes that come in pieces. */
  public int start() {
    return start;
  }

  public int update(int state, byte[] b, int off, int len) {
    int c = state;
    if (def.reflected()) {
      for (int i = off; i < off + len; i++) {
        c = c >>> 8 ^ table[(c ^ b[i]) & 0xFF] & 0xFFFF;
      }
    } else {
      for (int i = off; i < off + len; i++) {
        c = (c << 8 ^ table[(c >>> 8 ^ b[i]) & 0xFF]) & 0xFFFF;
      }
    }
    return c;
  }

  /** The value of a state after the last byte. */
  public int end(int state) {
    return (state ^ def.xorOut()) & 0xFFFF;
  }

  /** Whether a CRC that came with user data is right; over nothing both 0 and the initial value are (wire.md 5). */
  public boolean accepts(int crc, byte[] b, int off, int len) {
    return crc == of(b, off, len) || len == 0 && crc == 0;
  }

  /** The CRC to send: 0 over nothing. */
  public int toSend(byte[] b, int off, int len) {
    return len == 0 ? 0 : of(b, off, len);
  }
}
