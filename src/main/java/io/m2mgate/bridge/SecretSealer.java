package io.m2mgate.bridge;

/** Seals a terminal's secret under the master key, bound to the terminal and its purpose. Safe for any thread. */
public interface SecretSealer {

  /**
   * @param kind {@code uplinkPassword}, {@code downlinkPassword} or {@code baseKey}
   */
  byte[] seal(String serial, String kind, byte[] clear);

  /** Whether a sealed value is this one; one that does not open is none. */
  boolean holds(String serial, String kind, byte[] sealed, byte[] clear);
}
