package io.m2mgate.cli.simulate;

import io.m2mgate.wire.FrameDecoder;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.SocketAddress;
import java.util.ArrayDeque;

/** Gives the terminals of one event loop their lines: in the order in which they ask, so many in a second. Owned by that event loop. */
final class Connections {
  private static final int AT_ONCE = 256;
  private static final double NANOS_PER_SECOND = 1e9;

  private final NetClient client;
  private final SocketAddress gateway;
  private final FrameDecoder decoder;
  private final DatagramSockets sockets;
  private final MessageLines messages;
  private final Tally tally;
  private final double perSecond;
  private final ArrayDeque<Presence> waiting = new ArrayDeque<>();
  private double tokens;
  private int underWay;
  private long lastNanos;

  Connections(
      NetClient client,
      SocketAddress gateway,
      FrameDecoder decoder,
      DatagramSockets sockets,
      MessageLines messages,
      Tally tally,
      double perSecond,
      long now) {
    this.client = client;
    this.gateway = gateway;
    this.decoder = decoder;
    this.sockets = sockets;
    this.messages = messages;
    this.tally = tally;
    this.perSecond = perSecond;
    this.lastNanos = now;
  }

  /** It gets one when its turn comes, unless it does not want one any more then. */
  void want(Presence terminal) {
    waiting.add(terminal);
  }

  void tick(long now) {
    double fresh = (now - lastNanos) / NANOS_PER_SECOND * perSecond;
    tokens = Math.min(tokens + fresh, Math.max(1, perSecond / 10));
    lastNanos = now;
    while (!waiting.isEmpty() && tokens >= 1 && underWay < AT_ONCE) {
      Presence next = waiting.poll();
      if (next.state() == TerminalState.CONNECTING) {
        tokens--;
        open(next, now);
      }
    }
  }

  private void open(Presence terminal, long now) {
    switch (terminal.wander().bearer()) {
      case UDP ->
        opened(terminal, sockets.line(terminal.index(), terminal, terminal.wander()), now);
      case SMS -> opened(terminal, messages.line(terminal), now);
      case TCP -> connect(terminal);
    }
  }

  private void opened(Presence terminal, Line line, long now) {
    tally.connects++;
    terminal.connected(line, now);
  }

  private void connect(Presence terminal) {
    underWay++;
    client.connect(gateway).onComplete(attempt -> {
      underWay--;
      long then = System.nanoTime();
      if (attempt.succeeded()) {
        opened(
            terminal, new StreamLine(attempt.result(), terminal, terminal.wander(), decoder), then);
      } else {
        terminal.connectFailed(then);
      }
    });
  }
}
