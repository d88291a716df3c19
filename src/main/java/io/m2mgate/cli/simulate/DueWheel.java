package io.m2mgate.cli.simulate;

import java.util.concurrent.TimeUnit;

/**
 * When each of many entries is to be looked at next: a wheel of {@value #SLOTS} slots of {@value #SLOT_MILLIS} ms. Putting, moving and
 * taking out cost the same however many there are. One thread.
 *
 * @param <E> what is looked at
 */
final class DueWheel<E extends DueWheel.Entry> {
  static final int SLOT_MILLIS = 20;

  private static final int SLOTS = 4096;
  private static final long SLOT_NANOS = TimeUnit.MILLISECONDS.toNanos(SLOT_MILLIS);
  private static final int OUT = -1;

  private final Entry[] slots = new Entry[SLOTS];
  private final long beganNanos;
  private long turned;

  /** Somebody whose time has come. */
  interface Look<E> {
    void at(E due, long now);
  }

  /** Of one wheel at a time. */
  static class Entry {
    private Entry previous;
    private Entry next;
    private int slot = OUT;
  }

  DueWheel(long now) {
    beganNanos = now;
  }

  /** Looks at it after so many nanoseconds, at the next turn at the earliest; sooner where that is further away than a whole round. */
  void put(E entry, long now, long waitNanos) {
    long due = (now - beganNanos + Math.min(waitNanos, SLOTS * SLOT_NANOS)) / SLOT_NANOS + 1;
    int slot = (int) (Math.min(Math.max(due, turned + 1), turned + SLOTS - 1) % SLOTS);
    Entry moved = entry;
    if (moved.slot != slot) {
      remove(moved);
      moved.slot = slot;
      moved.next = slots[slot];
      if (moved.next != null) {
        moved.next.previous = moved;
      }
      slots[slot] = moved;
    }
  }

  /** It is not looked at any more. */
  void remove(Entry entry) {
    if (entry.slot == OUT) {
      return;
    }
    if (entry.previous == null) {
      slots[entry.slot] = entry.next;
    } else {
      entry.previous.next = entry.next;
    }
    if (entry.next != null) {
      entry.next.previous = entry.previous;
    }
    entry.previous = null;
    entry.next = null;
    entry.slot = OUT;
  }

  /** Looks at all that are due by now; each is out of the wheel then, until it is put in again. */
  @SuppressWarnings("unchecked")
  void turn(long now, Look<E> look) {
    long to = (now - beganNanos) / SLOT_NANOS;
    while (turned < to) {
      turned++;
      int slot = (int) (turned % SLOTS);
      while (slots[slot] != null) {
        Entry due = slots[slot];
        remove(due);
        look.at((E) due, now);
      }
    }
  }
}
