package io.m2mgate.cli.simulate;

/**
 * What the frames of one session are signed and encrypted with. Nobody writes into the array.
 *
 * @param session its timestamp
 * @param sessionKey empty where its bodies go in clear
 */
record Seal(Keys keys, int session, byte[] sessionKey) {
  private static final byte[] ABSENT = {};

  /** Of frames that belong to no session. */
  static Seal outside(Keys keys) {
    return new Seal(keys, 0, ABSENT);
  }

  boolean encrypts() {
    return sessionKey.length > 0;
  }

  @Override
  public String toString() {
    return "Seal[secret]";
  }
}
