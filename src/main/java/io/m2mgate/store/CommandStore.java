package io.m2mgate.store;

import io.vertx.core.Future;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The commands that were asked and what became of them. They are written through the {@link Journal} alone
 * ({@link Change.CreateCommand}, {@link Change.StepCommand}), together with the event that tells of it. Futures may complete on any
 * thread.
 */
public interface CommandStore {

  /** @param app when present, commands of other applications do not exist */
  Future<Optional<StoredCommand>> read(String id, Optional<String> app);

  /** The one that was asked under this idempotency key. */
  Future<Optional<StoredCommand>> byKey(String app, String key);

  /** Newest first. */
  Future<Page<StoredCommand>> list(Filter filter, Optional<String> cursor, int limit);

  /** The open ones of a terminal, oldest first, from the one after {@code afterId} (empty for the first) on. */
  default Future<List<StoredCommand>> openOf(String serial, String afterId, int limit) {
    return openOf(serial, Set.of(), afterId, limit);
  }

  /** The same of some types; of all when none is named. */
  Future<List<StoredCommand>> openOf(
      String serial, Set<StoredCommand.Type> types, String afterId, int limit);

  /** How many are open. */
  Future<Open> open(String serial, String app);

  /** How many are open in all. */
  Future<Long> open();

  /** Open ones past their time, the oldest first. */
  Future<List<StoredCommand>> overdue(long nowMillis, int limit);

  /** Open ones in the order in which their time ends, from the one after {@code last} on. */
  Future<List<StoredCommand>> openAfter(Optional<StoredCommand> last, int limit);

  /** Terminals with open commands that may wake them by short message, from the one after this serial on, in order. */
  Future<List<String>> toWake(String afterSerial, int limit);

  /** Empty where all is meant. */
  record Filter(
      Optional<String> app,
      Optional<String> serial,
      Set<StoredCommand.State> states,
      Set<StoredCommand.Type> types) {}

  /** How many of a terminal's, of an application's. */
  record Open(int ofTerminal, int ofApplication) {}
}
