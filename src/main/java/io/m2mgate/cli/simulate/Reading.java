package io.m2mgate.cli.simulate;

import io.m2mgate.wire.Bytes;

/**
 * What a simulated terminal sends as its payload, so that the other end can tell which one it is and when it was made.
 *
 * @param run number of the run, so that readings of earlier ones are left out
 * @param terminal index in the fleet
 * @param counter counts the terminal's readings from 0
 * @param madeNanos when it was made, by this process's {@link System#nanoTime}
 */
record Reading(int run, int terminal, int counter, long madeNanos) {
  /** A payload cannot be shorter. */
  static final int MIN_BYTES = 22;

  private static final int MAGIC = 0x5352;
  private static final int FILLING = 0x2E;

  /** Writes it over a payload; what is behind it stays as it was. */
  static void encode(byte[] out, int run, int terminal, int counter, long madeNanos) {
    Bytes.u16(out, 0, MAGIC);
    Bytes.u32(out, 2, run);
    Bytes.u32(out, 6, terminal);
    Bytes.u32(out, 10, counter);
    Bytes.u32(out, 14, (int) (madeNanos >>> 32));
    Bytes.u32(out, 18, (int) madeNanos);
  }

  static byte[] blank(int size) {
    byte[] payload = new byte[Math.max(MIN_BYTES, size)];
    java.util.Arrays.fill(payload, (byte) FILLING);
    return payload;
  }

  static boolean isOne(byte[] payload) {
    return payload.length >= MIN_BYTES && Bytes.u16(payload, 0) == MAGIC;
  }

  static Reading decode(byte[] payload) {
    return new Reading(
        Bytes.u32(payload, 2),
        Bytes.u32(payload, 6),
        Bytes.u32(payload, 10),
        Bytes.u64(payload, 14));
  }
}
