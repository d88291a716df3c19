package io.m2mgate.command;

import io.m2mgate.bus.Opening;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import java.util.Queue;

/**
 * Logins in excess of the admitted rate wait here, for a bounded time and in a bounded number; those that may not be refused
 * have half of the rate to themselves (5.3.2, "Overload"). One for each lane.
 */
final class LoginQueue {

  private record Waiting(Opening login, long sinceMillis) {}

  private final double perMilli;
  private final double burst;
  private final int most;
  private final long patienceMillis;
  private final Queue<Waiting> spared = new ArrayDeque<>();
  private final Queue<Waiting> others = new ArrayDeque<>();
  private boolean sparedBefore;
  private double tokens;
  private long refilledMillis;

  /**
   * @param perSecond logins that this lane admits
   * @param most logins that may wait
   */
  LoginQueue(double perSecond, int most, long patienceMillis, long nowMillis) {
    this.perMilli = perSecond / 1000;
    this.burst = Math.max(1, perSecond / 10);
    this.tokens = burst;
    this.most = most;
    this.patienceMillis = patienceMillis;
    this.refilledMillis = nowMillis;
  }

  /** True when a login may go on at once. */
  boolean admit(long nowMillis) {
    refill(nowMillis);
    if (!isEmpty() || tokens < 1) {
      return false;
    }
    tokens--;
    return true;
  }

  /** False when too many wait. */
  boolean await(Opening login, boolean mayNotBeRefused, long nowMillis) {
    Queue<Waiting> queue = mayNotBeRefused ? spared : others;
    return queue.size() < most / 2 + 1 && queue.add(new Waiting(login, nowMillis));
  }

  /** The next login whose turn it is. */
  Optional<Opening> next(long nowMillis) {
    refill(nowMillis);
    if (tokens < 1 || isEmpty()) {
      return Optional.empty();
    }
    tokens--;
    boolean sparedTurn = others.isEmpty() || !spared.isEmpty() && !sparedBefore;
    sparedBefore = sparedTurn;
    return Optional.of((sparedTurn ? spared : others).remove().login());
  }

  /** The next login that waited too long. */
  Optional<Opening> overdue(long nowMillis) {
    for (Queue<Waiting> queue : List.of(spared, others)) {
      Waiting first = queue.peek();
      if (first != null && nowMillis - first.sinceMillis() >= patienceMillis) {
        return Optional.of(queue.remove().login());
      }
    }
    return Optional.empty();
  }

  int size() {
    return spared.size() + others.size();
  }

  boolean isEmpty() {
    return spared.isEmpty() && others.isEmpty();
  }

  private void refill(long nowMillis) {
    // A clock that was put back must not take tokens away.
    long passedMillis = Math.max(0, nowMillis - refilledMillis);
    tokens = Math.min(burst, tokens + passedMillis * perMilli);
    refilledMillis = nowMillis;
  }
}
