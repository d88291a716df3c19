package io.m2mgate.session;

import java.util.function.Consumer;

/**
 * Goes round the terminals of a table in parts, so that no part takes long. From the last place to the first: who takes the place
 * of one that leaves was met already, or is met yet. Owned by the table's lane.
 */
public final class Round {

  private final SessionTable table;
  private final int parts;
  private int left;
  private int ofPart;

  /** @param parts of one round */
  public Round(SessionTable table, int parts) {
    this.table = table;
    this.parts = parts;
  }

  /** The next part begins a round. */
  public boolean begins() {
    return left == 0;
  }

  /** Meets those of the next part; who comes during a round is met in the next. */
  public void part(Consumer<Resident> meets) {
    if (begins()) {
      left = table.size();
      ofPart = (left + parts - 1) / parts;
    }
    left = Math.min(left, table.size());
    int until = Math.max(0, left - ofPart);
    while (left > until) {
      left--;
      meets.accept(table.at(left));
    }
  }
}
