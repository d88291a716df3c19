package io.m2mgate.bus;

import io.m2mgate.wire.Reassembly;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.concurrent.atomic.AtomicLong;

/** The memory for segmented messages that all terminals share. May be used from any thread; never waits. */
public final class SegmentMemory implements Reassembly.Memory {

  private final long most;
  private final AtomicLong used = new AtomicLong();

  /** @param most bytes in all */
  public SegmentMemory(long most, MeterRegistry registry) {
    this.most = most;
    Gauge.builder("m2mgate_segment_bytes", used, AtomicLong::get)
        .description("Memory of segmented messages that are not complete or not answered")
        .strongReference(true)
        .register(registry);
    Gauge.builder("m2mgate_segment_bytes_limit", () -> most)
        .description("What it is bounded by")
        .strongReference(true)
        .register(registry);
  }

  @Override
  public boolean take(int bytes) {
    if (used.addAndGet(bytes) <= most) {
      return true;
    }
    used.addAndGet(-bytes);
    return false;
  }

  @Override
  public void give(int bytes) {
    if (bytes > 0) {
      used.addAndGet(-bytes);
    }
  }
}
