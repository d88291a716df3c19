package io.m2mgate.session;

/**
 * Wrong digests outside LOGIN from a session's own address: after three of them, ten seconds apart and no good one between, the
 * terminal must hold a stale timestamp, and its heartbeats go unanswered until it logs in (5.4.5). Owned by the terminal's lane.
 */
public final class VerificationFailures {

  private static final int LIMIT = 3;
  private static final long APART_MILLIS = 10_000;

  private int count;
  private long lastMillis;
  private boolean unsignedSeen;

  public void wrong(long nowMillis) {
    if (count == 0 || nowMillis - lastMillis >= APART_MILLIS) {
      count = Math.min(count + 1, LIMIT);
      lastMillis = nowMillis;
    }
  }

  /** True once: the first unsigned data of a terminal whose profile asks for digests (5.3.11). */
  public boolean firstUnsigned() {
    boolean first = !unsignedSeen;
    unsignedSeen = true;
    return first;
  }

  public void good() {
    count = 0;
  }

  public boolean withholdsHeartbeats() {
    return count >= LIMIT;
  }
}
