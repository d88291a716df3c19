package io.m2mgate.trace;

import io.m2mgate.dictionary.Dialect;
import io.m2mgate.session.Inbound;
import io.m2mgate.session.Origin;
import io.m2mgate.trace.Seen.Direction;
import io.m2mgate.trace.Seen.Place;
import io.m2mgate.wire.Frame;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * The open traces of this process, of all lanes. May be used from any thread; while none is open a lane pays for one read of a
 * volatile field.
 */
public final class Traces {

  private static final Trace[] NONE = {};

  private final Limits limits;
  private final Counter shown;
  private final Counter lost;
  private volatile Trace[] open = NONE;

  /**
   * @param max traces at once
   * @param maxSeconds of one trace
   * @param bufferFrames that may wait for the reader of one
   * @param bufferBytes of such frames
   */
  public record Limits(int max, int maxSeconds, int bufferFrames, long bufferBytes) {}

  public Traces(Limits limits, MeterRegistry registry) {
    this.limits = limits;
    shown = counter(registry, "m2mgate_trace_frames", "Frames that a trace took");
    lost = counter(registry, "m2mgate_trace_lost", "Frames that did not fit a trace's buffer");
  }

  private static Counter counter(MeterRegistry registry, String name, String description) {
    return Counter.builder(name).description(description).register(registry);
  }

  public Limits limits() {
    return limits;
  }

  /** Whether anybody watches. */
  public boolean any() {
    return open.length > 0;
  }

  /**
   * Begins a trace; empty while there are as many as there may be.
   *
   * @param onMore is told when something waits; called on lanes' threads, must not block
   */
  public synchronized Optional<Trace> open(Filter filter, Runnable onMore) {
    if (open.length >= limits.max()) {
      return Optional.empty();
    }
    Trace trace = new Trace(filter, limits, onMore);
    Trace[] more = Arrays.copyOf(open, open.length + 1);
    more[open.length] = trace;
    open = more;
    return Optional.of(trace);
  }

  /** Ends a trace. A second call does nothing. */
  public synchronized void close(Trace trace) {
    open = Arrays.stream(open).filter(other -> other != trace).toArray(Trace[]::new);
  }

  /** Shows a frame to who wants it; made only where somebody does. */
  public void frame(
      Direction direction, Frame frame, Dialect dialect, Origin origin, Supplier<Seen> made) {
    offer(filter -> filter.wants(direction, frame, dialect, origin), made);
  }

  /** An accepted frame was not served. */
  public void later(Inbound in, Dialect dialect, long nowMillis, String reason) {
    Frame frame = in.frame();
    offer(
        filter -> filter.wantsLater(frame, dialect, in.origin()),
        () -> new Seen.Later(
            nowMillis,
            place(in.origin()),
            frame.serial(),
            frame.command(),
            frame.sequence(),
            reason));
  }

  /** A connection is closed, or a datagram dropped, for bytes that are no frame. */
  public void unframed(Origin origin, long nowMillis, String reason) {
    offer(
        filter -> filter.wantsUnframed(origin),
        () -> new Seen.Unframed(nowMillis, place(origin), reason));
  }

  public static Place place(Origin origin) {
    return new Place(origin.bearer(), origin.remote());
  }

  private void offer(Predicate<Filter> wanted, Supplier<Seen> made) {
    Optional<Seen> seen = Optional.empty();
    for (Trace trace : open) {
      if (wanted.test(trace.filter())) {
        seen = seen.isPresent() ? seen : Optional.of(made.get());
        (trace.offer(seen.get()) ? shown : lost).increment();
      }
    }
  }
}
