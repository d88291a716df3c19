package io.m2mgate.store;

import io.m2mgate.store.TerminalStore.TerminalFilter;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * One request that the terminals of a filter get what is desired of their parameters (5.3.9), and how far it has come.
 *
 * @param ask as it was asked; never changes
 */
public record Reconciliation(Ask ask, Progress progress) {

  public String id() {
    return ask.id();
  }

  public boolean isOpen() {
    return progress.finishedMillis() == 0;
  }

  /** One that was asked just now. */
  public static Reconciliation asked(Ask ask) {
    return new Reconciliation(
        ask,
        new Progress(State.RUNNING, "", "", false, false, 0, Map.of(), ask.createdMillis(), 0));
  }

  /**
   * @param id ULID
   * @param by who asked, as the audit names it
   * @param app whose terminals
   * @param filter which of them
   * @param serials none but these, ascending; empty for all of the filter
   * @param ratePerSecond terminals that are asked in a second, at most
   * @param cap terminals that are taken on, at most
   * @param dryRun nothing is sent: it says what would be
   * @param overrideAttempts what was sent as often as it may be is sent once more
   * @param endsMillis when it ends at the latest
   */
  public record Ask(
      String id,
      String by,
      String app,
      TerminalFilter filter,
      List<String> serials,
      int ratePerSecond,
      int cap,
      boolean dryRun,
      boolean overrideAttempts,
      long createdMillis,
      long endsMillis) {
    public Ask {
      serials = List.copyOf(serials);
    }
  }

  /**
   * @param reason why it ended, empty where the state says all
   * @param afterSerial the last serial that was looked at, empty before the first
   * @param scanned all terminals of the filter were looked at, or as many as the cap lets
   * @param capped there are terminals that it did not take on for its cap
   * @param examined terminals with desired parameters that were looked at
   * @param counts of {@link Item}s by their stage
   * @param finishedMillis 0 while it is open
   */
  public record Progress(
      State state,
      String reason,
      String afterSerial,
      boolean scanned,
      boolean capped,
      long examined,
      Map<Stage, Long> counts,
      long updatedMillis,
      long finishedMillis) {

    public Progress {
      counts = Map.copyOf(counts);
    }

    public long count(Stage stage) {
      return counts.getOrDefault(stage, 0L);
    }
  }

  /** Whether it is at work. */
  public enum State {
    RUNNING,
    FINISHED,
    CANCELLED;

    public String text() {
      return name().toLowerCase(Locale.ROOT);
    }

    public static Optional<State> parse(String text) {
      return Arrays.stream(values()).filter(state -> state.text().equals(text)).findFirst();
    }
  }

  /**
   * One terminal that had something undone when the reconciliation came to it.
   *
   * @param reason why it is in its stage, empty where that says all
   * @param parameters names of those that it is about
   * @param command that carries them, empty where none was made
   */
  public record Item(
      String serial,
      Stage stage,
      String reason,
      List<String> parameters,
      String command,
      long updatedMillis) {
    public Item {
      parameters = List.copyOf(parameters);
    }
  }

  /** How far it is with one terminal. */
  public enum Stage {
    /** To be asked, now or when it comes. */
    WAITING,
    /** A command is on its way. */
    ASKED,
    /** It has all that it was asked for. */
    CONFIRMED,
    /** It was asked and has it not. */
    DRIFT,
    /** It was not asked, and is not. */
    SKIPPED;

    /** It may still change. */
    public boolean isOpen() {
      return this == WAITING || this == ASKED;
    }

    public String text() {
      return name().toLowerCase(Locale.ROOT);
    }

    public static Optional<Stage> parse(String text) {
      return Arrays.stream(values()).filter(stage -> stage.text().equals(text)).findFirst();
    }
  }
}
