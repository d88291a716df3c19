package io.m2mgate.security;

import io.m2mgate.dictionary.Dialect;
import io.m2mgate.dictionary.SecretDef;
import java.security.SecureRandom;

/**
 * Makes the secrets of terminals as their dialect wants them (5.3.10), every value as likely as any other. May be used
 * from any thread that may use its random.
 */
public final class SecretGenerator {
  private final SecureRandom random;

  public SecretGenerator(SecureRandom random) {
    this.random = random;
  }

  /** An uplink or downlink password. */
  public byte[] password(Dialect dialect) {
    return secret(dialect.secrets().password());
  }

  public byte[] baseKey(Dialect dialect) {
    return secret(dialect.secrets().baseKey());
  }

  public byte[] sessionKey(Dialect dialect) {
    return secret(dialect.secrets().sessionKey());
  }

  private byte[] secret(SecretDef def) {
    byte[] out = new byte[def.length()];
    for (int i = 0; i < out.length; i++) {
      out[i] = (byte) def.octets().charAt(random.nextInt(def.octets().length()));
    }
    return out;
  }
}
