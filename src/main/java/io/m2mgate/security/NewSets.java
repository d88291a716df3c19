package io.m2mgate.security;

import com.github.f4b6a3.ulid.UlidCreator;
import io.m2mgate.dictionary.Dialect;
import io.m2mgate.session.SecretSet;
import io.m2mgate.session.SecretSet.Expiries;
import io.m2mgate.store.RotationWish;
import io.m2mgate.store.SealedSecrets;
import io.m2mgate.store.SecretKinds;
import io.m2mgate.store.SecurityStore.NewRotation;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * Makes pending sets of secrets: new ones of the kinds that are rotated, copies of those in force for the others (5.3.10). May be
 * used from any thread.
 */
public final class NewSets {

  /** What can be rotated. */
  public static final List<String> KINDS =
      List.of(SecretKinds.UPLINK_PASSWORD, SecretKinds.DOWNLINK_PASSWORD, SecretKinds.BASE_KEY);

  private final SecretBox box;
  private final SecretGenerator generator;
  private final long lifetimeSeconds;
  private final long deadlineSeconds;

  /**
   * @param lifetimeSeconds of a new secret whose expiry nobody asks for, 0 without end
   * @param deadlineSeconds after which a rotation counts as unconfirmed
   */
  public NewSets(
      SecretBox box, SecretGenerator generator, long lifetimeSeconds, long deadlineSeconds) {
    this.box = box;
    this.generator = generator;
    this.lifetimeSeconds = lifetimeSeconds;
    this.deadlineSeconds = deadlineSeconds;
  }

  /** @param inForce sealed, as stored */
  public NewRotation of(
      String serial,
      Dialect dialect,
      RotationWish wish,
      SealedSecrets inForce,
      Expiries expiries,
      long nowMillis) {
    Set<String> kinds = wish.kinds();
    boolean uplink = kinds.contains(SecretKinds.UPLINK_PASSWORD);
    boolean downlink = kinds.contains(SecretKinds.DOWNLINK_PASSWORD);
    boolean baseKey = kinds.contains(SecretKinds.BASE_KEY);
    long end = lifetimeSeconds == 0
        ? Expiries.NONE
        : Math.min(nowMillis / 1000 + lifetimeSeconds, Expiries.NONE - 1);
    return new NewRotation(
        UlidCreator.getMonotonicUlid(nowMillis).toString(),
        serial,
        wish.origin(),
        kinds,
        new SealedSecrets(
            uplink
                ? box.seal(serial, SecretKinds.UPLINK_PASSWORD, generator.password(dialect))
                : inForce.uplinkPassword(),
            downlink
                ? box.seal(serial, SecretKinds.DOWNLINK_PASSWORD, generator.password(dialect))
                : inForce.downlinkPassword(),
            baseKey
                ? box.seal(serial, SecretKinds.BASE_KEY, generator.baseKey(dialect))
                : inForce.baseKey()),
        new Expiries(
            uplink ? expiry(wish, SecretKinds.UPLINK_PASSWORD, end) : expiries.uplink(),
            downlink ? expiry(wish, SecretKinds.DOWNLINK_PASSWORD, end) : expiries.downlink(),
            baseKey ? expiry(wish, SecretKinds.BASE_KEY, end) : expiries.baseKey(),
            expiries.baseKey()),
        nowMillis,
        nowMillis + TimeUnit.SECONDS.toMillis(deadlineSeconds));
  }

  private static long expiry(RotationWish wish, String kind, long unlessAsked) {
    return wish.expirySeconds().getOrDefault(kind, unlessAsked);
  }

  /** The secrets in force of a terminal in memory, sealed again. */
  public SealedSecrets seal(String serial, SecretSet inForce) {
    return box.seal(serial, inForce);
  }
}
