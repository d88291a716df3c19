package io.m2mgate.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.m2mgate.security.SessionKeys.Finding;
import io.m2mgate.session.CipherKind;
import io.m2mgate.session.Identity;
import io.m2mgate.session.Keyring;
import io.m2mgate.session.SampleTerminal;
import io.m2mgate.session.SealedKey;
import io.m2mgate.session.SecretSet;
import io.m2mgate.session.SecretSet.Expiries;
import io.m2mgate.session.Session;
import io.m2mgate.session.SessionKey;
import io.m2mgate.session.Terminal;
import io.m2mgate.wire.BodyWriter;
import io.m2mgate.wire.Bytes;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Wire 4, E03A and E040; behaviour 5.3.2. */
class SessionKeysTest {
  private static final byte[] BASE_KEY = RequestFrames.ascii("BaseKeyOfTwentyFourChars");
  private static final byte[] NONE = {};
  private static final long NOW = 1_790_000_000_000L;
  private static final int DAY = 86_400;
  private static final long CURRENT = 1_800_000_000L;
  private static final long PREVIOUS = 1_700_000_000L;

  private final SecretBox box = new SecretBox(new byte[32], new SecureRandom());
  private final SessionKeys keys = new SessionKeys(box, new SecureRandom(), DAY);

  private static SecretSet secrets(byte[] baseKey) {
    return new SecretSet(
        0,
        RequestFrames.ascii(SampleTerminal.UPLINK),
        RequestFrames.ascii(SampleTerminal.DOWNLINK),
        baseKey,
        new Expiries(Expiries.NONE, Expiries.NONE, CURRENT, PREVIOUS));
  }

  private static Identity identity(byte[] baseKey) {
    return Identity.of(SampleTerminal.provisioned(true), secrets(baseKey));
  }

  private static byte[] proof(byte[] baseKey, long expirySeconds) throws Exception {
    byte[] tlvs = new BodyWriter()
        .tlv(0xE036, baseKey)
        .tlvU32(0xE038, (int) expirySeconds)
        .toBytes();
    return MessageDigest.getInstance("MD5").digest(tlvs);
  }

  private Finding examine(byte[] known, byte[] claimed) {
    return keys.examine(RequestFrames.DIALECT, identity(known), claimed);
  }

  // Verifies that the base key is proven with its expiry, the one before, or none, and no other.
  @Test
  void takesThreeExpiries() throws Exception {
    for (long expiry : new long[] {CURRENT, PREVIOUS, Expiries.NONE}) {
      assertThat(examine(BASE_KEY, proof(BASE_KEY, expiry))).isEqualTo(Finding.PROVEN);
    }
    assertThat(examine(BASE_KEY, proof(BASE_KEY, CURRENT + 1))).isEqualTo(Finding.OTHER);
  }

  // Verifies that what is no proof is told apart.
  @Test
  void tellsMismatchesApart() throws Exception {
    byte[] other = BASE_KEY.clone();
    other[0] ^= 1;
    byte[] none = MessageDigest.getInstance("MD5").digest(Bytes.unhex("e0360018"));

    assertThat(examine(BASE_KEY, proof(other, CURRENT))).isEqualTo(Finding.OTHER);
    assertThat(examine(BASE_KEY, NONE)).isEqualTo(Finding.OTHER);
    assertThat(examine(NONE, proof(BASE_KEY, CURRENT))).isEqualTo(Finding.UNKNOWN);
    assertThat(examine(BASE_KEY, none)).isEqualTo(Finding.NONE_THERE);
    assertThat(examine(NONE, none)).isEqualTo(Finding.NONE_KNOWN);
    assertThat(Finding.NONE_KNOWN.isMismatch()).isFalse();
  }

