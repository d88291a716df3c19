package io.m2mgate.session;

import java.util.OptionalInt;

/**
 * What a LOGIN tells of the terminal besides its proof.
 *
 * @param softwareVersion as sent, up to the first byte that is not printable
 * @param signal 3007, or -1
 * @param lac location area of 3006, or -1
 * @param cell cell of 3006, or -1
 * @param pin1Cleared its PIN1 was cleared locally
 * @param configCrc32 of its synchronised parameters, 0 for an empty list; empty when that is not known any more
 */
public record LoginFacts(
    String softwareVersion,
    int signal,
    int lac,
    int cell,
    boolean pin1Cleared,
    OptionalInt configCrc32) {
  /** Of a terminal whose PIN1 is where it was. */
  public LoginFacts(String softwareVersion, int signal, int lac, int cell) {
    this(softwareVersion, signal, lac, cell, false, OptionalInt.empty());
  }

  public static final LoginFacts NONE = new LoginFacts("", -1, -1, -1);
}
