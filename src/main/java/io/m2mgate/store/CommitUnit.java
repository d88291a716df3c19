package io.m2mgate.store;

import java.util.List;

/**
 * The changes of one exchange, durable together or not at all, with the outcome once known. Written by the lane before it
 * is handed over, by the store's writer until its batch is done, read by the lane afterwards.
 */
public final class CommitUnit {

  /** What became of a unit. */
  public enum Outcome {
    PENDING,
    /** Durable. */
    COMMITTED,
    /** The store did not take it now (full, away, failing); the same may be asked again. */
    UNAVAILABLE,
    /** Not possible any more: the terminal or the application is gone. */
    REJECTED
  }

  private final List<Change> changes;
  private final Listener listener;
  private Outcome outcome = Outcome.PENDING;

  /** Told on the lane that asked, once the outcome is known. */
  @FunctionalInterface
  public interface Listener {
    void done(Outcome outcome);
  }

  public CommitUnit(List<Change> changes, Listener listener) {
    this.changes = List.copyOf(changes);
    this.listener = listener;
  }

  public List<Change> changes() {
    return changes;
  }

  public Listener listener() {
    return listener;
  }

  public Outcome outcome() {
    return outcome;
  }

  public void outcome(Outcome known) {
    outcome = known;
  }
}
