package io.m2mgate.cli.simulate;

/** Where a simulated terminal is. */
enum TerminalState {
  WAITING,
  CONNECTING,
  REGISTERING,
  AWAITING_SECRETS,
  LOGGING_IN,
  TRAPPING,
  ONLINE,
  /** Asks for other secrets, or logs out to use them. */
  RENEWING,
  LEAVING,
  /** Logged out until it has something to say. */
  ASLEEP,
  DONE,
  FAILED;

  /** It has a session that the platform may refuse to know. */
  boolean inSession() {
    return this == TRAPPING || this == ONLINE || this == RENEWING;
  }
}
