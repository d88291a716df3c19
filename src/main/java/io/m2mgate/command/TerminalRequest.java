package io.m2mgate.command;

import io.m2mgate.bus.Ack;
import io.m2mgate.exchange.Order;
import io.m2mgate.exchange.Port.End;
import io.m2mgate.session.Terminal;
import io.vertx.core.Future;
import java.util.Optional;

/** A request of the platform as {@link DownlinkVerticle} sends it. Used on the terminal's lane. */
interface TerminalRequest extends Order {

  /** It is longer than the terminal can take, as the reason says; it waits for the next verified uplink. */
  void doesNotFit(String reason);

  /** Makes durable that it leaves. False when it must not now: it waits for the terminal's next verified uplink. */
  Future<Boolean> leave(Terminal terminal);

  /** Fixed fields and TLVs; empty when it must not go to where the terminal is now. */
  Optional<byte[]> body(Terminal terminal);

  /** The same frame went again. */
  void repeated();

  void acked(Ack ack);

  void finished(End end);
}
