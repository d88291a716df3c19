package io.m2mgate.security;

import io.m2mgate.bus.LaneMetrics.Drop;
import io.m2mgate.bus.Reply;
import io.m2mgate.bus.Uplink;

/** What becomes of a frame after its verification. */
sealed interface Verdict {

  /**
   * Goes to its handler.
   *
   * @param confirmed the frame put a new session in force
   */
  record Accept(Uplink uplink, boolean confirmed) implements Verdict {}

  /** A new part of a request, or a new word about parts of our answer: answered by what comes next. */
  record Part(Reply reply) implements Verdict {}

  /** Is answered without its handler. */
  record Answer(Reply reply, Drop reason) implements Verdict {}

  /** Gets no answer. */
  record Silence(Drop reason) implements Verdict {}

  /** Gets no answer, and its application is told once that another profile would take it. */
  record TellUnsigned() implements Verdict {}
}
