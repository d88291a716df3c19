package io.m2mgate.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.m2mgate.dictionary.Dialect;
import io.m2mgate.peer.Await;
import io.m2mgate.session.CipherKind;
import io.m2mgate.session.SampleTerminal;
import io.m2mgate.session.SealedKey;
import io.m2mgate.session.Session;
import io.m2mgate.session.SessionKey;
import io.m2mgate.session.Terminal;
import io.m2mgate.wire.Bytes;
import io.m2mgate.wire.DigestLocator;
import io.m2mgate.wire.Frame;
import io.m2mgate.wire.Seeds;
import io.m2mgate.wire.TlvReader;
import io.m2mgate.wire.Vectors;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Encrypted bodies (wire 4): what comes back, what does not, and what never happens. */
class BodyCiphersTest {
  private static final long NOW = 1_700_000_000_000L;
  private static final byte[] KEY = Bytes.unhex("00112233445566778899aabbccddeeff");

  private final BodyCiphers ciphers = new BodyCiphers(new SecureRandom(), 8);

  // Verifies that the worked packet decrypts to the body of the clear one and zeros, and back.
  @Test
  void readsTheWorkedPacket() throws Exception {
    byte[] clear = body("data-to-application");
    byte[] wrapped = body("data-encrypted");
    TlvReader tlv = new TlvReader(wrapped, 0, wrapped.length, false);
    assertThat(tlv.next()).isTrue();
    Dialect dialect = Vectors.DICTIONARY.dialect();
    assertThat(tlv.tag()).isEqualTo(dialect.tags().encryptedBody());
    byte[] ciphertext = tlv.bytes();

    byte[] decrypted =
        ciphers.decrypt(CipherKind.TRIPLE_DES, KEY, ciphertext, 0, ciphertext.length);

    assertThat(decrypted).isEqualTo(Arrays.copyOf(clear, ciphertext.length));
    assertThat(ciphers.encrypt(CipherKind.TRIPLE_DES, KEY, clear, 0, clear.length))
        .isEqualTo(ciphertext);
  }

  private static byte[] body(String name) throws Exception {
    Frame frame = Vectors.named(name).frame();
    int digestAt = DigestLocator.find(frame, Vectors.DICTIONARY.dialect());
    return Arrays.copyOfRange(frame.bytes(), frame.bodyOffset(), digestAt);
  }

  // Verifies that every length comes back, from anywhere in an array, in the promised size.
  @ParameterizedTest
  @EnumSource(CipherKind.class)
  void bringsBackEveryLength(CipherKind kind) {
    Seeds.forAll(1, random -> {
      for (int length = 1; length <= 2000; length++) {
        byte[] key = Seeds.bytes(random, 16 + random.nextInt(9));
        byte[] clear = Seeds.bytes(random, length);
        byte[] encrypted = ciphers.encrypt(kind, key, shifted(clear), 3, length);

        assertThat(encrypted).hasSize(BodyCiphers.encryptedLength(kind, length));
        byte[] back = ciphers.decrypt(kind, key, shifted(encrypted), 3, encrypted.length);
        assertThat(back)
            .isEqualTo(
                kind == CipherKind.TRIPLE_DES ? Arrays.copyOf(clear, encrypted.length) : clear);
      }
    });
  }

  private static byte[] shifted(byte[] bytes) {
    byte[] out = new byte[bytes.length + 5];
    System.arraycopy(bytes, 0, out, 3, bytes.length);
    return out;
  }

  // Verifies the sizes: padding to whole blocks, none for triple DES where there is no need, an IV
  // first where there is one.
  @ParameterizedTest
  @CsvSource({
    "TRIPLE_DES,1,1,8",
    "TRIPLE_DES,7,1,8",
    "TRIPLE_DES,8,1,8",
    "TRIPLE_DES,9,2,16",
    "TRIPLE_DES,1024,128,1024",
    "AES_128,1,1,32",
    "AES_128,15,1,32",
    "AES_128,16,2,48",
    "SM4,31,2,48",
    "SM4,32,3,64"
  })
  void promisesSizes(CipherKind kind, int length, int blocks, int bytes) {
    assertThat(BodyCiphers.blocks(kind, length)).isEqualTo(blocks);
    assertThat(BodyCiphers.encryptedLength(kind, length)).isEqualTo(bytes);
    assertThat(ciphers.encrypt(kind, KEY, new byte[length], 0, length)).hasSize(bytes);
  }

