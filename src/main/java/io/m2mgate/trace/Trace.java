package io.m2mgate.trace;

import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * One open trace and what waits for its reader, within bounds: what does not fit is counted in its place. Lanes offer from their
 * threads and never wait; one thread takes.
 */
public final class Trace {

  private final Filter filter;
  private final Traces.Limits limits;
  private final Runnable onMore;
  private final Queue<Entry> waiting = new ConcurrentLinkedQueue<>();
  private final AtomicInteger frames = new AtomicInteger();
  private final AtomicLong bytes = new AtomicLong();
  private final AtomicLong lost = new AtomicLong();
  private final AtomicBoolean told = new AtomicBoolean();

  /**
   * What is to be shown next.
   *
   * @param lost frames that did not fit into the buffer just before it
   * @param seen empty where nothing came since
   */
  public record Entry(long lost, Optional<Seen> seen) {}

  Trace(Filter filter, Traces.Limits limits, Runnable onMore) {
    this.filter = filter;
    this.limits = limits;
    this.onMore = onMore;
  }

  Filter filter() {
    return filter;
  }

  /** True when it was taken; else it is counted as lost. */
  boolean offer(Seen seen) {
    boolean fits = frames.incrementAndGet() <= limits.bufferFrames();
    boolean taken = bytes.addAndGet(seen.bytes()) <= limits.bufferBytes() && fits;
    if (taken) {
      waiting.add(new Entry(lost.getAndSet(0), Optional.of(seen)));
    } else {
      frames.decrementAndGet();
      bytes.addAndGet(-seen.bytes());
      lost.incrementAndGet();
    }
    if (told.compareAndSet(false, true)) {
      onMore.run();
    }
    return taken;
  }

  /** To be called before the reader takes what there is: what comes from now on is told again. */
  public void reading() {
    told.set(false);
  }

  /** The next entry; empty when there is none. */
  public Optional<Entry> next() {
    Entry next = waiting.poll();
    if (next != null) {
      frames.decrementAndGet();
      next.seen().ifPresent(it -> bytes.addAndGet(-it.bytes()));
      return Optional.of(next);
    }
    long missed = lost.getAndSet(0);
    return missed == 0 ? Optional.empty() : Optional.of(new Entry(missed, Optional.empty()));
  }

  /** How much waits. */
  public int waiting() {
    return Math.max(0, frames.get());
  }
}
