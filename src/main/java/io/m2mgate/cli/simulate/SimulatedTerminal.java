package io.m2mgate.cli.simulate;

import io.m2mgate.cli.simulate.FleetOptions.Mode;
import io.m2mgate.cli.simulate.SimulatedIdentity.Keys;
import io.m2mgate.wire.Frame;
import io.m2mgate.wire.MalformedFrame;
import io.vertx.core.net.NetSocket;

/**
 * One terminal of a fleet: connects, logs in, sends, repeats, and comes back to its session over a new connection. Owned by
 * the event loop of its shard.
 */
final class SimulatedTerminal {
  private static final int SILENT_ROUNDS_OF_A_SESSION = 3;
  private static final int LOGIN_REFUSALS = 3;
  private static final int LOGIN_TRY_LATER = 7;
  private static final int LOGIN_IN_BUT_SEND_TAGS = 8;

  private final int index;
  private final Keys keys;
  private final Shard shard;
  private final FrameForge forge;
  private final boolean newSequences;
  private final Window window;
  private final IncomingFrames incoming;
  private final Exchange control = new Exchange();
  private int controlCommand;

  private TerminalState state = TerminalState.WAITING;
  private NetSocket socket; // null while there is no connection
  private int session;
  private boolean sessionGiven;
  private boolean sessionConfirmed;
  private int sequence = 1;
  private int nextCounter;
  private boolean connectedBefore;
  private boolean leaving;
  private int attempts;
  private int silentRounds;
  private int loginRefusals;
  private long connectAtNanos;
  private long lastWriteNanos;

  SimulatedTerminal(int index, Keys keys, Shard shard, boolean newSequences, int pipeline) {
    this.index = index;
    this.keys = keys;
    this.shard = shard;
    this.forge = shard.forge();
    this.newSequences = newSequences;
    this.window = new Window(pipeline);
    this.incoming = new IncomingFrames(forge.decoder());
    this.connectAtNanos = System.nanoTime();
    this.sessionGiven = shard.mode() == Mode.ECHO;
    this.sessionConfirmed = sessionGiven;
  }

  TerminalState state() {
    return state;
  }

  int inFlight() {
    return window.open();
  }

  private void enter(TerminalState next) {
    shard.tally().online +=
        (next == TerminalState.ONLINE ? 1 : 0) - (state == TerminalState.ONLINE ? 1 : 0);
    state = next;
  }

  // Connection

  void connected(NetSocket fresh, long now) {
    if (state != TerminalState.CONNECTING) {
      fresh.close();
      return;
    }
    socket = fresh;
    incoming.clear();
    fresh.handler(buffer -> {
      if (socket == fresh) {
        received(buffer.getBytes());
      }
    });
    fresh.exceptionHandler(broken -> fresh.close());
    fresh.closeHandler(closed -> {
      if (socket == fresh) {
        disconnected(System.nanoTime());
      }
    });
    shard.tally().connects++;
    shard.tally().reconnects += connectedBefore ? 1 : 0;
    connectedBefore = true;
    goOn(now);
    flush(now);
  }

  void connectFailed(long now) {
    if (state == TerminalState.CONNECTING) {
      disconnected(now);
    }
  }

  private void disconnected(long now) {
    socket = null;
    control.open = false;
    for (int i = 0; i < window.size(); i++) {
      window.at(i).sendsOnConnection = 0;
    }
    connectAtNanos = now + shard.backOffNanos(attempts++);
    enter(leaving ? TerminalState.DONE : TerminalState.WAITING);
  }

  private void hangUp(long now) {
    forge.discard();
    NetSocket old = socket;
    disconnected(now);
    if (old != null) {
      old.close();
    }
  }

  /** What comes next on a connection: log in, confirm, or go on with what is open. */
  private void goOn(long now) {
    if (!sessionGiven) {
      enter(TerminalState.LOGGING_IN);
      begin(forge.login, now);
    } else if (!sessionConfirmed) {
      enter(TerminalState.TRAPPING);
      begin(forge.trap, now);
    } else {
      enter(TerminalState.ONLINE);
      for (int i = 0; i < window.size(); i++) {
        if (window.at(i).open) {
          shard.tally().repeated++;
          transmit(window.at(i), now);
        }
      }
      fill(now);
    }
  }

  // Sending

  /** Begins one exchange of the load when it can. */
  boolean send(long now) {
    if (state != TerminalState.ONLINE || !window.hasRoom() || !shard.takeMessage(now)) {
      return false;
    }
    transmit(window.begin(nextCounter++, now), now);
    return true;
  }

  /** Sends as much as the window holds, where nobody paces. */
  void fill(long now) {
    boolean more = !shard.paced();
    while (more) {
      more = send(now);
    }
  }

  void flush(long now) {
    if (!forge.isEmpty()) {
      lastWriteNanos = now;
      socket.write(forge.take());
    }
  }

  private int sequenceFor(Exchange exchange) {
    return exchange.neverSent() || newSequences ? sequence++ : exchange.lastSequence();
  }

  private void transmit(Exchange exchange, long now) {
    int seq = sequenceFor(exchange);
    switch (shard.mode()) {
      case DATA -> forge.data(keys, seq, session, shard.run(), index, exchange);
      case TRAP, ECHO -> forge.trap(keys, seq, session);
      case HEARTBEAT -> forge.heartbeat(keys, seq);
    }
    exchange.sent(seq, now);
  }

  private void begin(int command, long now) {
    controlCommand = command;
    control.begin(0, now);
    transmitControl(now);
  }

