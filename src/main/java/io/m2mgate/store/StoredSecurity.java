package io.m2mgate.store;

import io.m2mgate.session.SecretSet.Expiries;
import java.util.Optional;

/**
 * A terminal's secrets and its binding, as stored.
 *
 * @param generation of the set in force
 * @param secrets in force, sealed
 * @param open the rotation under way, whose set opens sessions too
 * @param rebindingTo the IMSI that REGISTER asked for and no session has confirmed yet
 * @param simBinding mode of TLV sim-bind-mode
 */
public record StoredSecurity(
    long generation,
    SealedSecrets secrets,
    Expiries expiries,
    Optional<Rotation> open,
    Optional<String> rebindingTo,
    int simBinding) {

  /** Of a terminal with nothing but these secrets. */
  public static StoredSecurity of(SealedSecrets secrets) {
    return new StoredSecurity(0, secrets, Expiries.NEVER, Optional.empty(), Optional.empty(), 0);
  }
}
