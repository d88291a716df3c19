package io.m2mgate.bridge.webhook;

import java.util.LinkedHashSet;
import java.util.Set;

/** Owns how many requests an application has under way, and who waits for one to end; in turn, so that none starves. One event loop. */
final class Slots {

  private final int most;
  private final Set<Runnable> waiting = new LinkedHashSet<>();
  private int used;

  Slots(int most) {
    this.most = most;
  }

  /** False where none is free; who asks is called once one is. */
  boolean acquire(Runnable later) {
    if (used >= most) {
      waiting.add(later);
      return false;
    }
    used++;
    return true;
  }

  void release() {
    used--;
    var next = waiting.iterator();
    if (next.hasNext()) {
      var runnable = next.next();
      next.remove();
      runnable.run();
    }
  }

  void forget(Runnable later) {
    waiting.remove(later);
  }
}
