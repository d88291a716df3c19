package io.m2mgate.bus;

import java.util.concurrent.CompletableFuture;

/**
 * A terminal's stored record was created, changed or deleted.
 *
 * @param seen completed by the lane once it will serve the new record only
 */
public record TerminalChanged(String serial, CompletableFuture<Void> seen) {}
