package io.m2mgate.cli.simulate;

import java.util.BitSet;
import java.util.stream.IntStream;

/**
 * Both sides of every reading: acknowledged to its terminal, delivered to its application. Acknowledgements of one terminal
 * are written by its event loop, deliveries by the reader's; the sides meet when nobody acknowledges any more.
 */
public final class Ledger {
  private final BitSet[] acknowledged;
  private final BitSet[] delivered;
  private final int[] lastDelivered;
  private final Totals totals = new Totals();
  private long lastOffset;

  /** What the reader counted, and {@code lost}, which only the meeting of both sides shows. */
  public record Verdict(
      long delivered,
      long lost,
      long duplicatesMarked,
      long duplicatesUnmarked,
      long markedWithoutCause,
      long reordered) {}

  private static final class Totals {
    private long delivered;
    private long duplicatesMarked;
    private long duplicatesUnmarked;
    private long markedWithoutCause;
    private long reordered;
  }

  Ledger(int terminals) {
    acknowledged = bitSets(terminals);
    delivered = bitSets(terminals);
    lastDelivered = new int[terminals];
    java.util.Arrays.fill(lastDelivered, -1);
  }

  private static BitSet[] bitSets(int count) {
    return IntStream.range(0, count).mapToObj(i -> new BitSet()).toArray(BitSet[]::new);
  }

  void acknowledge(int terminal, int counter) {
    acknowledged[terminal].set(counter);
  }

  /** True when this reading is delivered for the first time. */
  boolean deliver(int terminal, int counter, long offset, boolean marked) {
    if (offset <= lastOffset) {
      totals.reordered++;
    }
    lastOffset = Math.max(lastOffset, offset);
    if (delivered[terminal].get(counter)) {
      if (marked) {
        totals.duplicatesMarked++;
      } else {
        totals.duplicatesUnmarked++;
      }
      return false;
    }
    delivered[terminal].set(counter);
    totals.delivered++;
    totals.markedWithoutCause += marked ? 1 : 0;
    if (counter < lastDelivered[terminal]) {
      totals.reordered++;
    } else {
      lastDelivered[terminal] = counter;
    }
    return true;
  }

  long delivered() {
    return totals.delivered;
  }

  /** How many are acknowledged and not delivered. Only when nobody acknowledges any more. */
  long missing() {
    long missing = 0;
    for (int i = 0; i < acknowledged.length; i++) {
      if (!acknowledged[i].isEmpty()) {
        BitSet open = (BitSet) acknowledged[i].clone();
        open.andNot(delivered[i]);
        missing += open.cardinality();
      }
    }
    return missing;
  }

  /** Only when nobody acknowledges any more, on the reader's event loop. */
  Verdict close() {
    return new Verdict(
        totals.delivered,
        missing(),
        totals.duplicatesMarked,
        totals.duplicatesUnmarked,
        totals.markedWithoutCause,
        totals.reordered);
  }
}
