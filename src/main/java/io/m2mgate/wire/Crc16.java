package io.m2mgate.wire;

import io.m2mgate.dictionary.Crc16Def;

/** A CRC-16 with the parameters of a dialect, by tables for eight bytes at a time (wire.md 5). Immutable, shared by all threads. */
public final class Crc16 {
  private static final int SLICES = 8;
  private static final int SLICE = 256;

  private final Crc16Def def;
  /** What a byte comes to that stands 0, 1, … 7 bytes before the last one looked at. */
  private final char[] table = new char[SLICES * SLICE];

  private final int start;

  public Crc16(Crc16Def def) {
    this.def = def;
    int polynomial = def.reflected() ? reverse(def.polynomial()) : def.polynomial();
    for (int i = 0; i < SLICE; i++) {
      table[i] = (char) (def.reflected() ? reflected(i, polynomial) : plain(i, polynomial));
    }
    for (int i = SLICE; i < table.length; i++) {
      table[i] = (char) step(table[i - SLICE], 0);
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
    int at = off;
    int end = off + len;
    for (int last = end - SLICES; at <= last; at += SLICES) {
      c = def.reflected() ? eightReflected(c, b, at) : eightPlain(c, b, at);
    }
    for (; at < end; at++) {
      c = step(c, b[at]);
    }
    return c;
  }

  private int step(int c, int next) {
    return def.reflected()
        ? c >>> 8 ^ table[(c ^ next) & 0xFF]
        : (c << 8 ^ table[(c >>> 8 ^ next) & 0xFF]) & 0xFFFF;
  }

  private int eightReflected(int c, byte[] b, int at) {
    return table[7 * SLICE + ((c ^ b[at]) & 0xFF)]
        ^ table[6 * SLICE + ((c >>> 8 ^ b[at + 1]) & 0xFF)]
        ^ behindState(b, at);
  }

  private int eightPlain(int c, byte[] b, int at) {
    return table[7 * SLICE + ((c >>> 8 ^ b[at]) & 0xFF)]
        ^ table[6 * SLICE + ((c ^ b[at + 1]) & 0xFF)]
        ^ behindState(b, at);
  }

  private int behindState(byte[] b, int at) {
    return table[5 * SLICE + (b[at + 2] & 0xFF)]
        ^ table[4 * SLICE + (b[at + 3] & 0xFF)]
        ^ table[3 * SLICE + (b[at + 4] & 0xFF)]
        ^ table[2 * SLICE + (b[at + 5] & 0xFF)]
        ^ table[SLICE + (b[at + 6] & 0xFF)]
        ^ table[b[at + 7] & 0xFF];
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
