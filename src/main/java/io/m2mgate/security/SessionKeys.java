package io.m2mgate.security;

import io.m2mgate.dictionary.Dialect;
import io.m2mgate.session.CipherKind;
import io.m2mgate.session.Identity;
import io.m2mgate.session.SealedKey;
import io.m2mgate.session.SecretSet.Expiries;
import io.m2mgate.session.Session;
import io.m2mgate.session.SessionKey;
import io.m2mgate.session.Terminal;
import io.m2mgate.store.SecretKinds;
import io.m2mgate.wire.BodyWriter;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Makes the keys of sessions whose terminal proves its base key, and hands each over under that base key (wire 4). One for each lane,
 * used on its thread only.
 */
public final class SessionKeys {

  /** Base keys are used once a login: none is kept ready. */
  private static final int SCHEDULES = 1;

  private final SecretBox box;
  private final long lifetimeSeconds;
  private final SecretGenerator generator;
  private final BodyCiphers ciphers;
  private final BaseKeyProof proofs = new BaseKeyProof();

  /** What a terminal's claim to hold the base key comes to. */
  public enum Finding {
    /** It holds the one of the secrets that its LOGIN verified with. */
    PROVEN,
    /** It says that it has none, and none is known. */
    NONE_KNOWN,
    /** It says that it has none, and there is one. */
    NONE_THERE,
    /** It claims to hold one, and none is known. */
    UNKNOWN,
    /** It holds another. */
    OTHER;

    /** Terminal and platform disagree. */
    public boolean isMismatch() {
      return this != PROVEN && this != NONE_KNOWN;
    }
  }

  /** @param lifetimeSeconds until a key expires */
  public SessionKeys(SecretBox box, SecureRandom random, int lifetimeSeconds) {
    this.box = box;
    this.lifetimeSeconds = lifetimeSeconds;
    generator = new SecretGenerator(random);
    ciphers = new BodyCiphers(random, SCHEDULES);
  }

  /** @param claimed the digest over base key and expiry as the terminal sent it */
  public Finding examine(Dialect dialect, Identity identity, byte[] claimed) {
    boolean known = identity.baseKey().length >= BodyCiphers.KEY_BYTES;
    if (proofs.deniesBaseKey(dialect, claimed)) {
      return known ? Finding.NONE_THERE : Finding.NONE_KNOWN;
    }
    if (!known) {
      return Finding.UNKNOWN;
    }
    Expiries expiries = identity.secrets().expiries();
    boolean proven = holds(dialect, identity, expiries.baseKey(), claimed)
        || holds(dialect, identity, expiries.previousBaseKey(), claimed)
        || holds(dialect, identity, Expiries.NONE, claimed);
    return proven ? Finding.PROVEN : Finding.OTHER;
  }

  private boolean holds(Dialect dialect, Identity identity, long expirySeconds, byte[] claimed) {
    return proofs.matches(
        dialect.tags(), ProvenSecret.BASE_KEY, identity.baseKey(), expirySeconds, claimed);
  }

  /** The cipher of its profile; where that is the default, the one that the terminal itself says it has. */
  static CipherKind cipher(CipherKind ofProfile, Optional<CipherKind> reported) {
    return ofProfile == CipherKind.TRIPLE_DES ? reported.orElse(ofProfile) : ofProfile;
  }

  /** Gives a session that was just opened its key, before the session is stored. */
  public void protect(
      Terminal terminal,
      Session session,
      Dialect dialect,
      Optional<CipherKind> reported,
      long nowMillis) {
    CipherKind cipher = cipher(session.profile().cipher(), reported);
    byte[] octets = generator.sessionKey(dialect);
    long expirySeconds = Math.min(nowMillis / 1000 + lifetimeSeconds, Expiries.NONE);
    String kind = kind(session.token().timestamp());
    String sealed = Base64.getEncoder().encodeToString(box.seal(terminal.serial(), kind, octets));
    session.protect(
        new SessionKey(cipher, octets, expirySeconds),
        new SealedKey(cipher, sealed, expirySeconds));
  }

  /**
   * The TLV by which LOGIN_ACK hands the session's key over; nothing for a session without one, or whose base key was taken away
   * since.
   */
  public byte[] envelope(Session session, Dialect dialect) {
    byte[] baseKey = session.identity().baseKey();
    if (session.key().isEmpty() || baseKey.length < BodyCiphers.KEY_BYTES) {
      return new byte[0];
    }
    SessionKey key = session.key().get();
    byte[] clear = BaseKeyProof.sessionKeyTlvs(
        dialect.tags(), key.octets(), OptionalLong.of(key.expirySeconds()));
    byte[] hidden = ciphers.encrypt(key.cipher(), baseKey, clear, 0, clear.length);
    ciphers.forgetKeys();
    return new BodyWriter(hidden.length)
        .tlv(dialect.tags().encryptedSessionKey(), hidden)
        .toBytes();
  }

  /** @throws SecretBox.SealBroken when it was sealed for another session or under another master key */
  static SessionKey open(SecretBox box, String serial, long timestamp, SealedKey sealed) {
    byte[] octets = box.open(serial, kind(timestamp), bytes(serial, timestamp, sealed));
    return new SessionKey(sealed.cipher(), octets, sealed.expirySeconds());
  }

  private static byte[] bytes(String serial, long timestamp, SealedKey sealed) {
    try {
      return Base64.getDecoder().decode(sealed.sealed());
    } catch (IllegalArgumentException e) {
      throw new SecretBox.SealBroken(serial, kind(timestamp));
    }
  }

  /** A key opens in its own session only. */
  private static String kind(long timestamp) {
    return SecretKinds.SESSION_KEY + '/' + timestamp;
  }
}
