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
 * @param crc32 of its synchronised parameters, unsigned, 0 for an empty list; negative when that is not known any more
 */
public record LoginFacts(
    String softwareVersion, int signal, int lac, int cell, boolean pin1Cleared, long crc32) {

  private static final long UNKNOWN = -1;

  /** Of a terminal whose PIN1 is where it was. */
  public LoginFacts(String softwareVersion, int signal, int lac, int cell) {
    this(softwareVersion, signal, lac, cell, false, UNKNOWN);
  }

  public static final LoginFacts NONE = new LoginFacts("", -1, -1, -1);

  /** The same to be kept: a whole fleet has few versions. */
  LoginFacts shared() {
    return new LoginFacts(softwareVersion.intern(), signal, lac, cell, pin1Cleared, crc32);
  }

  /** Of its synchronised parameters, 0 for an empty list; empty when that is not known any more. */
  public OptionalInt configCrc32() {
    return crc32 < 0 ? OptionalInt.empty() : OptionalInt.of((int) crc32);
  }
}
