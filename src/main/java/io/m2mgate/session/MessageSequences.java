package io.m2mgate.session;

import java.util.Arrays;

/** The sequences that the parts of one message carry: the first, and the latest of its repeats. Owned by the terminal's lane. */
final class MessageSequences {

  private static final int MOST = 8;

  private int[] known = new int[2];
  private int count;

  void clear() {
    count = 0;
  }

  boolean has(int sequence) {
    for (int i = 0; i < count; i++) {
      if (known[i] == sequence) {
        return true;
      }
    }
    return false;
  }

  /** Ask for it only where there is one. */
  int first() {
    return known[0];
  }

  void add(int sequence) {
    if (has(sequence)) {
      return;
    }
    if (count == MOST) {
      System.arraycopy(known, 2, known, 1, MOST - 2);
      count--;
    } else if (count == known.length) {
      known = Arrays.copyOf(known, MOST);
    }
    known[count++] = sequence;
  }
}
