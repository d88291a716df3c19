package io.m2mgate.security;

import io.m2mgate.bus.LaneMetrics.Drop;
import io.m2mgate.session.Session;

/** What becomes of a terminal's answer after its verification. */
sealed interface AckVerdict {

  /** Goes to who asked. */
  record Accept(Session session, Content.Clear body) implements AckVerdict {}

  /** No session's own: it can still be the unsigned answer to the parameters of a registration. */
  record Stranger() implements AckVerdict {}

  /** A session's own, and not to be read. */
  record Refuse(Drop reason) implements AckVerdict {}
}
