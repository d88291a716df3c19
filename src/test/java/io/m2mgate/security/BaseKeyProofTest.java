package io.m2mgate.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.m2mgate.dictionary.Dialect;
import io.m2mgate.dictionary.Dictionary;
import io.m2mgate.dictionary.Tags;
import io.m2mgate.session.CipherKind;
import io.m2mgate.wire.Bytes;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Proofs of passwords and base key, and the session key that the base key carries (wire 4 and 7). */
class BaseKeyProofTest {
  private static final Dialect DIALECT = Dictionary.load().dialect();
  private static final Tags TAGS = DIALECT.tags();
  private static final byte[] BASE_KEY = ascii("112233445566778899001234");

  private final BaseKeyProof proof = new BaseKeyProof();

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  private static byte[] md5(String hex) throws Exception {
    return MessageDigest.getInstance("MD5").digest(Bytes.unhex(hex));
  }

  // Verifies the bytes that are hashed, and under which tag the digest goes.
  @ParameterizedTest
  @CsvSource({
    "UPLINK_PASSWORD,12345678,ffffffff,E026,e02500083132333435363738 e0270004ffffffff",
    "UPLINK_PASSWORD,12345678,0,E026,e02500083132333435363738 e027000400000000",
    "DOWNLINK_PASSWORD,87654321,5f5e1000,E029,e02800083837363534333231 e02a00045f5e1000",
    "BASE_KEY,112233445566778899001234,fedcba98,E03A,"
        + "e0360018313132323333343435353636373738383939303031323334 e0380004fedcba98"
  })
  void hashesTlvs(ProvenSecret kind, String secret, String expiry, String tag, String hashed)
      throws Exception {
    long seconds = Long.parseLong(expiry, 16);

    byte[] digest = proof.digest(TAGS, kind, ascii(secret), seconds);

    assertThat(digest).isEqualTo(md5(hashed));
    assertThat(kind.digestTag(TAGS)).isEqualTo(Integer.parseInt(tag, 16));
    assertThat(proof.matches(TAGS, kind, ascii(secret), seconds, digest)).isTrue();
  }

  // Verifies that another secret, expiry, kind, bit or length does not match.
  @ParameterizedTest
  @EnumSource(ProvenSecret.class)
  void matchesNothingElse(ProvenSecret kind) {
    byte[] secret = ascii("112233445566778899001234");
    byte[] digest = proof.digest(TAGS, kind, secret, 1_600_000_000L);

    assertThat(proof.matches(TAGS, kind, secret, BaseKeyProof.NEVER, digest)).isFalse();
    assertThat(proof.matches(TAGS, kind, ascii("other"), 1_600_000_000L, digest))
        .isFalse();
    for (ProvenSecret other : ProvenSecret.values()) {
      assertThat(proof.matches(TAGS, other, secret, 1_600_000_000L, digest))
          .isEqualTo(other == kind);
    }
    for (int length = 0; length <= 17; length++) {
      assertThat(proof.matches(TAGS, kind, secret, 1_600_000_000L, Arrays.copyOf(digest, length)))
          .isEqualTo(length == 16);
    }
    digest[15] ^= 1;
    assertThat(proof.matches(TAGS, kind, secret, 1_600_000_000L, digest)).isFalse();
  }

  // Verifies that the digest of a terminal without a base key is known as such and proves nothing.
  @Test
  void knowsWhoHasNoBaseKey() throws Exception {
    byte[] none = proof.digestWithoutBaseKey(DIALECT);
    byte[] withExpiry = md5("e0360018 e0380004ffffffff");

    assertThat(none).isEqualTo(md5("e0360018"));
    assertThat(proof.deniesBaseKey(DIALECT, none)).isTrue();
    assertThat(proof.deniesBaseKey(DIALECT, withExpiry)).isTrue();
    assertThat(proof.deniesBaseKey(
            DIALECT, proof.digest(TAGS, ProvenSecret.BASE_KEY, BASE_KEY, BaseKeyProof.NEVER)))
        .isFalse();
    for (byte[] claimed : new byte[][] {none, withExpiry, md5("e0360000 e0380004ffffffff")}) {
      assertThat(
              proof.matches(TAGS, ProvenSecret.BASE_KEY, new byte[0], BaseKeyProof.NEVER, claimed))
          .isFalse();
    }
  }

  // Verifies that nothing is proved with no secret, or with an expiry that no terminal can hold.
  @Test
  void refusesMisuse() {
    assertThatThrownBy(() -> proof.digest(TAGS, ProvenSecret.BASE_KEY, new byte[0], 0))
        .isInstanceOf(IllegalArgumentException.class);
    for (long seconds : new long[] {-1, BaseKeyProof.NEVER + 1}) {
      assertThatThrownBy(() -> proof.digest(TAGS, ProvenSecret.BASE_KEY, BASE_KEY, seconds))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  // Verifies the content of E040 with and without an expiry, and that the base key carries it.
  @ParameterizedTest
  @EnumSource(CipherKind.class)
  void carriesSessionKey(CipherKind kind) throws Exception {
    byte[] key = Bytes.unhex("00112233445566778899aabbccddeeff");
    String tlv = "e03b001000112233445566778899aabbccddeeff";

    byte[] without = BaseKeyProof.sessionKeyTlvs(TAGS, key, OptionalLong.empty());
    byte[] with = BaseKeyProof.sessionKeyTlvs(TAGS, key, OptionalLong.of(0xF0000001L));

    assertThat(Bytes.hex(without)).isEqualTo(tlv);
    assertThat(Bytes.hex(with)).isEqualTo(tlv + "e03d0004f0000001");
    BodyCiphers ciphers = new BodyCiphers(new SecureRandom(), 2);
    byte[] value = ciphers.encrypt(kind, BASE_KEY, with, 0, with.length);
    assertThat(DIALECT.tlv(TAGS.encryptedSessionKey()).fits(value.length)).isTrue();
    assertThat(Bytes.hex(ciphers.decrypt(kind, BASE_KEY, value, 0, value.length)))
        .startsWith(Bytes.hex(with));
  }
}
