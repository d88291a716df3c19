package io.m2mgate.cli.simulate;

/** Where a simulated terminal is. */
enum TerminalState {
  WAITING,
  CONNECTING,
  LOGGING_IN,
  TRAPPING,
  ONLINE,
  LEAVING,
  DONE,
  FAILED
}
