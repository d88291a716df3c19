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
  DONE,
  FAILED
}
