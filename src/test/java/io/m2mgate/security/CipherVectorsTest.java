package io.m2mgate.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.m2mgate.session.CipherKind;
import io.m2mgate.wire.Bytes;
import io.m2mgate.wire.Seeds;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.bouncycastle.crypto.digests.SM3Digest;
import org.bouncycastle.crypto.engines.SM4Engine;
import org.bouncycastle.crypto.params.KeyParameter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The ciphers beside published vectors and beside OpenSSL. */
class CipherVectorsTest {
  private static final byte[] SM4_SAMPLE = Bytes.unhex("0123456789abcdeffedcba9876543210");

  private final BodyCiphers ciphers = new BodyCiphers(new SecureRandom(), 8);

  /** A random that gives one IV, since published vectors name theirs. */
  private static SecureRandom fixed(byte[] iv) {
    return new SecureRandom() {
      @Override
      public void nextBytes(byte[] bytes) {
        System.arraycopy(iv, 0, bytes, 0, bytes.length);
      }
    };
  }

  private record TripleDesVector(byte[] key, byte[] clear, byte[] encrypted) {
    @Override
    public String toString() {
      return clear.length + " bytes";
    }
  }

  static Stream<TripleDesVector> tripleDes() throws IOException {
    try (var in = CipherVectorsTest.class.getResourceAsStream("des-ede.txt")) {
      return new String(in.readAllBytes(), StandardCharsets.US_ASCII)
          .lines()
          .filter(line -> !line.startsWith("#"))
          .map(line -> line.split(" "))
          .map(fields -> new TripleDesVector(
              Bytes.unhex(fields[0]),
              counting(Integer.parseInt(fields[1])),
              Bytes.unhex(fields[2])));
    }
  }

  private static byte[] counting(int length) {
    byte[] out = new byte[length];
    for (int i = 0; i < length; i++) {
      out[i] = (byte) (i * 31 + length);
    }
    return out;
  }

  // Verifies triple DES against what OpenSSL gave.
  @ParameterizedTest
  @MethodSource("tripleDes")
  void agreesWithStoredTripleDes(TripleDesVector v) throws Exception {
    assertThat(ciphers.encrypt(CipherKind.TRIPLE_DES, v.key, v.clear, 0, v.clear.length))
        .isEqualTo(v.encrypted);
    assertThat(ciphers.decrypt(CipherKind.TRIPLE_DES, v.key, v.encrypted, 0, v.encrypted.length))
        .isEqualTo(v.clear);
  }

  // Verifies AES-128-CBC: NIST SP 800-38A, F.2.1 and F.2.2.
  @Test
  void agreesWithNist() throws Exception {
    byte[] key = Bytes.unhex("2b7e151628aed2a6abf7158809cf4f3c");
    byte[] iv = Bytes.unhex("000102030405060708090a0b0c0d0e0f");
    byte[] clear = Bytes.unhex("""
        6bc1bee22e409f96e93d7e117393172a ae2d8a571e03ac9c9eb76fac45af8e51
        30c81c46a35ce411e5fbc1191a0a52ef f69f2445df4f9b17ad2b417be66c3710""");
    String expected = Bytes.hex(Bytes.unhex("""
        7649abac8119b246cee98e9b12e9197d 5086cb9b507219ee95db113a917678b2
        73bed6b8e3c1743b7116e69e22229516 3ff1caa1681fac09120eca307586e1a7"""));

    byte[] encrypted =
        new BodyCiphers(fixed(iv), 1).encrypt(CipherKind.AES_128, key, clear, 0, clear.length);

    assertThat(Bytes.hex(encrypted)).startsWith(Bytes.hex(iv) + expected).hasSize(2 * 96);
    assertThat(ciphers.decrypt(CipherKind.AES_128, key, encrypted, 0, encrypted.length))
        .isEqualTo(clear);
  }

