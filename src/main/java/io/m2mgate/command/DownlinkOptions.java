package io.m2mgate.command;

/**
 * Bounds of what waits to be asked of terminals.
 *
 * @param maxTerminals of one lane that have something waiting
 * @param queueLength requests that wait for one terminal
 * @param maxParts that one request may go in
 */
public record DownlinkOptions(int maxTerminals, int queueLength, int maxParts) {}
