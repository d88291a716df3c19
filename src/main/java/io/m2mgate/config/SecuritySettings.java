package io.m2mgate.config;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Lock-out, clear-text secrets and the master key; immutable, shared by all threads. */
public record SecuritySettings(
    int maxFailures,
    int failureWindowSeconds,
    int lockSeconds,
    int sourceChecksPerSecond,
    int trackedFailures,
    int auditsPerMinute,
    int sessionKeySeconds,
    int sessionKeyBlocks,
    int cipherKeys,
    List<Cidr> clearSecretsTo,
    Optional<Path> masterKeyFile,
    Rotation rotation,
    int expiryWarnSeconds) {

  /**
   * New sets of secrets.
   *
   * @param lifetimeSeconds of a new secret, 0 without end
   * @param auto secrets that expire are rotated before
   */
  public record Rotation(
      int deadlineSeconds, int lifetimeSeconds, boolean auto, int checkSeconds) {}
}