  // Verifies SM4: GB/T 32907, A.1, of which the first block under an IV of zeros is one.
  @Test
  void agreesWithSm4Standard() {
    byte[] encrypted = new BodyCiphers(fixed(new byte[16]), 1)
        .encrypt(CipherKind.SM4, SM4_SAMPLE, SM4_SAMPLE, 0, SM4_SAMPLE.length);

    assertThat(Bytes.hex(encrypted, 16, 16)).isEqualTo("681edf34d206965e86b3e94f536e4246");
  }

  // Verifies SM4 over a million rounds: GB/T 32907, A.2.
  @Test
  void agreesWithSm4StandardAfterAMillion() {
    SM4Engine engine = new SM4Engine();
    engine.init(true, new KeyParameter(SM4_SAMPLE));
    byte[] block = SM4_SAMPLE.clone();
    for (int i = 0; i < 1_000_000; i++) {
      engine.processBlock(block, 0, block, 0);
    }

    assertThat(Bytes.hex(block)).isEqualTo("595298c7c6fd271f0402f804c33d3f66");
  }

  // Verifies SM3: GB/T 32905, A.1 and A.2.
  @Test
  void agreesWithSm3Standard() {
    assertThat(sm3("abc"))
        .isEqualTo("66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0");
    assertThat(sm3("abcd".repeat(16)))
        .isEqualTo("debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732");
  }

  private static String sm3(String text) {
    SM3Digest digest = new SM3Digest();
    byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
    digest.update(bytes, 0, bytes.length);
    byte[] out = new byte[digest.getDigestSize()];
    digest.doFinal(out, 0);
    return Bytes.hex(out);
  }

  // Verifies both directions against the OpenSSL of this machine, where it has the cipher.
  @ParameterizedTest
  @EnumSource(CipherKind.class)
  void agreesWithOpenssl(CipherKind kind) throws Exception {
    String name = switch (kind) {
      case TRIPLE_DES -> "-des-ede";
      case AES_128 -> "-aes-128-cbc";
      case SM4 -> "-sm4-cbc";
    };
    assumeTrue(opensslHas(name), () -> "openssl with " + name);
    Seeds.forAll(12, random -> {
      byte[] key = Seeds.bytes(random, 16);
      byte[] clear = Seeds.bytes(random, 1 + random.nextInt(2000));
      byte[] ours = ciphers.encrypt(kind, key, clear, 0, clear.length);
      if (kind == CipherKind.TRIPLE_DES) {
        byte[] padded = Arrays.copyOf(clear, ours.length);
        assertThat(openssl(padded, "enc", name, "-e", "-nopad", "-K", Bytes.hex(key)))
            .isEqualTo(ours);
        assertThat(openssl(ours, "enc", name, "-d", "-nopad", "-K", Bytes.hex(key)))
            .isEqualTo(padded);
        return;
      }
      String iv = Bytes.hex(ours, 0, 16);
      byte[] theirs = openssl(clear, "enc", name, "-e", "-K", Bytes.hex(key), "-iv", iv);
      assertThat(Bytes.hex(ours)).isEqualTo(iv + Bytes.hex(theirs));
    });
  }

  private static boolean opensslHas(String cipher) throws Exception {
    try {
      byte[] list = openssl(new byte[0], "enc", "-ciphers");
      return List.of(new String(list, StandardCharsets.US_ASCII)
              .toLowerCase(Locale.ROOT)
              .split("\\s+"))
          .contains(cipher);
    } catch (IOException e) {
      return false;
    }
  }

  private static byte[] openssl(byte[] in, String... arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of("openssl"));
    command.addAll(List.of(arguments));
    Process process = new ProcessBuilder(command)
        .redirectError(ProcessBuilder.Redirect.DISCARD)
        .start();
    try (var out = process.getOutputStream()) {
      out.write(in);
    }
    byte[] answer = process.getInputStream().readAllBytes();
    process.waitFor();
    return answer;
  }
}
