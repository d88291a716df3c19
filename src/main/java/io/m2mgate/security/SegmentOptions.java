package io.m2mgate.security;

import io.m2mgate.session.Segments;
import io.m2mgate.wire.Reassembly;

/**
 * Bounds of messages that travel in parts.
 *
 * @param limits of one message
 * @param memory that all share
 */
public record SegmentOptions(Reassembly.Limits limits, Reassembly.Memory memory) {

  Segments newSegments() {
    return new Segments(limits, memory);
  }
}
