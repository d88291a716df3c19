package io.m2mgate.store;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/**
 * One terminal's part in a campaign.
 *
 * @param group from 1
 * @param reason why it stands where it does, empty where the state says all
 * @param attempts how often it was announced
 * @param notBeforeMillis when it may begin, 0 for at once
 * @param commandId of its last announcement, or empty
 * @param versionBefore what the terminal said of itself before that, or empty
 * @param finishedMillis 0 before its end
 */
public record UpgradeItem(
    String upgradeId,
    String serial,
    int group,
    State state,
    String reason,
    int attempts,
    long notBeforeMillis,
    String commandId,
    String versionBefore,
    long updatedMillis,
    long finishedMillis) {

  /** Where one terminal stands. Those from {@link #SUCCEEDED} on are ends. */
  public enum State {
    /** For its turn. */
    WAITING,
    /** Announced; the command says how far it is. */
    ACTIVE,
    SUCCEEDED,
    FAILED,
    /** The terminal gave up. */
    ABORTED,
    /** Nothing came of it in time. */
    EXPIRED,
    CANCELLED,
    /** It had the version before. */
    SKIPPED;

    public String text() {
      return name().toLowerCase(Locale.ROOT);
    }

    public boolean isEnd() {
      return compareTo(SUCCEEDED) >= 0;
    }

    /** It counts against the group. */
    public boolean isFailure() {
      return this == FAILED || this == ABORTED || this == EXPIRED;
    }

    public static Optional<State> parse(String text) {
      return Arrays.stream(values()).filter(state -> state.text().equals(text)).findFirst();
    }
  }

  /** The same in another state, for its end or for another turn. */
  public UpgradeItem to(State other, String why, long notBefore, long nowMillis) {
    return new UpgradeItem(
        upgradeId,
        serial,
        group,
        other,
        why,
        attempts,
        notBefore,
        commandId,
        versionBefore,
        nowMillis,
        other.isEnd() ? nowMillis : 0);
  }

  /** The same for another turn, where what was announced never became a command: that was no attempt. */
  public UpgradeItem unannounced(String why, long nowMillis) {
    return new UpgradeItem(
        upgradeId,
        serial,
        group,
        State.WAITING,
        why,
        Math.max(0, attempts - 1),
        0,
        commandId,
        versionBefore,
        nowMillis,
        0);
  }

  /** The same as it is announced. */
  public UpgradeItem announced(String command, String version, long nowMillis) {
    return new UpgradeItem(
        upgradeId,
        serial,
        group,
        State.ACTIVE,
        "",
        attempts + 1,
        0,
        command,
        version,
        nowMillis,
        0);
  }
}
