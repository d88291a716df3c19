package io.m2mgate.exchange;

/**
 * The way to a terminal.
 *
 * @param timestamp of the session
 * @param confirmed false for a tentative session of a terminal without login trap
 * @param timeoutMillis how long to wait for an ack on this bearer
 */
public record Link(long timestamp, boolean confirmed, long timeoutMillis) {}
