package io.m2mgate.security;

import io.m2mgate.dictionary.Dialect;
import io.m2mgate.session.SecretSet;
import io.m2mgate.session.SecretSet.Expiries;
import io.m2mgate.store.Rotation;
import io.m2mgate.store.SealedSecrets;
import io.m2mgate.store.SecretKinds;
import io.m2mgate.store.StoredTerminal;
import java.util.Map;

/** Sets of secrets of terminals, as they are opened and proven. May be used from any thread. */
public final class TerminalSecrets {

  private final SecretBox box;

  public TerminalSecrets(SecretBox box) {
    this.box = box;
  }

  /** @throws SecretBox.SealBroken when it was sealed under another master key */
  public SecretSet open(Rotation rotation) {
    return open(rotation.serial(), rotation.generation(), rotation.secrets(), rotation.expiries());
  }

  private SecretSet open(String serial, long generation, SealedSecrets sealed, Expiries expiries) {
    return new SecretSet(
        generation,
        box.open(serial, SecretKinds.UPLINK_PASSWORD, sealed.uplinkPassword()),
        box.open(serial, SecretKinds.DOWNLINK_PASSWORD, sealed.downlinkPassword()),
        box.open(serial, SecretKinds.BASE_KEY, sealed.baseKey()),
        expiries);
  }

  /**
   * Whether digests over TLVs with the expiry "never" prove that the terminal holds its secrets: the ones in force, or the pending
   * ones. One that has no base key says so.
   */
  public boolean proves(StoredTerminal stored, Map<ProvenSecret, byte[]> digests, Dialect dialect) {
    String serial = stored.record().serial();
    var security = stored.security();
    SecretSet current =
        open(serial, security.generation(), security.secrets(), security.expiries());
    return proves(current, digests, dialect)
        || security
            .open()
            .filter(rotation -> proves(open(rotation), digests, dialect))
            .isPresent();
  }

  private static boolean proves(SecretSet set, Map<ProvenSecret, byte[]> digests, Dialect dialect) {
    BaseKeyProof proof = new BaseKeyProof();
    boolean good = true;
    for (ProvenSecret kind : ProvenSecret.values()) {
      byte[] claimed = digests.getOrDefault(kind, new byte[0]);
      byte[] secret = secret(set, kind);
      // Not ended early: how long it takes says nothing of which one is wrong.
      good &= secret.length == 0 && kind == ProvenSecret.BASE_KEY
          ? proof.deniesBaseKey(dialect, claimed)
          : proof.matches(dialect.tags(), kind, secret, BaseKeyProof.NEVER, claimed);
    }
    return good;
  }

  private static byte[] secret(SecretSet set, ProvenSecret kind) {
    return switch (kind) {
      case UPLINK_PASSWORD -> set.uplink();
      case DOWNLINK_PASSWORD -> set.downlink();
      case BASE_KEY -> set.baseKey();
    };
  }
}
