package io.m2mgate.security;

import io.m2mgate.bus.LaneMetrics;
import io.m2mgate.bus.SegmentMemory;
import io.m2mgate.wire.Reassembly;
import io.m2mgate.wire.Vectors;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.security.SecureRandom;

/** The parts of a lane's security, put together as its verticle does. */
public record Sealing(
    SessionCiphers ciphers, FrameSecurity security, FrameSealer sealer, SegmentOptions segments) {

  private static final int SCHEDULES = 8;

  static Sealing usual() {
    DigestProof proofs = new DigestProof();
    SessionCiphers ciphers = new SessionCiphers(
        new BodyCiphers(new SecureRandom(), SCHEDULES), new LaneMetrics(new SimpleMeterRegistry()));
    SegmentOptions segments = segments(new SimpleMeterRegistry());
    return new Sealing(
        ciphers,
        new FrameSecurity(proofs, ciphers, new Parts(segments)),
        new FrameSealer(Vectors.DICTIONARY, proofs, ciphers),
        segments);
  }

  static SegmentOptions segments(MeterRegistry registry) {
    return new SegmentOptions(
        new Reassembly.Limits(256, 65_536, 270_000, 300_000),
        new SegmentMemory(1_000_000, registry));
  }
}
