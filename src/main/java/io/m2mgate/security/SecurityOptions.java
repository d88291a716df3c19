package io.m2mgate.security;

/**
 * Limits of the security verticle.
 *
 * @param pendingLoads terminals that one lane may be reading from the store at a time
 * @param startedMillis when the gateway started
 */
public record SecurityOptions(int pendingLoads, long startedMillis) {}