  private Session opened(CipherKind cipher) {
    Terminal terminal = new Terminal(
        SampleTerminal.provisioned(true),
        Keyring.of(
            SampleTerminal.provisioned(true),
            secrets(BASE_KEY),
            Optional.empty(),
            Optional.empty()),
        SampleTerminal.profile("{\"cipher\":\"" + cipher.text() + "\"}"),
        0);
    Session session = terminal.open(terminal.keyring().current(), false, 1, NOW);
    keys.protect(terminal, session, RequestFrames.DIALECT, Optional.empty(), NOW);
    return session;
  }

  // Verifies that LOGIN_ACK carries key and expiry, which only the base key opens.
  @ParameterizedTest
  @EnumSource(CipherKind.class)
  void handsTheKeyOver(CipherKind cipher) throws Exception {
    Session session = opened(cipher);

    byte[] envelope = keys.envelope(session, RequestFrames.DIALECT);

    assertThat(Bytes.u16(envelope, 0)).isEqualTo(0xE040);
    byte[] clear = new BodyCiphers(new SecureRandom(), 1)
        .decrypt(cipher, BASE_KEY, envelope, 4, Bytes.u16(envelope, 2));
    SessionKey key = session.key().orElseThrow();
    byte[] expected = new BodyWriter()
        .tlv(0xE03B, key.octets())
        .tlvU32(0xE03D, (int) (NOW / 1000 + DAY))
        .toBytes();
    assertThat(Arrays.copyOf(clear, expected.length)).isEqualTo(expected);
    assertThat(key.octets()).hasSize(16).doesNotContain(0);
  }

  // Verifies that a session without a key gets nothing to read.
  @Test
  void handsNothingOverWithoutAKey() {
    Terminal terminal = SampleTerminal.usual();
    Session session = terminal.open(terminal.keyring().current(), false, 1, NOW);

    assertThat(keys.envelope(session, RequestFrames.DIALECT)).isEmpty();
  }

  // Verifies that a stored key opens for its terminal and session, and no other.
  @Test
  void sealsForOneSession() {
    Session session = opened(CipherKind.SM4);
    SealedKey stored = session.token().key().orElseThrow();
    long timestamp = session.token().timestamp();

    SessionKey again = SessionKeys.open(box, SampleTerminal.SERIAL, timestamp, stored);

    assertThat(again.octets()).isEqualTo(session.key().orElseThrow().octets());
    assertThat(again.cipher()).isEqualTo(CipherKind.SM4);
    assertThat(again.expirySeconds()).isEqualTo(NOW / 1000 + DAY);
    assertThatThrownBy(() -> SessionKeys.open(box, SampleTerminal.SERIAL, timestamp + 1, stored))
        .isInstanceOf(SecretBox.SealBroken.class);
    assertThatThrownBy(() -> SessionKeys.open(box, "ASM7000722222223", timestamp, stored))
        .isInstanceOf(SecretBox.SealBroken.class);
  }

  // Verifies that a reported cipher takes the place of the default only.
  @Test
  void choosesNothingWeakerThanTheProfile() {
    assertThat(SessionKeys.cipher(CipherKind.TRIPLE_DES, Optional.of(CipherKind.SM4)))
        .isEqualTo(CipherKind.SM4);
    assertThat(SessionKeys.cipher(CipherKind.TRIPLE_DES, Optional.empty()))
        .isEqualTo(CipherKind.TRIPLE_DES);
    assertThat(SessionKeys.cipher(CipherKind.AES_128, Optional.of(CipherKind.TRIPLE_DES)))
        .isEqualTo(CipherKind.AES_128);
    assertThat(SessionKeys.cipher(CipherKind.AES_128, Optional.of(CipherKind.SM4)))
        .isEqualTo(CipherKind.AES_128);
  }

  // Verifies that nothing prints a key.
  @Test
  void printsNoKey() {
    Session session = opened(CipherKind.AES_128);

    assertThat(session.key().orElseThrow()).hasToString("SessionKey[aes-128]");
    assertThat(session.token().toString())
        .contains("SealedKey[aes-128]")
        .doesNotContain(session.token().key().orElseThrow().sealed());
  }
}
