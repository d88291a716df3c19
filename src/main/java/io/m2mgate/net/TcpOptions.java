package io.m2mgate.net;

/**
 * The TCP listener of the terminals.
 *
 * @param maxFrame longest frame that is accepted, bytes
 * @param maxConnections of all lanes together
 * @param acceptPerSecond of all lanes together
 */
public record TcpOptions(
    String host,
    int port,
    int maxFrame,
    int maxConnections,
    int acceptPerSecond,
    ConnectionLimits connection) {}
