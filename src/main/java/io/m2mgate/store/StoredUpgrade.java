package io.m2mgate.store;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * A campaign: one package for one terminal or for many, by rules that do not change (clauses 5.3.8, 6.1.8).
 *
 * @param id ULID
 * @param app whose it is; its terminals are this application's
 * @param specJson the rules, as {@code upgrade.UpgradeSpec} reads them
 * @param progress how far it is
 */
public record StoredUpgrade(
    String id,
    String app,
    String packageId,
    String name,
    String specJson,
    long createdMillis,
    String createdBy,
    Progress progress) {

  /**
   * @param reason why it stands where it does, empty where the state says all
   * @param group the last one whose terminals may begin, from 1
   * @param groupSizes how many terminals each group has, known once it was prepared
   * @param filledTo the serial up to which its terminals are found; empty before the first
   * @param forgiven failures in the group that were seen when somebody let it go on
   * @param startedMillis 0 before
   * @param finishedMillis 0 before
   */
  public record Progress(
      State state,
      String reason,
      int group,
      List<Integer> groupSizes,
      String filledTo,
      long forgiven,
      long startedMillis,
      long updatedMillis,
      long finishedMillis) {

    public Progress {
      groupSizes = List.copyOf(groupSizes);
    }
  }

  /** Where a campaign stands. */
  public enum State {
    /** Its terminals are being found. */
    PREPARING,
    RUNNING,
    /** No terminal begins; those that have begun go on. */
    PAUSED,
    /** No terminal begins; those that have begun are told to stop. */
    CANCELLING,
    CANCELLED,
    FINISHED;

    public String text() {
      return name().toLowerCase(java.util.Locale.ROOT);
    }

    public boolean isEnd() {
      return this == CANCELLED || this == FINISHED;
    }

    public static Optional<State> parse(String text) {
      return Arrays.stream(values()).filter(state -> state.text().equals(text)).findFirst();
    }
  }

  /** The same, further on. */
  public StoredUpgrade at(Progress other) {
    return new StoredUpgrade(id, app, packageId, name, specJson, createdMillis, createdBy, other);
  }

  /** The same in another state. */
  public StoredUpgrade to(State state, String reason, long nowMillis) {
    return at(new Progress(
        state,
        reason,
        progress.group(),
        progress.groupSizes(),
        progress.filledTo(),
        progress.forgiven(),
        progress.startedMillis(),
        nowMillis,
        state.isEnd() ? nowMillis : 0));
  }
}
