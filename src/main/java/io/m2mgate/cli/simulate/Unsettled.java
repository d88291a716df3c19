package io.m2mgate.cli.simulate;

import java.util.List;

/**
 * How many terminals of one event loop have not come through what they planned. Of many it looks at a part at a time. Owned by that
 * event loop.
 */
final class Unsettled {
  private static final int AT_ONCE = 5_000;

  private int looked;
  private int found;
  private int known;

  /** Looks at some more; gives what the last round over all of them found. */
  int count(List<SimulatedTerminal> terminals) {
    int end = Math.min(terminals.size(), looked + AT_ONCE);
    for (; looked < end; looked++) {
      found += terminals.get(looked).unsettled() ? 1 : 0;
    }
    if (looked == terminals.size()) {
      known = found;
      looked = 0;
      found = 0;
    }
    return known;
  }
}
