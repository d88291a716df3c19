package io.m2mgate.cli.simulate;

import io.m2mgate.cli.simulate.FleetOptions.Mode;
import java.util.List;
import java.util.stream.IntStream;

/** The exchanges of the load that one terminal has open, and the next one. Owned by the terminal's event loop. */
final class OwnLoad {
  private final int index;
  private final Shard shard;
  private final FrameForge forge;
  private final Control control;
  private final Window window;
  private int nextCounter;
  private boolean promised;

  OwnLoad(int index, Shard shard, Control control, int pipeline) {
    this.index = index;
    this.shard = shard;
    this.forge = shard.forge();
    this.control = control;
    this.window = new Window(shard.mode() == Mode.LOGIN ? 1 : pipeline);
  }

  Window window() {
    return window;
  }

  int open() {
    return window.open();
  }

  /** Of the connection that is gone nothing is waited for. */
  void connectionLost() {
    for (int i = 0; i < window.size(); i++) {
      window.at(i).sendsOnConnection = 0;
    }
  }

  /** An exchange that is due goes out when the terminal is free; false where one is waiting or nobody paces. */
  boolean promise() {
    boolean first = shard.paced() && !promised;
    promised |= first;
    return first;
  }

  /** Whether there is such a one, for which the time has come. */
  boolean redeem() {
    boolean was = promised;
    promised = false;
    return was;
  }

  Exchange begin(long now) {
    shard.opened(1);
    return window.begin(nextCounter++, now);
  }

  /** Not of a mode in which an exchange is a LOGIN. */
  void transmit(Exchange exchange, long now) {
    int seq = control.sequenceFor(exchange);
    Seal seal = control.seal();
    switch (shard.mode()) {
      case DATA -> forge.data(seal, seq, shard.run(), index, exchange);
      case TRAP, ECHO -> forge.trap(seal, seq);
      case HEARTBEAT -> forge.heartbeat(seal, seq);
      case DOWNLOAD -> forge.fileRequest(seal, seq, exchange.counter);
      case LOGIN -> throw new IllegalStateException("a LOGIN is no frame of the load");
    }
    exchange.sent(seq, now);
  }

  /** What is to be sent again over another connection, oldest first. */
  List<Exchange> unanswered() {
    return IntStream.range(0, window.size())
        .mapToObj(window::at)
        .filter(exchange -> exchange.open)
        .toList();
  }

  /** Takes the answer to one of them. */
  void answered(int sequence, int result, long now) {
    int slot = window.answeredBy(sequence);
    if (slot < 0) {
      shard.tally().strayAcks++;
    } else if (shard.answered(index, window.at(slot), result, now)) {
      end(slot);
    }
  }

  /** That of a mode in which an exchange is a LOGIN is over once the terminal is back. */
  void back(long now) {
    if (shard.mode() == Mode.LOGIN && window.open() > 0) {
      shard.answered(index, window.at(0), 0, now);
      end(0);
    }
  }

  private void end(int slot) {
    window.end(slot);
    shard.opened(-1);
  }
}
