package io.m2mgate.config;

import java.util.List;

/**
 * How much applications may ask and hold, and which proxies are believed; immutable, shared by all threads.
 *
 * @param requestsPerSecond of an application without a rate of its own; 0 = no limit
 */
public record AccessSettings(
    int requestsPerSecond,
    int keys,
    int tokens,
    int tokenSeconds,
    int sessions,
    int heartbeatSeconds,
    int maxHeartbeatSeconds,
    int rememberSeconds,
    List<Cidr> trustedProxies) {}
