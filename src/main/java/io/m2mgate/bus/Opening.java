package io.m2mgate.bus;

import io.m2mgate.dictionary.CommandDef;
import io.m2mgate.dictionary.Dialect;
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

  /** What the digest of an opening request says. */
  public enum Proof {
    /** Good, over 16 bytes of IMEI. */
    GOOD,
    /** Good, over the 15 digits alone. */
    GOOD_SHORT,
    WRONG,
    ABSENT,
    /** Not asked for: the serial is unknown, the terminal has no password, or the operation has none. */
    NONE;

    public boolean isGood() {
      return this == GOOD || this == GOOD_SHORT;
    }
  }

  public byte[] bytes() {
    return inbound.frame().bytes();
  }
}
