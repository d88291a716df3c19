package io.m2mgate.cli.simulate;

import java.util.Locale;

/** What nobody should do to a gateway. */
public enum Misdeed {
  /** LOGIN signed with a password that is not the terminal's. */
  WRONG_DIGEST,
  /** LOGIN signed with the IMSI of another SIM. */
  WRONG_BINDING,
  /** The terminal's own LOGIN and login trap once more, byte by byte, from elsewhere. */
  REPLAY,
  /** A report signed under a session timestamp of an hour later. */
  CLOCK_SKEW,
  /** REGISTER of another device under the terminal's serial. */
  DUPLICATE_SERIAL;

  /** As options and summaries have it. */
  public String text() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
