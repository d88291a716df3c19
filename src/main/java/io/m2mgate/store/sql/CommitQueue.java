package io.m2mgate.store.sql;

import io.m2mgate.store.CommitBatch;
import io.m2mgate.store.CommitUnit;
import io.m2mgate.store.Journal;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The units that wait for their commit, in the order in which they came. Filled on any thread, emptied by the writer's
 * turns; its lock is held for a few moves only.
 *
 * <p>An idle store commits at once. Under load groups start at most once in {@code maxDelayMillis}, or as soon as one is
 * full: what comes meanwhile shares a commit.
 */
final class CommitQueue implements Journal {
  private static final Logger LOG = LoggerFactory.getLogger(CommitQueue.class);

  /** A batch until all of its units have their outcome. */
  private static final class Open {
    final CommitBatch batch;
    final AtomicInteger missing;

    Open(CommitBatch batch) {
      this.batch = batch;
      this.missing = new AtomicInteger(batch.units().size());
    }
  }

  /** A unit on its way to its commit. */
  record Waiting(CommitUnit unit, Object batch) {}

  private final int maxRows;
  private final long maxDelayNanos;
  private final int bound;
  private final StoreMetrics metrics;
  private final Runnable wake;

  private final ArrayDeque<Waiting> units = new ArrayDeque<>(); // guarded by this, like all below
  private long rows;
  private long firstNanos;
  private long groupNanos;
  private boolean closed;

  CommitQueue(int maxRows, int maxDelayMillis, int bound, StoreMetrics metrics, Runnable wake) {
    this.maxRows = maxRows;
    this.maxDelayNanos = maxDelayMillis * 1_000_000L;
    this.bound = bound;
    this.metrics = metrics;
    this.wake = wake;
    this.groupNanos = System.nanoTime() - maxDelayNanos;
    metrics.queuedUnits(this::size);
  }

  @Override
  public void append(CommitBatch batch) {
    if (batch.units().isEmpty()) {
      tell(batch);
    } else if (accept(batch)) {
      wake.run();
    } else {
      metrics.unavailable(batch.units().size());
      batch.units().forEach(unit -> unit.outcome(CommitUnit.Outcome.UNAVAILABLE));
      tell(batch);
    }
  }

  private synchronized boolean accept(CommitBatch batch) {
    if (closed || (!units.isEmpty() && units.size() + batch.units().size() > bound)) {
      return false;
    }
    if (units.isEmpty()) {
      firstNanos = System.nanoTime();
    }
    Open open = new Open(batch);
    for (CommitUnit unit : batch.units()) {
      units.add(new Waiting(unit, open));
      rows += unit.changes().size();
    }
    return true;
  }

  synchronized int size() {
    return units.size();
  }

  synchronized void close() {
    closed = true;
  }

  /** Microseconds until the next group, empty when nothing waits. */
  synchronized OptionalLong readyInMicros() {
    if (units.isEmpty()) {
      return OptionalLong.empty();
    }
    if (rows >= maxRows || closed) {
      return OptionalLong.of(0);
    }
    long now = System.nanoTime();
    long pause = Math.min(groupNanos, firstNanos) + maxDelayNanos - now;
    return OptionalLong.of(pause <= 0 ? 0 : pause / 1000 + 1);
  }

  /** Takes the next group: at least one unit, and more until it has its rows. */
  synchronized List<Waiting> take() {
    List<Waiting> group = new ArrayList<>();
    int taken = 0;
    while (!units.isEmpty()
        && (group.isEmpty() || taken + units.peek().unit().changes().size() <= maxRows)) {
      Waiting next = units.poll();
      taken += next.unit().changes().size();
      group.add(next);
    }
    rows -= taken;
    firstNanos = groupNanos = System.nanoTime();
    return group;
  }

  /** Takes whatever waits. */
  synchronized List<Waiting> takeAll() {
    List<Waiting> all = new ArrayList<>(units);
    units.clear();
    rows = 0;
    return all;
  }

  /** Tells the batches whose last unit is among these. Every unit of the list has its outcome. */
  void done(List<Waiting> group) {
    for (Waiting waiting : group) {
      Open open = (Open) waiting.batch();
      if (open.missing.decrementAndGet() == 0) {
        tell(open.batch);
      }
    }
  }

  private static void tell(CommitBatch batch) {
    try {
      batch.onDone().accept(batch);
    } catch (RuntimeException e) {
      LOG.error("the asker of a commit failed when told of it", e);
    }
  }
}
