package io.m2mgate.command;

/**
 * How logins are admitted.
 *
 * @param perSecond over all lanes
 * @param queueLength over all lanes
 * @param sessionKeySeconds until a session key expires
 * @param registrationOpen strangers are told to register instead of being told that they are unknown
 */
public record LoginOptions(
    int perSecond,
    int queueLength,
    long queueMillis,
    int sessionKeySeconds,
    boolean registrationOpen) {}
