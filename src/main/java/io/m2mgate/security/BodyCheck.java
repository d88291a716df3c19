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
    return length < 0
        ? GOOD
        : of(dialect, command, new Content.Clear(frame.bytes(), frame.bodyOffset(), length, false));
  }

  static BodyCheck of(Dialect dialect, CommandDef command, Content.Clear body) {
    try {
      Body.read(
              dialect, command, false, body.bytes(), body.offset(), body.length(), body.decrypted())
          .checkTlvs(new TlvReader());
      return GOOD;
    } catch (MalformedFrame e) {
      return new BodyCheck(false, e.tag());
    }
  }
}
