package io.m2mgate.bus;

import io.m2mgate.store.DesiredSet.Desired;
import io.m2mgate.store.ParameterStore.Known;
import io.m2mgate.store.ReportedValue;
import io.m2mgate.store.StoredCommand;
import io.m2mgate.store.StoredCommand.State;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Where a terminal's desired parameters stand, from what it reported and what became of the commands that carry them (clause
 * 5.3.9). Stateless.
 */
public final class Standings {

  private Standings() {}

  /** How far a desired value has come. */
  public enum Kind {
    /** The terminal has it, or confirmed it and has said nothing else since. */
    DONE,
    /** On its way, or to be sent at the terminal's next confirmed login. */
    PENDING,
    /** The terminal has another value, and somebody ought to know. */
    DRIFT
  }

  /**
   * How often an undone value is sent.
   *
   * @param sends in the window, the one that was asked for among them
   */
  public record Rules(int sends, long windowMillis) {}

  /**
   * @param reason why it is not done; empty while nothing went wrong
   * @param sinceMillis of a drift, else 0
   * @param due it is not on its way and may be sent by the platform itself
   */
  public record Standing(
      Desired desired, Kind kind, String reason, long sinceMillis, boolean due) {}

  /** In the order of the desired values. */
  public static List<Standing> of(Known known, Rules rules, long nowMillis) {
    return known.desired().values().stream()
        .map(desired -> of(desired, known, rules, nowMillis))
        .toList();
  }

  private static Standing of(Desired desired, Known known, Rules rules, long nowMillis) {
    Optional<StoredCommand> command = known.command(desired.command());
    if (command.filter(StoredCommand::isOpen).isPresent()) {
      return new Standing(desired, Kind.PENDING, command.get().progress().reason(), 0, false);
    }
    Optional<ReportedValue> reported = known.reported(desired.tag());
    if (reported.filter(it -> it.valueJson().equals(desired.valueJson())).isPresent()) {
      return new Standing(desired, Kind.DONE, "", 0, false);
    }
    boolean may = !desired.reachability() && recent(desired, rules, nowMillis) < rules.sends();
    if (command.filter(it -> it.state() == State.SUCCEEDED).isPresent()) {
      long confirmed = command.get().progress().finishedMillis();
      return reported
          .filter(it -> it.atMillis() > confirmed)
          .map(other -> drift(
              desired,
              "the terminal reports another value than it confirmed",
              other.atMillis(),
              may))
          .orElseGet(() -> new Standing(desired, Kind.DONE, "", 0, false));
    }
    String last = command.map(Standings::last).orElse("no command carries it any more");
    if (may) {
      return new Standing(desired, Kind.PENDING, last, 0, true);
    }
    long since = command.map(it -> it.progress().finishedMillis()).orElse(desired.atMillis());
    String why = desired.reachability()
        ? last
            + "; the terminal may become unreachable by it, so it is sent when somebody asks alone"
        : last + "; sent " + rules.sends() + " times in " + Duration.ofMillis(rules.windowMillis());
    return drift(desired, why, since, false);
  }

  /** A drift is as old as it was noted to be, while it lasts. */
  private static Standing drift(Desired desired, String why, long sinceMillis, boolean due) {
    long since = desired.driftMillis() > 0 ? desired.driftMillis() : sinceMillis;
    return new Standing(desired, Kind.DRIFT, why, since, due);
  }

  private static long recent(Desired desired, Rules rules, long nowMillis) {
    return desired.sentMillis().stream()
        .filter(at -> nowMillis - at < rules.windowMillis())
        .count();
  }

  private static String last(StoredCommand command) {
    String reason = command.progress().reason();
    return "command " + command.state().text() + (reason.isEmpty() ? "" : ": " + reason);
  }
}
