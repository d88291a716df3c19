package io.m2mgate.session;

/**
 * Passwords and base key that belong together, in clear: only ever in a lane's memory (behaviour 5.3.10). Arrays are shared, not
 * copied: who gets one must not change it.
 *
 * @param generation grows with each set that a terminal is given; 0 is the one it was provisioned with
 * @param uplink password of the terminal, empty where none is set
 * @param downlink password of the platform, empty where none is set
 * @param baseKey empty where none is set
 */
public record SecretSet(
    long generation, byte[] uplink, byte[] downlink, byte[] baseKey, Expiries expiries) {

  private static final byte[] ABSENT = {};

  /** Of a terminal that has none yet. */
  public static final SecretSet NONE = new SecretSet(0, ABSENT, ABSENT, ABSENT, Expiries.NEVER);

  /**
   * When they expire, seconds since 1970 as the protocol has them, unsigned 32-bit; {@link #NONE} never.
   *
   * @param previousBaseKey the expiry that the base key had before it was changed, which its holder may still prove
   */
  public record Expiries(long uplink, long downlink, long baseKey, long previousBaseKey) {

    /** The protocol's "never". */
    public static final long NONE = 0xFFFFFFFFL;

    public static final Expiries NEVER = new Expiries(NONE, NONE, NONE, NONE);

    /** The same to be kept: secrets of most terminals never expire. */
    public Expiries shared() {
      return equals(NEVER) ? NEVER : this;
    }
  }

  /** @param second since 1970 */
  public boolean passwordsExpired(long second) {
    return Math.min(expiries.uplink(), expiries.downlink()) <= second;
  }

  @Override
  public String toString() {
    return "SecretSet[generation " + generation + "]";
  }
}
