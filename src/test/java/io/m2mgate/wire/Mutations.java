package io.m2mgate.wire;

import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** Random changes of good inputs: what a fuzzer does, without its knowledge of what was reached. */
public final class Mutations {
  private static final int[] TELLING = {0, 1, 4, 0x7F, 0x80, 0xFE, 0xFF};
  private static final int MOST = 8;

  private Mutations() {}

  /** One of the seeds with up to eight changes. */
  public static byte[] of(List<byte[]> seeds, Random random) {
    byte[] bytes = seeds.get(random.nextInt(seeds.size())).clone();
    for (int n = random.nextInt(MOST + 1); n > 0; n--) {
      bytes = changed(bytes, seeds, random);
    }
    return bytes;
  }

  private static byte[] changed(byte[] bytes, List<byte[]> seeds, Random random) {
    int at = random.nextInt(bytes.length + 1);
    switch (random.nextInt(6)) {
      case 0:
        return Arrays.copyOf(bytes, at);
      case 1:
        return spliced(bytes, at, Seeds.bytes(random, random.nextInt(40)));
      case 2:
        return spliced(bytes, at, seeds.get(random.nextInt(seeds.size())));
      case 3:
        return bytes.length == 0 ? bytes : set(bytes, at, random.nextInt(256));
      case 4:
        return bytes.length == 0 ? bytes : set(bytes, at, TELLING[random.nextInt(TELLING.length)]);
      default:
        return bytes.length == 0
            ? bytes
            : set(bytes, at, bytes[at % bytes.length] ^ 1 << random.nextInt(8));
    }
  }

  private static byte[] set(byte[] bytes, int at, int value) {
    bytes[at % bytes.length] = (byte) value;
    return bytes;
  }

  private static byte[] spliced(byte[] bytes, int at, byte[] piece) {
    byte[] out = Arrays.copyOf(bytes, bytes.length + piece.length);
    System.arraycopy(piece, 0, out, at, piece.length);
    System.arraycopy(bytes, at, out, at + piece.length, bytes.length - at);
    return out;
  }
}
