package io.m2mgate.cli.simulate;

import java.util.concurrent.TimeUnit;

/** When one terminal sends again what was not answered, and when it gives a connection or its session up. Owned by its event loop. */
final class Patience {
  static final long FOREVER = Long.MAX_VALUE;

  private static final int SILENT_ROUNDS_OF_A_SESSION = 3;

  /** The platform sends the secrets of a registration for so long. */
  private static final long SECRETS_NANOS = TimeUnit.SECONDS.toNanos(90);

  private final long timeoutNanos;
  private final int sends;
  private int silentRounds;
  private long awaitingSinceNanos;

  enum Ruling {
    WAIT,
    SEND_AGAIN,
    HANG_UP,
    /** It hangs up, and comes back to no session. */
    LOSE_SESSION
  }

  /** @param sends how often it sends over one connection */
  Patience(long timeoutNanos, int sends) {
    this.timeoutNanos = timeoutNanos;
    this.sends = sends;
  }

  /** The platform is there. */
  void answered() {
    silentRounds = 0;
  }

  /** From now on it waits for the secrets of its registration. */
  void awaitsSecrets(long now) {
    awaitingSinceNanos = now;
  }

  boolean secretsOverdue(long now) {
    return now - awaitingSinceNanos >= SECRETS_NANOS;
  }

  long secretsWaitNanos(long now) {
    return awaitingSinceNanos + SECRETS_NANOS - now;
  }

  /** Until {@link #with} rules that something is done about it. */
  long waitNanos(Exchange exchange, long now) {
    return exchange.open ? exchange.sentNanos + timeoutNanos - now : FOREVER;
  }

  Ruling with(Exchange exchange, long now) {
    if (now - exchange.sentNanos < timeoutNanos) {
      return Ruling.WAIT;
    }
    if (exchange.sendsOnConnection < sends) {
      return Ruling.SEND_AGAIN;
    }
    if (++silentRounds < SILENT_ROUNDS_OF_A_SESSION) {
      return Ruling.HANG_UP;
    }
    silentRounds = 0;
    return Ruling.LOSE_SESSION;
  }
}
