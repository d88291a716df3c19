package io.m2mgate.peer;

/**
 * What stacks do differently.
 *
 * @param sameBytes a repeat has its first sequence (the Java stack), else a new one (the C stack)
 * @param matchesByState takes any answer of the right command, whatever its sequence
 * @param encrypts asks for a session key with each LOGIN
 * @param logsOut before it uses new secrets
 * @param registersAgain after LOGINs that led nowhere; else it relies for ever on the secrets it has
 * @param keepsOld tries its old secrets when the new ones are refused
 */
public record Habits(
    boolean sameBytes,
    boolean matchesByState,
    boolean encrypts,
    boolean logsOut,
    boolean registersAgain,
    boolean keepsOld) {

  /** Those whose bits are set, in the order of the fields. */
  public static Habits of(long bits) {
    return new Habits(
        (bits & 1) != 0,
        (bits & 2) != 0,
        (bits & 4) != 0,
        (bits & 8) != 0,
        (bits & 16) != 0,
        (bits & 32) != 0);
  }
}
