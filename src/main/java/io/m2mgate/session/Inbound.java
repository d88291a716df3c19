package io.m2mgate.session;

import io.m2mgate.wire.Frame;

/**
 * A frame as a bearer received it.
 *
 * @param frame the frame, its header checked
 * @param origin where answers go
 * @param receivedMillis when its last byte was read
 */
public record Inbound(Frame frame, Origin origin, long receivedMillis) {}
