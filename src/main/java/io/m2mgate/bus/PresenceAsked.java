package io.m2mgate.bus;

import io.m2mgate.session.SessionState;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/**
 * Somebody wants to know of the presence of terminals.
 *
 * @param told completed by the lane with those that it has in memory
 */
public record PresenceAsked(
    Collection<String> serials, CompletableFuture<Map<String, SessionState>> told) {}