  // Verifies that only the first 16 bytes of a key count.
  @ParameterizedTest
  @EnumSource(CipherKind.class)
  void usesTheFirstSixteen(CipherKind kind) throws Exception {
    byte[] longer = Arrays.copyOf(KEY, 24);
    Arrays.fill(longer, 16, 24, (byte) 0x5A);
    byte[] clear = new byte[16];

    byte[] encrypted = ciphers.encrypt(kind, longer, clear, 0, clear.length);

    assertThat(ciphers.decrypt(kind, KEY, encrypted, 0, encrypted.length)).isEqualTo(clear);
  }

  // Verifies that equal bodies look different under the ciphers with an IV.
  @ParameterizedTest
  @EnumSource(names = {"AES_128", "SM4"})
  void hidesRepeats(CipherKind kind) {
    byte[] once = ciphers.encrypt(kind, KEY, new byte[16], 0, 16);
    byte[] twice = ciphers.encrypt(kind, KEY, new byte[16], 0, 16);

    assertThat(once).isNotEqualTo(twice);
    assertThat(Arrays.copyOf(once, 16)).isNotEqualTo(Arrays.copyOf(twice, 16));
  }

  // Verifies that every length which no encryption gives is refused as such.
  @ParameterizedTest
  @EnumSource(CipherKind.class)
  void refusesLengths(CipherKind kind) {
    int block = kind == CipherKind.TRIPLE_DES ? 8 : 16;
    int least = kind == CipherKind.TRIPLE_DES ? 8 : 32;
    for (int length = 0; length <= 100; length++) {
      if (length >= least && length % block == 0) {
        continue;
      }
      byte[] bytes = new byte[length];
      DecryptionFailed thrown = catchThrowableOfType(
          DecryptionFailed.class, () -> ciphers.decrypt(kind, KEY, bytes, 0, bytes.length));
      assertThat(thrown.reason()).as("%d", length).isEqualTo(DecryptionFailed.Reason.LENGTH);
      assertThat(thrown.getStackTrace()).isEmpty();
    }
  }

  // Verifies that each wrong padding is noticed: 0, more than a block, unequal bytes.
  @ParameterizedTest
  @EnumSource(names = {"AES_128", "SM4"})
  void refusesPaddings(CipherKind kind) throws Exception {
    byte[] clear = new byte[24];
    for (int last = 0; last <= 255; last++) {
      // A change of the IV changes the first block alike: here it is the last one too.
      byte[] encrypted = ciphers.encrypt(kind, KEY, clear, 0, 15);
      encrypted[15] ^= (byte) (1 ^ last);
      byte[] changed = encrypted;
      if (last == 1) {
        assertThat(ciphers.decrypt(kind, KEY, changed, 0, changed.length)).hasSize(15);
        continue;
      }
      DecryptionFailed thrown = catchThrowableOfType(
          DecryptionFailed.class, () -> ciphers.decrypt(kind, KEY, changed, 0, changed.length));
      assertThat(thrown).as("%d", last).isNotNull();
      assertThat(thrown.reason()).isEqualTo(DecryptionFailed.Reason.PADDING);
      assertThat(thrown.getStackTrace()).isEmpty();
    }
    byte[] unequal = ciphers.encrypt(kind, KEY, clear, 0, 8);
    unequal[9] ^= 1;
    assertThatThrownBy(() -> ciphers.decrypt(kind, KEY, unequal, 0, unequal.length))
        .isInstanceOf(DecryptionFailed.class);
  }

  // Verifies that a changed, cut or foreign ciphertext fails as such or gives other bytes.
  @ParameterizedTest
  @EnumSource(CipherKind.class)
  void survivesTampering(CipherKind kind) {
    Seeds.forAll(2000, random -> {
      byte[] clear = Seeds.bytes(random, 1 + random.nextInt(300));
      byte[] changed = changed(random, ciphers.encrypt(kind, KEY, clear, 0, clear.length));
      try {
        byte[] decrypted = ciphers.decrypt(kind, KEY, changed, 0, changed.length);
        assertThat(decrypted).isNotEqualTo(kind == CipherKind.TRIPLE_DES ? padded(clear) : clear);
      } catch (DecryptionFailed e) {
        assertThat(e.reason()).isNotNull();
      }
    });
  }

