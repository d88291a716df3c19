package io.m2mgate.security;

import io.m2mgate.dictionary.Tags;
import io.m2mgate.session.CipherKind;
import io.m2mgate.wire.MalformedFrame;
import io.m2mgate.wire.TlvReader;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What LOGIN_ACK gives to who holds the base key (wire 4): the other end of {@link BaseKeyProof#sessionKeyTlvs}. Immutable.
 *
 * @param octets shared, not copied
 * @param expirySeconds since 1970; absent where the platform does not say
 */
public record GivenSessionKey(byte[] octets, OptionalLong expirySeconds) {

  /**
   * Opens the value of the TLV. Empty where it does not open under this key and cipher, or holds no session key.
   *
   * @throws IllegalArgumentException when the base key is shorter than {@link BodyCiphers#KEY_BYTES}
   */
  public static Optional<GivenSessionKey> open(
      BodyCiphers ciphers, CipherKind cipher, Tags tags, byte[] baseKey, byte[] in, int at, int n) {
    try {
      byte[] clear = ciphers.decrypt(cipher, baseKey, in, at, n);
      byte[] octets = {};
      OptionalLong expiry = OptionalLong.empty();
      TlvReader tlvs = new TlvReader(clear, 0, clear.length, true);
      while (tlvs.next()) {
        if (tlvs.tag() == tags.sessionKey()) {
          octets = tlvs.bytes();
        } else if (tlvs.tag() == tags.sessionKeyExpiry()) {
          expiry = OptionalLong.of(tlvs.u32() & BaseKeyProof.NEVER);
        }
      }
      return octets.length < BodyCiphers.KEY_BYTES
          ? Optional.empty()
          : Optional.of(new GivenSessionKey(octets, expiry));
    } catch (DecryptionFailed | MalformedFrame e) {
      return Optional.empty();
    }
  }

  @Override
  public String toString() {
    return "GivenSessionKey[secret]";
  }
}
