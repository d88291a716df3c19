package io.m2mgate.security;

import io.m2mgate.session.CipherKind;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Objects;
import org.bouncycastle.crypto.BlockCipher;
import org.bouncycastle.crypto.engines.AESEngine;
import org.bouncycastle.crypto.engines.DESedeEngine;
import org.bouncycastle.crypto.engines.SM4Engine;
import org.bouncycastle.crypto.modes.CBCBlockCipher;
import org.bouncycastle.crypto.modes.CBCModeCipher;
import org.bouncycastle.crypto.params.KeyParameter;
import org.bouncycastle.crypto.params.ParametersWithIV;

/** The ciphers of E042 and E040 (wire 4). One for each lane, used on its thread only. */
public final class BodyCiphers {
  /** What every cipher takes of a key: its first 16 bytes. */
  public static final int KEY_BYTES = 16;

  private static final int DES_BLOCK = 8;
  private static final int CBC_BLOCK = 16;

  private final SecureRandom random;
  private final TripleDesEngines tripleDes;
  private final CBCModeCipher aes = CBCBlockCipher.newInstance(AESEngine.newInstance());
  private final CBCModeCipher sm4 = CBCBlockCipher.newInstance(new SM4Engine());

  /**
   * @param random of IVs
   * @param keySchedules most keys of triple DES kept ready, one for each session and direction; a frame under another one
   *     costs some 10 µs more
   */
  public BodyCiphers(SecureRandom random, int keySchedules) {
    this.random = random;
    this.tripleDes = new TripleDesEngines(keySchedules);
  }

  /** Lets go of the keys kept ready that nobody else has any more. To be called now and then. */
  void sweep() {
    tripleDes.sweep();
  }

  /** Lets go of all keys kept ready. */
  void forgetKeys() {
    tripleDes.clear();
  }

  /** The keys kept ready. */
  int keysReady() {
    return tripleDes.size();
  }

  /** The blocks that pass through the cipher for a clear text of {@code length} bytes. */
  public static int blocks(CipherKind kind, int length) {
    return kind == CipherKind.TRIPLE_DES
        ? (length + DES_BLOCK - 1) / DES_BLOCK
        : length / CBC_BLOCK + 1;
  }

  /** The bytes of the ciphertext, with its IV, of a clear text of {@code length} bytes. */
  public static int encryptedLength(CipherKind kind, int length) {
    return kind == CipherKind.TRIPLE_DES
        ? blocks(kind, length) * DES_BLOCK
        : (1 + blocks(kind, length)) * CBC_BLOCK;
  }

  /**
   * The ciphertext, behind its IV where the cipher has one.
   *
   * @param key of at least {@link #KEY_BYTES}, of which the first are used
   * @param length at least 1: an empty body is sent as it is
   * @throws IllegalArgumentException when the key is too short or there is nothing to encrypt
   */
  public byte[] encrypt(CipherKind kind, byte[] key, byte[] in, int offset, int length) {
    checkKey(key);
    Objects.checkFromIndexSize(offset, length, in.length);
    if (length == 0) {
      throw new IllegalArgumentException("an empty body is not encrypted");
    }
    return kind == CipherKind.TRIPLE_DES
        ? tripleDesEncrypt(key, in, offset, length)
        : cbcEncrypt(cbc(kind), kind, key, in, offset, length);
  }

  /**
   * The clear text; under {@link CipherKind#TRIPLE_DES} with the zeros it was filled up with, which the format of a body tells
   * from its content.
   *
   * @param key as for {@link #encrypt}
   * @throws DecryptionFailed when the bytes are no ciphertext under this key, as far as that can be told
   * @throws IllegalArgumentException when the key is too short
   */
  public byte[] decrypt(CipherKind kind, byte[] key, byte[] in, int offset, int length)
      throws DecryptionFailed {
    checkKey(key);
    Objects.checkFromIndexSize(offset, length, in.length);
    return kind == CipherKind.TRIPLE_DES
        ? tripleDesDecrypt(key, in, offset, length)
        : cbcDecrypt(cbc(kind), key, in, offset, length);
  }

  private byte[] tripleDesEncrypt(byte[] key, byte[] in, int offset, int length) {
    byte[] out = new byte[encryptedLength(CipherKind.TRIPLE_DES, length)];
    System.arraycopy(in, offset, out, 0, length);
    DESedeEngine engine = tripleDes.of(key, true);
    process(engine, out, 0, out, 0, out.length);
    return out;
  }

  private byte[] tripleDesDecrypt(byte[] key, byte[] in, int offset, int length)
      throws DecryptionFailed {
    if (length == 0 || length % DES_BLOCK != 0) {
      throw new DecryptionFailed(DecryptionFailed.Reason.LENGTH);
    }
    byte[] out = new byte[length];
    process(tripleDes.of(key, false), in, offset, out, 0, length);
    return out;
  }

  private byte[] cbcEncrypt(
      CBCModeCipher cipher, CipherKind kind, byte[] key, byte[] in, int offset, int length) {
    byte[] out = new byte[encryptedLength(kind, length)];
    byte[] iv = new byte[CBC_BLOCK];
    random.nextBytes(iv);
    System.arraycopy(iv, 0, out, 0, CBC_BLOCK);
    System.arraycopy(in, offset, out, CBC_BLOCK, length);
    int end = CBC_BLOCK + length;
    Arrays.fill(out, end, out.length, (byte) (out.length - end));
    cipher.init(true, new ParametersWithIV(new KeyParameter(key, 0, KEY_BYTES), iv));
    process(cipher, out, CBC_BLOCK, out, CBC_BLOCK, out.length - CBC_BLOCK);
    return out;
  }

  private static byte[] cbcDecrypt(
      CBCModeCipher cipher, byte[] key, byte[] in, int offset, int length) throws DecryptionFailed {
    if (length < 2 * CBC_BLOCK || length % CBC_BLOCK != 0) {
      throw new DecryptionFailed(DecryptionFailed.Reason.LENGTH);
    }
    cipher.init(
        false, new ParametersWithIV(new KeyParameter(key, 0, KEY_BYTES), in, offset, CBC_BLOCK));
    byte[] padded = new byte[length - CBC_BLOCK];
    process(cipher, in, offset + CBC_BLOCK, padded, 0, padded.length);
    return Arrays.copyOf(padded, padded.length - padding(padded));
  }

  /** The bytes of PKCS #7 padding. Takes the same time whether or not it is one. */
  private static int padding(byte[] padded) throws DecryptionFailed {
    int count = padded[padded.length - 1] & 0xFF;
    int wrong = (count - 1 | CBC_BLOCK - count) >> 31;
    for (int i = 1; i <= CBC_BLOCK; i++) {
      int inPadding = i - count - 1 >> 31;
      wrong |= inPadding & ((padded[padded.length - i] & 0xFF) ^ count);
    }
    if (wrong != 0) {
      throw new DecryptionFailed(DecryptionFailed.Reason.PADDING);
    }
    return count;
  }

  private static void process(
      BlockCipher cipher, byte[] in, int offset, byte[] out, int outOffset, int length) {
    int block = cipher.getBlockSize();
    for (int done = 0; done < length; done += block) {
      cipher.processBlock(in, offset + done, out, outOffset + done);
    }
  }

  private CBCModeCipher cbc(CipherKind kind) {
    return kind == CipherKind.AES_128 ? aes : sm4;
  }

  private static void checkKey(byte[] key) {
    if (key.length < KEY_BYTES) {
      throw new IllegalArgumentException(
          "a key has at least " + KEY_BYTES + " bytes, this one " + key.length);
    }
  }
}
