package io.m2mgate.cli.simulate;

import io.m2mgate.cli.simulate.FleetOptions.Mode;
import io.m2mgate.wire.Frame;

/** What a frame that arrives is to a terminal. */
enum Arrival {
  /** The platform asks for something. */
  REQUEST,
  /** The answer to a REGISTER or LOGIN. */
  OPENING,
  /** The session is not known any more. */
  REFUSAL,
  /** An answer to another request of the session, which can be read now. */
  ANSWER,
  /** The same, to one for a part of a file. */
  BLOCK,
  /** Nobody vouches for it. */
  UNVERIFIED;

  static Arrival of(Frame frame, Shard shard, Seal seal) {
    FrameForge forge = shard.forge();
    int command = frame.requestCommand();
    boolean echo = shard.mode() == Mode.ECHO;
    if (!frame.isAck() && !echo) {
      return REQUEST;
    }
    if (command == forge.login || command == forge.register) {
      return OPENING;
    }
    boolean bare = shard.platform().bare();
    if (!bare && !frame.hasDigestFlag() && command != forge.heartbeat) {
      return REFUSAL;
    }
    boolean verified = echo
        ? shard.platform().isEcho(frame, seal)
        : !bare && !frame.hasDigestFlag() || shard.platform().opens(frame, seal);
    if (!verified) {
      return UNVERIFIED;
    }
    return command == forge.file && shard.mode() != Mode.DOWNLOAD ? BLOCK : ANSWER;
  }
}
