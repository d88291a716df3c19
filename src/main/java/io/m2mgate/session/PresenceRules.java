package io.m2mgate.session;

/**
 * How long which terminals may say nothing (5.2.1, 5.2.2). Immutable.
 *
 * @param silentPercent of its heartbeat interval, after which a heartbeat counts as missing
 * @param shortIdleMillis after which one on a short connection is not there any more, though it did not log out
 * @param smsSilenceMillis after which one that is spoken to by short messages alone is not there any more
 */
public record PresenceRules(int silentPercent, long shortIdleMillis, long smsSilenceMillis) {

  /** Said nothing for too long: it counts as not there, and its session stays. */
  public boolean offline(Terminal terminal, long nowMillis) {
    ConnectionMode mode = terminal.connectionMode();
    if (mode.beats()) {
      return terminal.silentAt(nowMillis);
    }
    return unheardMillis(terminal, nowMillis)
        > (mode.isShort() ? shortIdleMillis : smsSilenceMillis);
  }

  /** A heartbeat that is expected did not come. */
  public boolean misses(Terminal terminal, long nowMillis) {
    return unheardMillis(terminal, nowMillis) * 100
            > terminal.heartbeatSeconds() * 1000L * silentPercent
        && terminal.connectionMode().beats();
  }

  private static long unheardMillis(Terminal terminal, long nowMillis) {
    return nowMillis - terminal.place().heardMillis();
  }
}
