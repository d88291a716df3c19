package io.m2mgate.bus;

import io.m2mgate.session.MessageOrigin;
import io.m2mgate.session.TerminalRecord;
import java.util.Optional;

/** Which terminals a short message reaches, and what one can carry (sms.md). May be used from any thread. */
public interface ShortMessages {

  /** There is no link to a short message centre. */
  ShortMessages ABSENT = new ShortMessages() {
    @Override
    public Optional<MessageOrigin> to(TerminalRecord terminal, int lane) {
      return Optional.empty();
    }

    @Override
    public int maxFrameBytes() {
      return 0;
    }
  };

  /**
   * The number of a terminal, for messages that the given lane sends; empty where no message reaches it: there is no link, the record
   * has no number, or its profile does not allow the bearer.
   */
  Optional<MessageOrigin> to(TerminalRecord terminal, int lane);

  /** The number that the record has; empty where it has none, or short messages are not looked at. */
  default Optional<String> numberOf(TerminalRecord terminal) {
    return Optional.empty();
  }

  /** How long after a message the same one is taken for the centre's repeat. */
  default long repeatedWithinMillis() {
    return 0;
  }

  /** Longest frame that one message carries; there are no parts. */
  int maxFrameBytes();
}
