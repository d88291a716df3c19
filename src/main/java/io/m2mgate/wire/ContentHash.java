package io.m2mgate.wire;

/**
 * A 64-bit hash of what a request says, to know a repeated one by (behaviour, ground rule 3). Stateless. Stored in the
 * event log: changing it makes every stored hash worthless.
 */
public final class ContentHash {
  private static final long P1 = 0x9E3779B97F4A7C15L;
  private static final long P2 = 0xBF58476D1CE4E5B9L;
  private static final long P3 = 0x94D049BB133111EBL;

  private ContentHash() {}

  /** The hash of a command and its body without the digest TLV. */
  public static long hash64(int command, byte[] b, int off, int len) {
    return fold(command * P1, b, off, len);
  }

  /** The hash of what was hashed before and a further range: for bodies of which some TLVs do not count. */
  public static long fold(long hash, byte[] b, int off, int len) {
    long h = mix(hash ^ len * P3);
    int i = off;
    int end = off + len;
    for (; end - i >= 8; i += 8) {
      h = Long.rotateLeft(h ^ mix(Bytes.u64(b, i) + P1), 29) * P2 + P3;
    }
    long tail = 0;
    for (; i < end; i++) {
      tail = tail << 8 | b[i] & 0xFF;
    }
    return mix(Long.rotateLeft(h ^ mix(tail + P1), 29) * P2 + P3);
  }

  private static long mix(long value) {
    long z = (value ^ value >>> 30) * P2;
    z = (z ^ z >>> 27) * P3;
    return z ^ z >>> 31;
  }
}
