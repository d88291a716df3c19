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

  /** Now, or once what came before of this terminal goes on. */
  void inTurn(Resident resident, Runnable step) {
    Queue<Runnable> before = held.get(resident);
    if (before == null) {
      step.run();
    } else {
      before.add(step);
    }
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