  private static byte[] padded(byte[] clear) {
    return Arrays.copyOf(clear, (clear.length + 7) / 8 * 8);
  }

  private static byte[] changed(Random random, byte[] encrypted) {
    switch (random.nextInt(3)) {
      case 0 -> encrypted[random.nextInt(encrypted.length)] ^= (byte) (1 + random.nextInt(255));
      case 1 -> {
        return Arrays.copyOf(encrypted, random.nextInt(encrypted.length));
      }
      default -> random.nextBytes(encrypted);
    }
    return encrypted;
  }

  // Verifies that our own faults are told: a short key, nothing to encrypt, a range outside.
  @ParameterizedTest
  @EnumSource(CipherKind.class)
  void refusesMisuse(CipherKind kind) {
    byte[] shortKey = new byte[15];
    byte[] in = new byte[32];

    assertThatThrownBy(() -> ciphers.encrypt(kind, shortKey, in, 0, 32))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> ciphers.decrypt(kind, shortKey, in, 0, 32))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> ciphers.encrypt(kind, KEY, in, 0, 0))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> ciphers.encrypt(kind, KEY, in, 1, 32))
        .isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> ciphers.decrypt(kind, KEY, in, 1, 32))
        .isInstanceOf(IndexOutOfBoundsException.class);
  }

  // Verifies that the keys kept ready are bounded, and that it makes no difference which are.
  @Test
  void keepsFewKeysReady() {
    TripleDesEngines engines = new TripleDesEngines(4);
    Seeds.forAll(1, random -> {
      byte[][] keys = new byte[10][];
      Arrays.setAll(keys, i -> Seeds.bytes(random, 16));
      byte[] block = new byte[8];
      for (int i = 0; i < 200; i++) {
        byte[] key = keys[random.nextInt(keys.length)];
        engines.of(key, true).processBlock(block, 0, block, 0);
        byte[] back = new byte[8];
        engines.of(key, false).processBlock(block, 0, back, 0);
        assertThat(ciphers.encrypt(CipherKind.TRIPLE_DES, key, back, 0, 8)).isEqualTo(block);
        assertThat(engines.size()).isLessThanOrEqualTo(4);
      }
    });
    assertThat(engines.size()).isEqualTo(4);
    assertThat(engines.of(KEY, true)).isSameAs(engines.of(KEY.clone(), true));
    assertThatThrownBy(() -> new TripleDesEngines(0)).isInstanceOf(IllegalArgumentException.class);
  }

  // Verifies that the keys of a session are let go of once it is over, both directions of them, and
  // that those of another stay ready.
  @Test
  void letsGoOfTheKeysOfEndedSessions() throws Exception {
    Terminal ending = SampleTerminal.usual();
    Terminal staying = SampleTerminal.usual();
    for (Terminal terminal : List.of(ending, staying)) {
      use(open(terminal, NOW).key().orElseThrow().octets());
    }
    System.gc();
    ciphers.sweep();
    assertThat(ciphers.keysReady()).isEqualTo(4);

    ending.end(NOW);
    Await.until("keys of the session gone", Await.PATIENCE, () -> {
      ending.expire(NOW + 301_000);
      System.gc();
      ciphers.sweep();
      return ciphers.keysReady() == 2;
    });
    use(staying.openSessions().get(0).key().orElseThrow().octets());
    assertThat(ciphers.keysReady()).isEqualTo(2);
  }

  /** A session in force under a key of its own. */
  private static Session open(Terminal terminal, long nowMillis) {
    Session session = terminal.open(terminal.keyring().current(), false, nowMillis, nowMillis);
    byte[] octets = new byte[16];
    new SecureRandom().nextBytes(octets);
    session.protect(
        new SessionKey(CipherKind.TRIPLE_DES, octets, Long.MAX_VALUE),
        new SealedKey(CipherKind.TRIPLE_DES, "", Long.MAX_VALUE));
    terminal.confirm(session);
    return session;
  }

  private void use(byte[] key) throws DecryptionFailed {
    byte[] hidden = ciphers.encrypt(CipherKind.TRIPLE_DES, key, KEY, 0, KEY.length);
    assertThat(ciphers.decrypt(CipherKind.TRIPLE_DES, key, hidden, 0, hidden.length))
        .isEqualTo(KEY);
  }
}
