package io.m2mgate.config;

/** The HTTP interface for applications and administrators; immutable, shared by all threads. */
public record HttpSettings(
    String host,
    int port,
    boolean allowPlaintext,
    TlsSettings tls,
    int maxBodyBytes,
    int sseHeartbeatSeconds,
    int maxWaitSeconds,
    int maxStreams,
    int stallSeconds,
    boolean docs,
    Upload upload) {

  /** Bounds of an upload of terminals. */
  public record Upload(int maxLineBytes, int batchRows) {}
}
