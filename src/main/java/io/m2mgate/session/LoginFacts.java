package io.m2mgate.session;

/**
 * What a LOGIN tells of the terminal besides its proof.
 *
 * @param softwareVersion as sent, up to the first byte that is not printable
 * @param signal 3007, or -1
 * @param lac location area of 3006, or -1
 * @param cell cell of 3006, or -1
 */
public record LoginFacts(String softwareVersion, int signal, int lac, int cell) {
  public static final LoginFacts NONE = new LoginFacts("", -1, -1, -1);
}
