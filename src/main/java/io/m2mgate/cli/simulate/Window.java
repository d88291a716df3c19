package io.m2mgate.cli.simulate;

/** The open exchanges of one terminal, oldest first. Owned by the terminal's event loop. */
final class Window {
  private final Exchange[] ring;
  private int head;
  private int size;
  private int open;

  Window(int capacity) {
    ring = new Exchange[capacity];
  }

  boolean hasRoom() {
    return size < ring.length;
  }

  /** How many are not answered. */
  int open() {
    return open;
  }

  /** Slots to look at; some may be answered already. */
  int size() {
    return size;
  }

  /** One of {@link #size}. */
  Exchange at(int i) {
    return ring[(head + i) % ring.length];
  }

  Exchange begin(int counter, long nowNanos) {
    int slot = (head + size++) % ring.length;
    if (ring[slot] == null) {
      ring[slot] = new Exchange();
    }
    Exchange exchange = ring[slot];
    exchange.begin(counter, nowNanos);
    open++;
    return exchange;
  }

  /** The slot that an ack answers, or -1. */
  int answeredBy(int sequence) {
    for (int i = 0; i < size; i++) {
      if (at(i).answeredBy(sequence)) {
        return i;
      }
    }
    return -1;
  }

  /** Ends one; slots come free in order. */
  void end(int i) {
    at(i).open = false;
    open--;
    while (size > 0 && !ring[head].open) {
      head = (head + 1) % ring.length;
      size--;
    }
  }
}
