package io.m2mgate.command;

import io.m2mgate.store.StoredCommand.Progress;
import java.util.ArrayList;
import java.util.List;

/** The sequences of one command's requests in their place, unsigned: the first, and the latest of its parts and sends. */
final class SentAs {
  private static final int MOST = 64;

  private final List<Long> sequences = new ArrayList<>(1);

  /** The store has the last sequence alone; a part that leaves again has the one after that of its last send (wire 6). */
  void before(Progress progress, boolean inParts) {
    int known = inParts ? Math.max(1, Math.min(progress.attempts(), MOST)) : 1;
    for (int before = known - 1; before >= 0; before--) {
      sequences.add(Integer.toUnsignedLong((int) (progress.sequence() - before)));
    }
  }

  void add(long sequence) {
    if (sequences.contains(sequence)) {
      return;
    }
    if (sequences.size() == MOST) {
      sequences.remove(1);
    }
    sequences.add(sequence);
  }

  boolean contains(long sequence) {
    return sequences.contains(sequence);
  }
}
