package io.m2mgate.session;

import java.util.Set;

/**
 * A dialect and the policies for terminals of one kind ({@code application.md}, "Profiles"). Built-in ones are resources, the
 * operator's are in the store; both are read by {@link ProfileReader}.
 *
 * @param trapHeaderOnly CONFIG_TRAP digests that cover the header only are good (wire 3)
 * @param terminalTimeoutSeconds how long the terminal waits for an answer before it repeats
 * @param maxPartBytes largest body before segmentation
 * @param maxFrameBytes largest frame that the platform sends to it
 */
public record Profile(
    String name,
    String dialect,
    DigestPolicy digest,
    WrongDigest onWrongDigest,
    boolean trapHeaderOnly,
    AckPolicy ack,
    CrcError crcError,
    LoginTrap loginTrap,
    EncryptionPolicy encryption,
    CipherKind cipher,
    MacKind mac,
    ExpiryPolicy expiry,
    int heartbeatSeconds,
    int silenceSeconds,
    int terminalTimeoutSeconds,
    Exchange exchange,
    int maxPartBytes,
    int maxFrameBytes,
    int maxBodyBytes,
    boolean segments,
    Set<String> bearers,
    String prefer,
    String wake) {

  /** Sends of one uplink request before a terminal gives up (ground rule 3). */
  private static final int TERMINAL_SENDS = 3;

  public Profile {
    bearers = Set.copyOf(bearers);
  }

  /** How long after a request a repeat of it may still come. */
  public long retryMillis() {
    return terminalTimeoutSeconds * 1000L * TERMINAL_SENDS;
  }

  /** Frames may come from there and go there. */
  public boolean allows(Origin origin) {
    return bearers.contains(origin.bearer());
  }

  public long terminalTimeoutMillis() {
    return terminalTimeoutSeconds * 1000L;
  }

  /** Which frames must carry a good digest (wire 3). */
  public enum DigestPolicy {
    REQUIRED,
    WHEN_PRESENT,
    OFF
  }

  /** What a frame with a wrong digest gets (5.4.5). */
  public enum WrongDigest {
    SILENT,
    REFUSE
  }

  /** When durable requests are acknowledged (ground rule 4). */
  public enum AckPolicy {
    DURABLE,
    RECEIVED
  }

  /** What data with a wrong CRC16 gets (wire 5). */
  public enum CrcError {
    WARN,
    REFUSE
  }

  /** Whether the terminal sends a CONFIG_TRAP after its login. */
  public enum LoginTrap {
    EXPECTED,
    NONE
  }

  /**
   * Timing of downlink exchanges (5.4.6).
   *
   * @param timeoutSeconds until a request that went over TCP is repeated
   * @param udpTimeoutSeconds the same over UDP
   * @param smsTimeoutSeconds the same by short message
   * @param sends of one request over TCP or UDP before it waits for the terminal's next sign
   * @param smsSends the same by short message
   * @param gapMillis least time between an ack and a request to the same terminal
   */
  public record Exchange(
      int timeoutSeconds,
      int udpTimeoutSeconds,
      int smsTimeoutSeconds,
      int sends,
      int smsSends,
      int gapMillis) {

    public long timeoutMillis(String bearer) {
      return switch (bearer) {
        case Origin.TCP -> timeoutSeconds * 1000L;
        case Origin.UDP -> udpTimeoutSeconds * 1000L;
        default -> smsTimeoutSeconds * 1000L;
      };
    }

    public int sends(String bearer) {
      return bearer.equals(Origin.SMS) ? smsSends : sends;
    }
  }
}
