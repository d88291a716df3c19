package io.m2mgate.bus;

import io.m2mgate.dictionary.CommandDef;
import io.m2mgate.dictionary.Dialect;
import io.m2mgate.session.Identity;
import io.m2mgate.session.Inbound;
import io.m2mgate.session.Resident;
import java.util.Optional;

/**
 * A request to open a session or to register, which no session protects.
 *
 * @param resident empty when the serial is unknown
 * @param bodyLength without the digest TLV, where one was found
 */
public record Opening(
    Inbound inbound,
    Optional<Resident> resident,
    Dialect dialect,
    CommandDef command,
    int bodyOffset,
    int bodyLength,
    Proof proof) {

  /**
   * What the digest of an opening request says.
   *
   * @param kind of finding
   * @param by what it verified with; empty unless it is good
   * @param shortImei it is over the 15 digits of the IMEI instead of 16 bytes
   */
  public record Proof(Kind kind, Optional<Identity> by, boolean shortImei) {
    public static final Proof WRONG = new Proof(Kind.WRONG, Optional.empty(), false);
    /** It verifies under the IMSI of a refused REGISTER operation rebind. */
    public static final Proof MISMATCH = new Proof(Kind.MISMATCH, Optional.empty(), false);

    public static final Proof ABSENT = new Proof(Kind.ABSENT, Optional.empty(), false);
    /** Not asked for: the serial is unknown, or the operation has none. */
    public static final Proof NONE = new Proof(Kind.NONE, Optional.empty(), false);

    public static Proof good(Identity by, boolean shortImei) {
      return new Proof(Kind.GOOD, Optional.of(by), shortImei);
    }

    public boolean isGood() {
      return kind == Kind.GOOD;
    }

    /** What was found. */
    public enum Kind {
      GOOD,
      WRONG,
      MISMATCH,
      ABSENT,
      NONE
    }
  }

  public byte[] bytes() {
    return inbound.frame().bytes();
  }
}
