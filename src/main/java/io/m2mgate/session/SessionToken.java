package io.m2mgate.session;

import java.util.Optional;

/**
 * One session's lasting part: what a restart must know to go on with it (behaviour 5.2.1).
 *
 * @param timestamp the token given in LOGIN_ACK, seconds since 1970, unsigned 32-bit
 * @param shortImei the login's digest was made over 15 bytes of IMEI instead of 16; all later ones are too
 * @param loginHash hash of the LOGIN that opened it, without what a repeat may change
 * @param openedMillis when LOGIN was accepted
 * @param endedMillis when LOGOUT ended it, 0 while it lives
 * @param generation of the secrets that the LOGIN verified under
 * @param rebinding the LOGIN verified under an IMSI that was not the bound one yet
 * @param key of its bodies; empty where they go in clear
 */
public record SessionToken(
    long timestamp,
    boolean shortImei,
    long loginHash,
    long openedMillis,
    long endedMillis,
    long generation,
    boolean rebinding,
    Optional<SealedKey> key) {

  private static final long TENTATIVE_MILLIS = 300_000;

  /** Too old to be confirmed, where no frame has confirmed it yet. */
  public boolean lapsedAt(long nowMillis) {
    return nowMillis - openedMillis > TENTATIVE_MILLIS;
  }

  /** One whose bodies go in clear. */
  public SessionToken(
      long timestamp,
      boolean shortImei,
      long loginHash,
      long openedMillis,
      long endedMillis,
      long generation,
      boolean rebinding) {
    this(
        timestamp,
        shortImei,
        loginHash,
        openedMillis,
        endedMillis,
        generation,
        rebinding,
        Optional.empty());
  }

  /** Of a LOGIN that these secrets verified. */
  static SessionToken of(
      long timestamp,
      boolean shortImei,
      long loginHash,
      long nowMillis,
      Identity provenBy,
      boolean rebinding) {
    return new SessionToken(
        timestamp, shortImei, loginHash, nowMillis, 0, provenBy.secrets().generation(), rebinding);
  }

  public SessionToken ended(long nowMillis) {
    return new SessionToken(
        timestamp, shortImei, loginHash, openedMillis, nowMillis, generation, rebinding, key);
  }

  SessionToken with(SealedKey sealed) {
    return new SessionToken(
        timestamp,
        shortImei,
        loginHash,
        openedMillis,
        endedMillis,
        generation,
        rebinding,
        Optional.of(sealed));
  }
}
