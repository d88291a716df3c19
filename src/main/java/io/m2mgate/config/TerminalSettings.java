package io.m2mgate.config;

import java.util.Optional;
import java.util.OptionalInt;

/** The listeners for terminals and their limits; immutable, shared by all threads. */
public record TerminalSettings(
    Tcp tcp, Udp udp, int maxFrame, Advertised advertised, boolean allowPlaintext, Limits limits) {

  /** The TCP listener; port 0 is any. */
  public record Tcp(boolean enabled, String host, int port, TlsSettings tls) {}

  /**
   * The UDP listener; port 0 is any.
   *
   * @param receiveBufferBytes of each lane's socket
   * @param sendBufferBytes of each lane's socket
   */
  public record Udp(
      boolean enabled,
      String host,
      int port,
      int receiveBufferBytes,
      int sendBufferBytes,
      int candidateBytes) {}

  /** What terminals are told to connect to; empty means what was bound. */
  public record Advertised(Optional<String> host, OptionalInt tcpPort, OptionalInt udpPort) {}

  /** What terminals may take of the gateway; counts are over all lanes unless they say otherwise. */
  public record Limits(
      int maxConnections,
      int acceptPerSecond,
      int unverifiedBytes,
      int unfinishedFrameSeconds,
      int unverifiedSeconds,
      int framesInFlight,
      int outboxBytes,
      int outboxFullSeconds,
      int cacheEntries,
      int pendingLoads) {}
}
