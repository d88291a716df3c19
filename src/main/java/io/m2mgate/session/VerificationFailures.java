package io.m2mgate.session;

import java.util.Optional;

/**
 * Wrong digests outside LOGIN from a session's own address: after three of them, ten seconds apart and no good one between, the
 * terminal must hold a stale timestamp, and its heartbeats go unanswered until it logs in (5.4.5). And what else was refused it. Owned by the terminal's lane.
 */
public final class VerificationFailures {

  private static final int LIMIT = 3;
  private static final long APART_MILLIS = 10_000;

  private int count;
  private long lastMillis;
  private boolean unsignedSeen;
  private Optional<String> refusedImsi = Optional.empty();

  /** A LOGIN that verifies under this IMSI shows that the SIM was changed and the platform refused to bind it. */
  public void refusedImsi(Optional<String> imsi) {
    refusedImsi = imsi;
  }

  /** The IMSI of the last REGISTER operation rebind that was refused. */
  public Optional<String> refusedImsi() {
    return refusedImsi;
  }

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
