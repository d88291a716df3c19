package io.m2mgate.store;

import java.util.Set;

/**
 * A part of a log that a webhook posts once more. Immutable.
 *
 * @param id ULID
 * @param from offset to start behind
 * @param until offset of the last event
 * @param offset everything up to here was confirmed
 */
public record StoredReplay(
    String id,
    String webhook,
    long from,
    long until,
    long offset,
    Set<String> types,
    Set<String> serials,
    State state,
    long createdMillis,
    long updatedMillis) {

  /** How far it is. */
  public enum State {
    OPEN,
    DONE,
    CANCELLED
  }

  public StoredReplay {
    types = Set.copyOf(types);
    serials = Set.copyOf(serials);
  }
}
