package io.m2mgate.net;

/**
 * Limits of one connection (design 7, wire 8).
 *
 * @param framesInFlight frames that may be unanswered before it is read no further
 * @param outboxBytes bytes that may wait to be written before it is read no further
 */
public record ConnectionLimits(
    int framesInFlight,
    int outboxBytes,
    long outboxFullMillis,
    long unfinishedFrameMillis,
    long unverifiedMillis) {}
