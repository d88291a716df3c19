package io.m2mgate.bridge;

/** Seals a terminal's secret under the master key, bound to the terminal and its purpose. Safe for any thread. */
@FunctionalInterface
public interface SecretSealer {

  /**
   * @param kind {@code uplinkPassword}, {@code downlinkPassword} or {@code baseKey}
   */
  byte[] seal(String serial, String kind, byte[] clear);
}
