package io.m2mgate.security;

import io.m2mgate.dictionary.Dialect;
import io.m2mgate.dictionary.Tags;
import io.m2mgate.wire.BodyWriter;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.OptionalLong;

/**
 * The digests by which a terminal proves a password or its base key, and what the base key then carries (wire 4 and 7). One for each
 * lane, used on its thread only.
 */
public final class BaseKeyProof {
  /** The expiry of what does not expire, in seconds since 1970. */
  public static final long NEVER = 0xFFFF_FFFFL;

  private static final int TLVS = 64;

  private final MessageDigest md5;

  public BaseKeyProof() {
    try {
      md5 = MessageDigest.getInstance("MD5");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("this Java has no MD5, which the protocol needs", e);
    }
  }

  /**
   * MD5 over the TLV of the secret and that of its expiry.
   *
   * @param secret not empty
   * @param expirySeconds since 1970, or {@link #NEVER}
   * @throws IllegalArgumentException when there is no secret, or the expiry does not fit four bytes
   */
  public byte[] digest(Tags tags, ProvenSecret kind, byte[] secret, long expirySeconds) {
    if (secret.length == 0) {
      throw new IllegalArgumentException("nothing proves a secret that is not set");
    }
    BodyWriter tlvs = new BodyWriter(TLVS).tlv(kind.valueTag(tags), secret);
    return md5(seconds(tlvs, kind.expiryTag(tags), expirySeconds));
  }

  /**
   * Whether the terminal holds the secret with this expiry; takes the same time either way. Nothing matches a secret that is not
   * set.
   */
  public boolean matches(
      Tags tags, ProvenSecret kind, byte[] secret, long expirySeconds, byte[] claimed) {
    return secret.length > 0
        && MessageDigest.isEqual(digest(tags, kind, secret, expirySeconds), claimed);
  }

  /** What a terminal without a base key sends as the digest of one: of a TLV's tag and length, with no value. */
  public byte[] digestWithoutBaseKey(Dialect dialect) {
    return md5(emptyBaseKey(dialect));
  }

  /**
   * Whether the digest says that the terminal has no base key, with or without the TLV of its expiry. It proves nothing: everybody
   * can make it.
   */
  public boolean deniesBaseKey(Dialect dialect, byte[] claimed) {
    int expiryTag = ProvenSecret.BASE_KEY.expiryTag(dialect.tags());
    return MessageDigest.isEqual(digestWithoutBaseKey(dialect), claimed)
        || MessageDigest.isEqual(md5(seconds(emptyBaseKey(dialect), expiryTag, NEVER)), claimed);
  }

  /**
   * The content of E040 before it is encrypted under the base key.
   *
   * @param expirySeconds since 1970; absent where the terminal is not told
   * @throws IllegalArgumentException when the expiry does not fit four bytes
   */
  public static byte[] sessionKeyTlvs(Tags tags, byte[] sessionKey, OptionalLong expirySeconds) {
    BodyWriter tlvs = new BodyWriter(TLVS).tlv(tags.sessionKey(), sessionKey);
    if (expirySeconds.isPresent()) {
      seconds(tlvs, tags.sessionKeyExpiry(), expirySeconds.getAsLong());
    }
    return tlvs.toBytes();
  }

  private static BodyWriter emptyBaseKey(Dialect dialect) {
    return new BodyWriter(TLVS)
        .u16(ProvenSecret.BASE_KEY.valueTag(dialect.tags()))
        .u16(dialect.secrets().absentBaseKeyLength());
  }

  private static BodyWriter seconds(BodyWriter tlvs, int tag, long seconds) {
    if (seconds < 0 || seconds > NEVER) {
      throw new IllegalArgumentException("an expiry of " + seconds + " s does not fit four bytes");
    }
    return tlvs.tlvU32(tag, (int) seconds);
  }

  private byte[] md5(BodyWriter bytes) {
    md5.update(bytes.array(), 0, bytes.length());
    return md5.digest();
  }
}
