package io.m2mgate.upgrade;

import com.fasterxml.jackson.databind.JsonNode;
import io.m2mgate.store.CommandBody;
import io.m2mgate.store.StoredCommand;
import io.m2mgate.store.StoredUpgrade;
import io.m2mgate.store.TerminalState;
import io.m2mgate.store.UpgradeItem;
import io.m2mgate.store.UpgradePhase;
import io.m2mgate.store.UpgradeStore.Standing;
import java.time.Instant;
import java.util.Optional;

/** Where a terminal stands in a campaign, and why it is not done. Stateless. */
public final class Explanation {

  /** The state of one that was announced and has given no sign. */
  public static final String QUEUED = "queued";

  /** Whether it is there, and what it does, is none of this application's business any more. */
  static final String MOVED = "the terminal is another application's now";

  private Explanation() {}

  /** Its item's state, or while it is active how far its command is. */
  public static String state(Standing standing) {
    return standing.item().state() == UpgradeItem.State.ACTIVE
        ? standing.command().flatMap(Explanation::phase).map(UpgradePhase::text).orElse(QUEUED)
        : standing.item().state().text();
  }

  private static Optional<UpgradePhase> phase(StoredCommand command) {
    return command.state() == StoredCommand.State.ACKED
        ? UpgradePhase.parse(command.progress().reason())
        : Optional.empty();
  }

  /** It has not said yet that it has the file. */
  static boolean mayStillStop(StoredCommand command) {
    return phase(command)
        .filter(phase -> phase == UpgradePhase.DOWNLOADED || phase == UpgradePhase.INSTALLING)
        .isEmpty();
  }

  /** In words; empty for one that is done. */
  public static String why(
      Standing standing, StoredUpgrade upgrade, UpgradeSpec spec, Instant now) {
    UpgradeItem item = standing.item();
    return switch (item.state()) {
      case WAITING -> waits(standing, upgrade, spec, now);
      case ACTIVE ->
        standing
            .state()
            .map(terminal ->
                standing.command().map(command -> goesOn(command, terminal)).orElse("it begins"))
            .orElse(MOVED);
      default -> item.reason();
    };
  }

  private static String waits(
      Standing standing, StoredUpgrade upgrade, UpgradeSpec spec, Instant now) {
    UpgradeItem item = standing.item();
    Optional<Instant> opens = Window.opens(spec.windows(), spec.zone(), now);
    if (standing.state().isEmpty()) {
      return MOVED;
    }
    String before = item.reason().isEmpty() ? "" : item.reason() + "; ";
    if (upgrade.progress().state() != StoredUpgrade.State.RUNNING) {
      String why = upgrade.progress().reason();
      return before + "the campaign is " + upgrade.progress().state().text()
          + (why.isEmpty() ? "" : ": " + why);
    }
    if (now.toEpochMilli() < spec.startsMillis()) {
      return before + "the campaign starts at " + Instant.ofEpochMilli(spec.startsMillis());
    }
    if (item.group() > upgrade.progress().group()) {
      return before + "group " + item.group() + " begins after group "
          + upgrade.progress().group();
    }
    if (item.notBeforeMillis() > now.toEpochMilli()) {
      return before + "it begins again at " + Instant.ofEpochMilli(item.notBeforeMillis());
    }
    if (opens.isPresent()) {
      return before + "the next window opens at " + opens.get();
    }
    return before + waits(standing.state().get());
  }

  private static String waits(TerminalState state) {
    return switch (state) {
      case ONLINE, SILENT -> "its turn has not come: as many as may are under way";
      case DISABLED -> "the terminal is disabled";
      case NEVER -> "the terminal was never heard";
      case OFFLINE -> "the terminal is offline";
      case ASLEEP -> "the terminal has logged out until it has something to say";
    };
  }

  private static String goesOn(StoredCommand command, TerminalState state) {
    JsonNode result = Settling.result(command);
    String cause = result.path(CommandBody.CAUSE).asText();
    String away = state == TerminalState.ONLINE ? "" : ", and is " + state.text() + " now";
    return switch (phase(command).map(UpgradePhase::text).orElse(QUEUED)) {
      case QUEUED ->
        command.progress().attempts() == 0
            ? "the announcement waits for its turn" + away
            : "the terminal has not answered the announcement" + away;
      case "notified" -> "the terminal knows, and has asked for nothing yet" + away;
      case "downloading" ->
        "the terminal has asked for " + result.path(CommandBody.OFFSET).asLong() + " bytes" + away;
      case "downloaded" -> "the terminal has the file and was not seen with the version" + away;
      default -> cause.isEmpty() ? "the terminal installs" + away : cause + away;
    };
  }
}
