package io.m2mgate.session;

/**
 * A session key as it is stored with its session.
 *
 * @param sealed Base64 of what {@code security.SecretBox} made of it
 * @param expirySeconds since 1970, unsigned 32-bit, as the terminal was told
 */
public record SealedKey(CipherKind cipher, String sealed, long expirySeconds) {
  @Override
  public String toString() {
    return "SealedKey[" + cipher.text() + "]";
  }
}
