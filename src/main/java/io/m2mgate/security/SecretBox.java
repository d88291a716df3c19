package io.m2mgate.security;

import io.m2mgate.session.SecretSet;
import io.m2mgate.store.SealedSecrets;
import io.m2mgate.store.SecretKinds;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * Secrets at rest: AES-256-GCM under the master key, each bound to its terminal and kind, so that a sealed value moved to another
 * row does not open. May be used from any thread.
 *
 * <p>Layout: version 1, nonce 12, ciphertext and tag.
 */
public final class SecretBox {

  private static final byte VERSION = 1;
  private static final int KEY_BYTES = 32;
  private static final int NONCE_BYTES = 12;
  private static final int TAG_BITS = 128;
  private static final byte[] ABSENT = {};
  private static final String FINGERPRINT_MAC = "HmacSHA256";

  /** Looking a cipher up costs more than opening a secret with it; one serves a thread for ever. */
  private static final ThreadLocal<Cipher> CIPHERS = ThreadLocal.withInitial(SecretBox::newCipher);

  private final SecretKeySpec key;
  private final SecretKeySpec fingerprintKey;
  private final SecureRandom random;

  /** A sealed value that does not open: another master key, another row, or damage. Says nothing of the value. */
  public static final class SealBroken extends RuntimeException {
    SealBroken(String subject, String kind) {
      super(
          "the stored " + kind + " of " + subject + " does not open under this master key",
          null,
          false,
          false);
    }
  }

  public SecretBox(byte[] masterKey, SecureRandom random) {
    if (masterKey.length != KEY_BYTES) {
      throw new IllegalArgumentException(
          "a master key has " + KEY_BYTES + " bytes, this one " + masterKey.length);
    }
    this.key = new SecretKeySpec(masterKey, "AES");
    this.fingerprintKey = fingerprintKey(masterKey);
    this.random = random;
  }

  /** @param clear an empty one stays empty */
  public byte[] seal(String subject, String kind, byte[] clear) {
    if (clear.length == 0) {
      return ABSENT;
    }
    byte[] nonce = new byte[NONCE_BYTES];
    random.nextBytes(nonce);
    try {
      byte[] sealed = cipher(Cipher.ENCRYPT_MODE, nonce, subject, kind).doFinal(clear);
      return ByteBuffer.allocate(1 + NONCE_BYTES + sealed.length)
          .put(VERSION)
          .put(nonce)
          .put(sealed)
          .array();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("AES-256-GCM is not available", e);
    }
  }

  /** All three of a set. */
  public SealedSecrets seal(String serial, SecretSet set) {
    return new SealedSecrets(
        seal(serial, SecretKinds.UPLINK_PASSWORD, set.uplink()),
        seal(serial, SecretKinds.DOWNLINK_PASSWORD, set.downlink()),
        seal(serial, SecretKinds.BASE_KEY, set.baseKey()));
  }

  /** @throws SealBroken when it is not what {@link #seal} gave for this subject and kind */
  public byte[] open(String subject, String kind, byte[] sealed) {
    if (sealed.length == 0) {
      return ABSENT;
    }
    if (sealed.length < 1 + NONCE_BYTES + TAG_BITS / Byte.SIZE || sealed[0] != VERSION) {
      throw new SealBroken(subject, kind);
    }
    byte[] nonce = new byte[NONCE_BYTES];
    System.arraycopy(sealed, 1, nonce, 0, NONCE_BYTES);
    try {
      return cipher(Cipher.DECRYPT_MODE, nonce, subject, kind)
          .doFinal(sealed, 1 + NONCE_BYTES, sealed.length - 1 - NONCE_BYTES);
    } catch (GeneralSecurityException e) {
      throw new SealBroken(subject, kind);
    }
  }

  /** The same for the same secret of the same subject; without the master key it tells nothing of the secret. */
  public long fingerprint(String subject, byte[] clear) {
    try {
      Mac mac = Mac.getInstance(FINGERPRINT_MAC);
      mac.init(fingerprintKey);
      mac.update((subject + '/').getBytes(StandardCharsets.UTF_8));
      return ByteBuffer.wrap(mac.doFinal(clear)).getLong();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(FINGERPRINT_MAC + " is not available", e);
    }
  }

  /** A key of its own, so that no fingerprint is made with what seals. */
  private static SecretKeySpec fingerprintKey(byte[] masterKey) {
    try {
      Mac mac = Mac.getInstance(FINGERPRINT_MAC);
      mac.init(new SecretKeySpec(masterKey, FINGERPRINT_MAC));
      return new SecretKeySpec(
          mac.doFinal("m2mgate fingerprint".getBytes(StandardCharsets.UTF_8)), FINGERPRINT_MAC);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(FINGERPRINT_MAC + " is not available", e);
    }
  }

  private Cipher cipher(int mode, byte[] nonce, String subject, String kind)
      throws GeneralSecurityException {
    Cipher cipher = CIPHERS.get();
    cipher.init(mode, key, new GCMParameterSpec(TAG_BITS, nonce));
    cipher.updateAAD((subject + '/' + kind).getBytes(StandardCharsets.UTF_8));
    return cipher;
  }

  private static Cipher newCipher() {
    try {
      return Cipher.getInstance("AES/GCM/NoPadding");
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("AES-256-GCM is not available", e);
    }
  }
}
