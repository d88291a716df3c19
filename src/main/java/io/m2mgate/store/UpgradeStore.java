package io.m2mgate.store;

import io.vertx.core.Future;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The campaigns and their terminals. May be used from any thread. */
public interface UpgradeStore {

  /**
   * A terminal's part and the command that it has, if any.
   *
   * @param state of the terminal, for why it waits; empty when it is another application's, whose business that is
   */
  record Standing(
      UpgradeItem item, Optional<StoredCommand> command, Optional<TerminalState> state) {}

  /** @param count of the items of a group in a state */
  record Count(int group, UpgradeItem.State state, int count) {}

  /** Fails with NOT_FOUND when application or package is gone. */
  Future<StoredUpgrade> create(StoredUpgrade fresh, List<UpgradeItem> items);

  /** @param app whose it must be, or empty for anybody's */
  Future<Optional<StoredUpgrade>> read(String id, Optional<String> app);

  /** Newest first; absent criteria do not restrict. */
  Future<Page<StoredUpgrade>> list(
      Optional<String> app,
      Set<StoredUpgrade.State> states,
      Optional<String> packageId,
      Optional<String> cursor,
      int limit);

  /** Those that have not ended, oldest first. */
  Future<List<StoredUpgrade>> open(String afterId, int limit);

  /** Writes how far it is. False when its state is not the given one any more: somebody was quicker. */
  Future<Boolean> move(StoredUpgrade to, StoredUpgrade.State from);

  /** Adds terminals, those that it has already aside, and notes up to which serial they were found. */
  Future<Void> fill(StoredUpgrade to, List<UpgradeItem> items);

  /** Removes one that has ended, in steps. False when it is not there or has not ended. */
  Future<Boolean> delete(String id, Optional<String> app);

  /**
   * Items by serial, after a serial. Absent states do not restrict.
   *
   * @param phases of active ones, as {@link #phases} names them
   */
  Future<Page<Standing>> items(
      String id,
      Set<UpgradeItem.State> states,
      Optional<Set<String>> phases,
      Optional<String> cursor,
      int limit);

  Future<Optional<Standing>> item(String id, String serial);

  Future<List<Count>> counts(String id);

  /** Of its active ones, how many stand where, by the command's reason, or {@code queued}. */
  Future<Map<String, Integer>> phases(String id);

  /** Waiting ones of the groups up to one whose time has come and whose terminal is online, by group and serial. */
  Future<List<UpgradeItem>> due(String id, int group, long nowMillis, int limit);

  /** Active ones whose command has ended, or is not there. */
  Future<List<Standing>> ended(String id, int limit);

  /** Of waiting ones in any group, by group and serial. */
  Future<List<UpgradeItem>> waiting(String id, int limit);

  /** Active ones, with their open commands, by serial after one. */
  Future<List<Standing>> active(String id, String afterSerial, int limit);

  /** The campaign of another upgrade of the terminal that is under way. */
  Future<Optional<String>> busy(String serial, String exceptId);

  /**
   * Writes items, each unless its stored state and command are not those of {@code before} any more, and gives a transaction id to
   * each that is announced: those of one terminal are distinct for the next 65,534. One that is announced is not written unless its
   * campaign runs: somebody may have paused it.
   *
   * @return by serial, the transaction ids of those that were announced and written; 0 for others that were written
   */
  Future<Map<String, Integer>> write(List<Step> steps);

  /** @param after what becomes of it; one that is announced is ACTIVE */
  record Step(UpgradeItem before, UpgradeItem after) {}
}
