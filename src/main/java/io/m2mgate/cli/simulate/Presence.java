package io.m2mgate.cli.simulate;

/** Where one terminal is, its line to the gateway, and when it is looked at next. Owned by the event loop of its shard. */
abstract class Presence extends DueWheel.Entry implements Line.Owner {
  final Shard shard;
  final Wander wander;
  private Line line = Line.NONE;
  private TerminalState state = TerminalState.WAITING;
  private boolean connectedBefore;
  private boolean arrived;
  private boolean leaving;
  private boolean moves;
  private int attempts;
  private long connectAtNanos;
  private long lastWriteNanos;

  Presence(Shard shard, Wander wander) {
    this.shard = shard;
    this.wander = wander;
  }

  abstract int index();

  /** A line is there: it goes on. */
  abstract void goOn(long now);

  /** The line is gone, and what was open on it. */
  abstract void lineLost();

  /** The time has come that {@link #waitNanos} told. */
  abstract void tick(long now);

  /** Until {@link #tick} does something on a line that is up. */
  abstract long waitNanos(long now);

  TerminalState state() {
    return state;
  }

  Wander wander() {
    return wander;
  }

  Line line() {
    return line;
  }

  long silentNanos(long now) {
    return now - lastWriteNanos;
  }

  void enter(TerminalState next) {
    shard.moved(state, next);
    if (next == TerminalState.ONLINE && !arrived) {
      arrived = true;
      shard.tally().arrived++;
    }
    state = next;
  }

  /** The gateway is there. */
  void reached() {
    attempts = 0;
  }

  /** It begins, or has something to say again. */
  void wake() {
    if (state == TerminalState.WAITING || state == TerminalState.ASLEEP) {
      enter(TerminalState.CONNECTING);
      shard.wheel().remove(this);
      shard.connect(this);
    }
  }

  /** It wakes where that is so: where nobody paces, who sleeps has nothing to say. */
  boolean wakesFor(boolean promised) {
    if (promised) {
      wake();
    }
    return promised;
  }

  void connected(Line fresh, long now) {
    if (state != TerminalState.CONNECTING) {
      fresh.close();
      return;
    }
    shard.tally().reconnects += connectedBefore ? 1 : 0;
    connectedBefore = true;
    line = fresh;
    goOn(now);
    flush(now);
  }

  void connectFailed(long now) {
    if (state == TerminalState.CONNECTING) {
      disconnected(now);
    }
  }

  private void disconnected(long now) {
    line.close();
    line = Line.NONE;
    lineLost();
    connectAtNanos = now + shard.backOffNanos(attempts++);
    enter(leaving ? TerminalState.DONE : TerminalState.WAITING);
    reschedule(now);
  }

  void hangUp(long now) {
    shard.forge().discard();
    disconnected(now);
  }

  @Override
  public void broken(long now) {
    hangUp(now);
  }

  /** It is not heard until it wakes. */
  void sleep() {
    line.close();
    line = Line.NONE;
    enter(TerminalState.ASLEEP);
  }

  /** Its last time on a line. */
  void leaves() {
    leaving = true;
  }

  void end() {
    leaving = true;
    enter(TerminalState.DONE);
    line.close();
    shard.wheel().remove(this);
  }

  /** Its address is another one behind what it writes next. */
  void moveBehindNextWrite() {
    moves = true;
  }

  @Override
  public void flush(long now) {
    if (line.isUp() && !shard.forge().isEmpty()) {
      lastWriteNanos = now;
      line.write(shard.forge());
      if (moves) {
        moves = false;
        line.move();
      }
    }
    reschedule(now);
  }

  private void reschedule(long now) {
    long wait = state == TerminalState.WAITING ? connectAtNanos - now : waitNanos(now);
    if (wait == Patience.FOREVER) {
      shard.wheel().remove(this);
    } else {
      shard.wheel().put(this, now, wait);
    }
  }
}
