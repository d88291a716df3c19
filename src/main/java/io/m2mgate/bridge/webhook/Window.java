package io.m2mgate.bridge.webhook;

import io.m2mgate.api.Event;
import io.m2mgate.store.StoredWebhook.Batch;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Owns the events that were read and are not confirmed as a prefix yet, and which of them may leave: never two shipments of one terminal
 * at once, and a terminal's events in their order. Knows no clock. One thread.
 */
final class Window {

  private final Limits limits;
  private final ArrayDeque<Entry> entries = new ArrayDeque<>();
  private final Set<String> busy = new HashSet<>();
  private final List<Shipment> failed = new ArrayList<>();
  private final Map<Shipment, List<Entry>> open = new HashMap<>();
  private int bytes;
  private int underWay;

  /** @param batch empty where each request has one event */
  record Limits(int events, int bytes, int inFlight, Optional<Batch> batch) {}

  /** An event on its way. */
  private static final class Entry {
    private final Event event;
    private final long before;
    private final boolean gap;
    private final long sinceMillis;
    private boolean taken;
    private boolean done;

    private Entry(Event event, long before, boolean gap, long sinceMillis) {
      this.event = event;
      this.before = before;
      this.gap = gap;
      this.sinceMillis = sinceMillis;
    }
  }

  /** @param whole whether nothing can join it any more */
  private record Waiting(List<Entry> entries, boolean whole) {}

  Window(Limits limits) {
    this.limits = limits;
  }

  void add(Event event, long now) {
    add(new Entry(event, event.offset() - 1, false, now));
  }

  /** A gap goes alone: nothing behind it leaves before it is confirmed. */
  void addGap(Event gap, long before, long now) {
    add(new Entry(gap, before, true, now));
  }

  private void add(Entry entry) {
    entries.addLast(entry);
    bytes += entry.event.sizeHint();
  }

  boolean isFull() {
    return entries.size() >= limits.events() || bytes >= limits.bytes();
  }

  boolean isEmpty() {
    return entries.isEmpty();
  }

  /** Everything up to this offset is confirmed. */
  long confirmed(long position) {
    return entries.isEmpty() ? position : entries.peekFirst().before;
  }

  /** How many wait to be tried again. */
  int retrying() {
    return failed.size();
  }

  /** The earliest time at which one of them is, or 0. */
  long retryMillis() {
    return failed.stream().mapToLong(shipment -> shipment.notBeforeMillis).min().orElse(0);
  }

  /** What may leave now; it is under way from then on. */
  Optional<Shipment> next(long now, Pace pace) {
    if (underWay >= limits.inFlight() || !pace.free(now, underWay)) {
      return Optional.empty();
    }
    Optional<Shipment> next = pace.isDown()
        ? fresh(now).or(() -> longestAgo(true, now))
        : longestAgo(false, now).or(() -> fresh(now));
    next.ifPresent(shipment -> {
      failed.remove(shipment);
      shipment.lastTryMillis = now;
      underWay++;
    });
    return next;
  }

  /** The earliest time at which something may leave that may not now, without anything else happening. */
  long wake(Pace pace) {
    if (underWay >= limits.inFlight() || pace.isDown() && underWay > 0) {
      return Long.MAX_VALUE;
    }
    long earliest = Long.MAX_VALUE;
    for (var shipment : failed) {
      earliest = Math.min(earliest, pace.isDown() ? 0 : shipment.notBeforeMillis);
    }
    var waiting = waiting();
    if (!waiting.entries().isEmpty()) {
      earliest = Math.min(earliest, due(waiting));
    }
    return earliest == Long.MAX_VALUE ? earliest : Math.max(earliest, pace.pausedUntil());
  }

  void done(Shipment shipment) {
    underWay--;
    for (var entry : open.remove(shipment)) {
      entry.done = true;
      busy.remove(entry.event.serial());
    }
    while (!entries.isEmpty() && entries.peekFirst().done) {
      bytes -= entries.removeFirst().event.sizeHint();
    }
  }

  void failed(Shipment shipment) {
    underWay--;
    failed.add(shipment);
  }

  /** What failed need not wait any longer: the receiver is back. */
  void release(long now) {
    failed.forEach(shipment -> shipment.notBeforeMillis = now);
  }

  private Optional<Shipment> longestAgo(boolean any, long now) {
    return failed.stream()
        .filter(shipment -> any || shipment.notBeforeMillis <= now)
        .min(Comparator.comparingLong(shipment -> shipment.lastTryMillis));
  }

  private Optional<Shipment> fresh(long now) {
    var waiting = waiting();
    var taken = waiting.entries();
    if (taken.isEmpty() || due(waiting) > now) {
      return Optional.empty();
    }
    var shipment = new Shipment(
        taken.stream().map(entry -> entry.event).toList(), limits.batch().isPresent());
    for (var entry : taken) {
      entry.taken = true;
      busy.add(entry.event.serial());
    }
    open.put(shipment, taken);
    return Optional.of(shipment);
  }

  /** What would go in the next shipment. */
  private Waiting waiting() {
    var taken = new ArrayList<Entry>();
    int size = 0;
    for (var entry : entries) {
      if (entry.gap) {
        boolean first = entry == entries.peekFirst() && !entry.taken;
        return new Waiting(first ? List.of(entry) : taken, true);
      }
      if (entry.taken || busy.contains(entry.event.serial())) {
        continue;
      }
      size += entry.event.sizeHint();
      if (!taken.isEmpty() && size > maxBytes()) {
        return new Waiting(taken, true);
      }
      taken.add(entry);
      if (taken.size() >= maxEvents()) {
        return new Waiting(taken, true);
      }
    }
    return new Waiting(taken, isFull());
  }

  /** When it leaves: at once where it grows no more. */
  private long due(Waiting waiting) {
    long patience = limits.batch().map(Batch::maxDelayMillis).orElse(0);
    return waiting.whole() ? 0 : waiting.entries().get(0).sinceMillis + patience;
  }

  private int maxEvents() {
    return limits.batch().map(Batch::maxEvents).orElse(1);
  }

  private int maxBytes() {
    return limits.batch().map(Batch::maxBytes).orElse(0);
  }
}
