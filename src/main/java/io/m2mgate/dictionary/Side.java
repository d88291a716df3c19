package io.m2mgate.dictionary;

/** Who starts a command or sets a parameter. */
public enum Side {
  TERMINAL,
  PLATFORM,
  BOTH,
  UNKNOWN;

  /** Whether the terminal may be the one. */
  public boolean terminal() {
    return this == TERMINAL || this == BOTH;
  }

  /** Whether the platform may be the one. */
  public boolean platform() {
    return this == PLATFORM || this == BOTH;
  }
}
