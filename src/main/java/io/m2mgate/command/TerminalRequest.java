package io.m2mgate.command;

import io.m2mgate.bus.Ack;
import io.m2mgate.exchange.Order;
import io.m2mgate.exchange.Port.End;
import io.m2mgate.session.Origin;
import io.m2mgate.session.Terminal;
import io.vertx.core.Future;
import java.util.Optional;

/** A request of the platform as {@link DownlinkVerticle} sends it. Used on the terminal's lane. */
interface TerminalRequest extends Order {

  /** It is longer than the terminal can take, as the reason says; it waits for the next verified uplink. */
  void doesNotFit(String reason);

  /** It cannot go where the terminal is now, as the reason says; it waits for the terminal to come by another bearer. */
  void waitsElsewhere(String reason);

  /** It may leave by short message, where anybody on its way can read it. */
  default boolean mayBeRead() {
    return !secret();
  }

  /** The number that it goes to, whatever way others take; empty where it takes theirs. */
  default Optional<Origin> byMessage(Terminal terminal) {
    return Optional.empty();
  }

  /** Makes durable that it leaves, under this sequence unless the session changes before. False when it must not now: it waits for the terminal's next verified uplink. */
  Future<Boolean> leave(Terminal terminal, int sequence);

  /** Fixed fields and TLVs; empty when it must not go to where the terminal is now. */
  Optional<byte[]> body(Terminal terminal);

  /**
   * It left.
   *
   * @param repeat the same frame went before
   */
  void left(int sequence, String bearer, boolean repeat);

  void acked(Ack ack);

  /** It was answered after its end. */
  default void late(Ack ack) {}

  /** All its sends stayed unanswered, and it waits for the terminal's next sign. */
  default void rested() {}

  void finished(End end);
}
