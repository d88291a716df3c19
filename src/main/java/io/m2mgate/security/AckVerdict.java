package io.m2mgate.security;

import io.m2mgate.bus.LaneMetrics.Drop;
import io.m2mgate.session.Session;

/** What becomes of a terminal's answer after its verification. */
sealed interface AckVerdict {

  /** Goes to who asked. */
  record Accept(Session session, Content.Clear body) implements AckVerdict {}

  /** Came by short message from the terminal's number, which proves it in no session. */
  record ByMessage(Content.Clear body) implements AckVerdict {}

  /** A part of an answer, or a word about parts of a request of ours. */
  record Part(Session session, Content.Segment segment) implements AckVerdict {}

  /** No session's own: it can still be the unsigned answer to the parameters of a registration. */
  record Stranger() implements AckVerdict {}

  /** A session's own, and not to be read. */
  record Refuse(Drop reason) implements AckVerdict {}
}