  private void transmitControl(long now) {
    int seq = sequenceFor(control);
    if (controlCommand == forge.login) {
      forge.login(keys, seq);
    } else if (controlCommand == forge.trap) {
      forge.trap(keys, seq, session);
    } else if (controlCommand == forge.logout) {
      forge.logout(keys, seq, session);
    } else {
      forge.heartbeat(keys, seq);
    }
    control.sent(seq, now);
  }

  // Receiving

  private void received(byte[] bytes) {
    long now = System.nanoTime();
    incoming.add(bytes);
    try {
      while (socket != null && incoming.next()) {
        accept(incoming.frame(), now);
      }
    } catch (MalformedFrame e) {
      hangUp(now);
    }
    if (socket != null) {
      flush(now);
    }
  }

  private void accept(Frame frame, long now) {
    int command = frame.requestCommand();
    if (!frame.isAck() && shard.mode() != Mode.ECHO) {
      shard.tally().downlinkIgnored++;
    } else if (command == forge.login) {
      loginAnswered(frame, now);
    } else if (frame.hasDigestFlag()
        ? forge.verify(frame, keys, session)
        : command == forge.heartbeat) {
      answered(frame, now);
    } else if (frame.hasDigestFlag()) {
      shard.tally().wrongDigests++;
    } else {
      sessionRefused(now);
    }
  }

  private void loginAnswered(Frame ack, long now) {
    if (state != TerminalState.LOGGING_IN || !control.answeredBy(ack.sequence())) {
      shard.tally().strayAcks++;
      return;
    }
    int result = FrameForge.result(ack);
    if (result > 1 && result != LOGIN_IN_BUT_SEND_TAGS) {
      loginRefused(result, now);
    } else if (!ack.hasDigestFlag() || !forge.verify(ack, keys, FrameForge.timestamp(ack))) {
      shard.tally().wrongDigests++;
    } else {
      session = FrameForge.timestamp(ack);
      sessionGiven = true;
      goOn(now);
    }
  }

  private void loginRefused(int result, long now) {
    shard.tally().loginRefused(result);
    loginRefusals += result == LOGIN_TRY_LATER ? 0 : 1;
    hangUp(now);
    if (loginRefusals >= LOGIN_REFUSALS) {
      enter(TerminalState.FAILED);
      shard.tally().failed++;
    }
  }

  private void answered(Frame ack, long now) {
    attempts = 0;
    silentRounds = 0;
    if (control.answeredBy(ack.sequence())) {
      control.open = false;
      controlAnswered(now);
      return;
    }
    int slot = window.answeredBy(ack.sequence());
    if (slot < 0) {
      shard.tally().strayAcks++;
      return;
    }
    Exchange exchange = window.at(slot);
    int result = ack.isAck() ? FrameForge.result(ack) : 0;
    if (shard.answered(index, exchange, result, now)) {
      window.end(slot);
      fill(now);
    }
  }

  private void controlAnswered(long now) {
    if (state == TerminalState.TRAPPING) {
      sessionConfirmed = true;
      loginRefusals = 0;
      shard.tally().logins++;
      goOn(now);
    } else if (state == TerminalState.LEAVING) {
      end();
    }
  }

  private void sessionRefused(long now) {
    if (state == TerminalState.ONLINE || state == TerminalState.TRAPPING) {
      loseSession();
      goOn(now);
    }
  }

  private void loseSession() {
    shard.tally().sessionsLost += sessionConfirmed ? 1 : 0;
    sessionGiven = false;
    sessionConfirmed = false;
    control.open = false;
  }

  // Time

  void tick(long now) {
    switch (state) {
      case WAITING -> {
        if (now - connectAtNanos >= 0 && shard.takeConnection()) {
          enter(TerminalState.CONNECTING);
          shard.connect(this);
        }
      }
      case LOGGING_IN, TRAPPING, LEAVING -> repeatControlWhenDue(now);
      case ONLINE -> tickOnline(now);
      case CONNECTING, DONE, FAILED -> {}
    }
    if (socket != null) {
      flush(now);
    }
  }

  private void tickOnline(long now) {
    repeatControlWhenDue(now);
    for (int i = 0; state == TerminalState.ONLINE && i < window.size(); i++) {
      Exchange exchange = window.at(i);
      if (exchange.open && overdue(exchange, now)) {
        shard.tally().repeated++;
        transmit(exchange, now);
      }
    }
    if (state == TerminalState.ONLINE && quiet() && shard.heartbeatDue(lastWriteNanos, now)) {
      begin(forge.heartbeat, now);
    }
  }

  private boolean quiet() {
    return window.open() == 0 && !control.open;
  }

  private void repeatControlWhenDue(long now) {
    if (control.open && overdue(control, now)) {
      transmitControl(now);
    }
  }

  /** Whether it is time to send again; hangs up when it was sent often enough. */
  private boolean overdue(Exchange exchange, long now) {
    if (now - exchange.sentNanos < shard.timeoutNanos()) {
      return false;
    }
    if (exchange.sendsOnConnection < shard.sends()) {
      return true;
    }
    if (++silentRounds >= SILENT_ROUNDS_OF_A_SESSION) {
      silentRounds = 0;
      loseSession();
    }
    hangUp(now);
    return false;
  }

  // The end

  /** Logs out if that is wanted and possible, then closes. */
  void leave(boolean logout, long now) {
    leaving = true;
    if (logout && state == TerminalState.ONLINE) {
      enter(TerminalState.LEAVING);
      begin(forge.logout, now);
      flush(now);
    } else {
      end();
    }
  }

  private void end() {
    leaving = true;
    NetSocket old = socket;
    socket = null;
    enter(TerminalState.DONE);
    if (old != null) {
      old.close();
    }
  }
}
