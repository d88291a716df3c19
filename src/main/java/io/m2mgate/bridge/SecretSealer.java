package io.m2mgate.bridge;

/** Seals a terminal's secret under the master key, bound to the terminal and its purpose. Safe for any thread. */
public interface SecretSealer {

  /**
   * @param kind one of {@code SecretKinds}
   */
  byte[] seal(String serial, String kind, byte[] clear);

  /** Whether a sealed value is this one; one that does not open is none. */
  boolean holds(String serial, String kind, byte[] sealed, byte[] clear);

  /** Tells whether two secrets are the same, to who keeps it; what the secret is it tells nobody without the master key. */
  long fingerprint(String subject, byte[] clear);
}
