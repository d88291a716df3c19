package io.m2mgate.command;

import io.m2mgate.session.Resident;
import java.util.ArrayDeque;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Queue;

/**
 * Keeps what terminals send in its order while some of it waits for the store. Holds no more than the frames that their connections
 * may have under way. Used on a lane's thread.
 */
final class DataOrder {

  /** By terminals of which one request waits for the store: those that came after it. */
  private final Map<Resident, Queue<Runnable>> held = new IdentityHashMap<>();

  /** Whether something of this terminal waits, and what comes after it must too. */
  boolean holds(Resident resident) {
    return !held.isEmpty() && held.containsKey(resident);
  }

  /** What is done once all that came before of a terminal that is held goes on. */
  void add(Resident resident, Runnable step) {
    held.get(resident).add(step);
  }

  /** The request at hand waits: later ones of its terminal do too. */
  void hold(Resident resident) {
    held.put(resident, new ArrayDeque<>(1));
  }

  /** It goes on, and those after it, up to the next that holds them. */
  void release(Resident resident) {
    Queue<Runnable> after = held.remove(resident);
    while (!after.isEmpty() && !held.containsKey(resident)) {
      after.remove().run();
    }
    if (!after.isEmpty()) {
      held.get(resident).addAll(after);
    }
  }
}
