package io.m2mgate.wire;

import java.util.Random;

/** Runs properties over random cases; a failure says the seed that repeats it ({@code -Dm2mgate.seed=N}). */
public final class Seeds {
  /** One case of a property. */
  public interface Case {
    void run(Random random) throws Exception;
  }

  private Seeds() {}

  public static void forAll(int cases, Case property) {
    long base = Long.getLong("m2mgate.seed", System.nanoTime());
    for (int i = 0; i < cases; i++) {
      long seed = base + i;
      try {
        property.run(new Random(seed));
      } catch (Exception | AssertionError e) {
        throw new AssertionError("seed " + seed + ": " + e, e);
      }
    }
  }

  public static byte[] bytes(Random random, int length) {
    var out = new byte[length];
    random.nextBytes(out);
    return out;
  }

  public static String serial(Random random) {
    return text(random, "ABCXYZabcxyz0189._-", 16);
  }

  public static String text(Random random, String alphabet, int length) {
    var out = new StringBuilder();
    for (int i = 0; i < length; i++) {
      out.append(alphabet.charAt(random.nextInt(alphabet.length())));
    }
    return out.toString();
  }
}
