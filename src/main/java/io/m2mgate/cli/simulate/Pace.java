package io.m2mgate.cli.simulate;

import java.util.List;

/** How many exchanges of the load the terminals of one event loop may begin, and whose turn it is. Owned by that event loop. */
final class Pace {
  private static final double NANOS_PER_SECOND = 1e9;
  private static final int PASSED_OVER_AT_ONCE = 4_096;

  private final double perSecond;
  private final Tally tally;
  private long left;
  private boolean sending;
  private double tokens;
  private long lastNanos;
  private int next;

  /**
   * @param perSecond zero = as fast as they are answered
   * @param left how many in all
   */
  Pace(double perSecond, long left, Tally tally) {
    this.perSecond = perSecond;
    this.left = left;
    this.tally = tally;
  }

  /** Terminals may begin exchanges from now on. */
  void begin(long now) {
    sending = true;
    lastNanos = now;
  }

  void end() {
    sending = false;
  }

  /** One exchange begins; false where none may. */
  boolean take(long now) {
    if (!sending || left == 0) {
      return false;
    }
    left--;
    tally.sent++;
    tally.firstSendNanos = Math.min(tally.firstSendNanos, now);
    return true;
  }

  /** Has as many exchanges begun as are due; terminals that cannot are passed over. */
  void tick(List<SimulatedTerminal> terminals, long now) {
    if (!sending) {
      return;
    }
    tokens += (now - lastNanos) / NANOS_PER_SECOND * perSecond;
    tokens = Math.min(tokens, Math.max(1, perSecond));
    lastNanos = now;
    int most = Math.min(terminals.size(), PASSED_OVER_AT_ONCE);
    int passedOver = 0;
    while (tokens >= 1 && passedOver < most) {
      SimulatedTerminal terminal = terminals.get(next);
      next = (next + 1) % terminals.size();
      if (terminal.send(now)) {
        terminal.flush(now);
        tokens--;
        passedOver = 0;
      } else {
        passedOver++;
      }
    }
  }
}
