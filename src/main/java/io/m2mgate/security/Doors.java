package io.m2mgate.security;

import io.m2mgate.bus.LaneMetrics.Drop;
import io.m2mgate.bus.UnservedCommands;
import io.m2mgate.dictionary.Command;
import java.util.Optional;

/**
 * Turns frames away by what they came by, before anything in them is looked at: by a bearer that the terminal's profile does not
 * allow, by short message from another number than its own. One for each lane, used on its thread.
 */
record Doors(UnservedCommands unserved, Senders senders, MessageSecurity messages) {

  /** Why it is turned away, which was told of then; what opens a session or registers is answered by its own handler. */
  Optional<Drop> turnsAway(Asked asked) {
    boolean request = !asked.frame().isAck();
    boolean register = request && asked.is(Command.REGISTER);
    boolean login = request && asked.is(Command.LOGIN);
    if (!register && !login && !asked.terminal().profile().allows(asked.in().origin())) {
      unserved.notAllowed(asked.in(), asked.resident(), asked.terminal());
      return Optional.of(Drop.BEARER_REFUSED);
    }
    if (MessageSecurity.byMessage(asked.in())
        && !asked.is(Command.REGISTER)
        && !messages.own(asked.in(), asked.terminal())) {
      senders.refuse(asked);
      return Optional.of(Drop.WRONG_NUMBER);
    }
    return Optional.empty();
  }
}
