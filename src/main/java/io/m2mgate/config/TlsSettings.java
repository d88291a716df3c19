package io.m2mgate.config;

import java.nio.file.Path;
import java.util.Optional;

/**
 * TLS of one listener; immutable, shared by all threads. When enabled, the files that are needed are present and readable.
 *
 * @param clientCaFile whose certificates clients may show
 * @param reloadSeconds between two looks whether a file has changed, the same for all listeners; 0 = never
 */
public record TlsSettings(
    boolean enabled,
    Optional<Path> certificateFile,
    Optional<Path> keyFile,
    Optional<Path> clientCaFile,
    ClientAuth clientAuth,
    int reloadSeconds) {

  /** What a client has to show. */
  public enum ClientAuth {
    /** It is not asked for a certificate. */
    NONE,
    /** It may have none, but not a wrong one. */
    REQUEST,
    REQUIRED
  }
}
