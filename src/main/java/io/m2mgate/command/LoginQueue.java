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

  /** What may go on in one turn is what these admit. */
  private static final double BURST_MILLIS = 50;

  /**
   * Logins a second at the start, to which each one that was served adds one: what serves them is not compiled yet, and heartbeats wait
   * while it runs.
   */
  private static final double FIRST_PER_SECOND = 200;

  private record Waiting(Opening login, long sinceMillis) {}

  private final double perMilli;
  private final int most;
  private final long patienceMillis;
  private final Queue<Waiting> spared = new ArrayDeque<>();
  private final Queue<Waiting> others = new ArrayDeque<>();
  private boolean sparedBefore;
  private double tokens;
  private long refilledMillis;
  private long admitted;

  /**
   * @param perSecond logins that this lane admits
   * @param most logins that may wait
   */
  LoginQueue(double perSecond, int most, long patienceMillis, long nowMillis) {
    this.perMilli = perSecond / 1000;
    this.tokens = burst(Math.min(perMilli, FIRST_PER_SECOND / 1000));
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
    admitted++;
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
    admitted++;
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
    double yet = Math.min(perMilli, (FIRST_PER_SECOND + admitted) / 1000);
    tokens = Math.min(burst(yet), tokens + passedMillis * yet);
    refilledMillis = nowMillis;
  }

  private static double burst(double perMilli) {
    return Math.max(1, perMilli * BURST_MILLIS);
  }
}
