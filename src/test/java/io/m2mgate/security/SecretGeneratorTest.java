package io.m2mgate.security;

import static org.assertj.core.api.Assertions.assertThat;

import io.m2mgate.dictionary.Dialect;
import io.m2mgate.dictionary.Dictionary;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The secrets that the platform makes (5.3.10). */
class SecretGeneratorTest {
  private static final Dialect DIALECT = Dictionary.load().dialect();

  /**
   * A χ² this far above its degrees of freedom, in standard deviations, comes by chance less than once in 10¹⁰ runs; the modulo of a
   * byte by 62 would give some 60.
   */
  private static final double MOST_DEVIATIONS = 9;

  private final SecretGenerator generator = new SecretGenerator(new SecureRandom());

  private static int[] counts(int secrets, int length, Supplier<byte[]> generated) {
    int[] counts = new int[256];
    for (int i = 0; i < secrets; i++) {
      byte[] secret = generated.get();
      assertThat(secret).hasSize(length);
      for (byte octet : secret) {
        counts[octet & 0xFF]++;
      }
    }
    return counts;
  }

  private static void assertUniform(int[] counts, String alphabet, int drawn) {
    double expected = (double) drawn / alphabet.length();
    double square = 0;
    for (int octet = 0; octet < counts.length; octet++) {
      if (alphabet.indexOf(octet) < 0) {
        assertThat(counts[octet]).as("octet %02X", octet).isZero();
      } else {
        square += Math.pow(counts[octet] - expected, 2) / expected;
      }
    }
    int freedom = alphabet.length() - 1;
    assertThat((square - freedom) / Math.sqrt(2.0 * freedom)).isLessThan(MOST_DEVIATIONS);
  }

  // Verifies that passwords and base keys are letters and digits, each as often as any other.
  @Test
  void drawsLettersAndDigits() {
    String alphabet = DIALECT.secrets().password().octets();

    assertThat(alphabet).hasSize(62).matches("[A-Za-z0-9]+");
    assertUniform(counts(20_000, 8, () -> generator.password(DIALECT)), alphabet, 160_000);
    assertUniform(counts(7_000, 24, () -> generator.baseKey(DIALECT)), alphabet, 168_000);
  }

  // Verifies that session keys hold every octet but zero, each as often as any other.
  @Test
  void drawsEveryOctetButZero() {
    int[] counts = counts(20_000, 16, () -> generator.sessionKey(DIALECT));

    assertThat(counts[0]).isZero();
    assertUniform(counts, DIALECT.secrets().sessionKey().octets(), 320_000);
  }

  // Verifies that no two are the same.
  @Test
  void repeatsNothing() {
    Set<String> seen = new HashSet<>();
    for (int i = 0; i < 10_000; i++) {
      byte[] key = generator.sessionKey(DIALECT);
      assertThat(seen.add(new String(key, StandardCharsets.ISO_8859_1))).isTrue();
    }
  }

  // Verifies that a dialect decides on length and characters.
  @Test
  void followsTheDialect(@TempDir Path dir) throws Exception {
    Files.writeString(dir.resolve("acme.json"), """
        {"name": "acme", "secrets": {"baseKey": {"length": 16, "characters": "0-9a-f"},
                                     "sessionKey": {"length": 32, "octets": "FF"}}}""");
    Dialect acme = Dictionary.load(dir).dialect("acme").orElseThrow();

    assertThat(new String(generator.baseKey(acme), StandardCharsets.US_ASCII))
        .matches("[0-9a-f]{16}");
    assertThat(generator.sessionKey(acme)).hasSize(32).containsOnly(0xFF);
  }
}
