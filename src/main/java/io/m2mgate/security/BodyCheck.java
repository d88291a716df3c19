package io.m2mgate.security;

import io.m2mgate.dictionary.CommandDef;
import io.m2mgate.dictionary.Dialect;
import io.m2mgate.wire.Body;
import io.m2mgate.wire.Frame;
import io.m2mgate.wire.MalformedFrame;
import io.m2mgate.wire.TlvReader;

/**
 * Whether a body can be read to its end.
 *
 * @param badTag the tag of the TLV that runs past it, or -1
 */
record BodyCheck(boolean wellFormed, int badTag) {

  private static final BodyCheck GOOD = new BodyCheck(true, -1);

  /** Looks at the body up to {@code end}; a frame too short to have that end counts as well formed. */
  static BodyCheck of(Frame frame, Dialect dialect, CommandDef command, int end) {
    int length = end - frame.bodyOffset();
    if (length < 0) {
      return GOOD;
    }
    try {
      Body.read(dialect, command, false, frame.bytes(), frame.bodyOffset(), length, false)
          .checkTlvs(new TlvReader());
      return GOOD;
    } catch (MalformedFrame e) {
      return new BodyCheck(false, e.tag());
    }
  }
}
