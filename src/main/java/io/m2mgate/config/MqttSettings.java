package io.m2mgate.config;

/** The MQTT interface for applications; immutable, shared by all threads. */
public record MqttSettings(
    boolean enabled,
    String host,
    int port,
    boolean allowPlaintext,
    TlsSettings tls,
    int inFlight,
    int maxConnections,
    int maxMessageBytes,
    int requestsPerSecond,
    int stallSeconds,
    int sessionExpirySeconds,
    int maxSessions,
    int maxSharedSubscriptions) {}
