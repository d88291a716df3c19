package io.m2mgate.net;

import java.util.Optional;

/**
 * The TCP listener of the terminals.
 *
 * @param maxFrame longest frame that is accepted, bytes
 * @param maxConnections of all lanes together
 * @param acceptPerSecond of all lanes together
 * @param unverifiedBytes kept for peers that have not proven anything, of all lanes together
 */
public record TcpOptions(
    String host,
    int port,
    int maxFrame,
    int maxConnections,
    int acceptPerSecond,
    long unverifiedBytes,
    Optional<ListenerTls> tls,
    ConnectionLimits connection) {}
