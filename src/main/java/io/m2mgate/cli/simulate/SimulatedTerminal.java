package io.m2mgate.cli.simulate;

import io.m2mgate.cli.simulate.Control.Outcome;
import io.m2mgate.cli.simulate.Control.Step;
import io.m2mgate.cli.simulate.FleetOptions.Mode;
import io.m2mgate.cli.simulate.Patience.Ruling;
import io.m2mgate.wire.Frame;
import java.util.Arrays;

/**
 * One terminal of a fleet: connects, comes into session as its {@link Life} has it, sends, repeats, and comes back to its session over
 * a new line. Owned by the event loop of its shard.
 */
final class SimulatedTerminal extends Presence implements Addressees.Named {
  private final int index;
  private final Life life;
  private final Control control;
  private final OwnLoad load;
  private final Errands errands;
  private final Patience patience;

  SimulatedTerminal(
      int index, Life life, Shard shard, boolean newSequences, Making making, Wander wander) {
    super(shard, wander);
    this.index = index;
    this.life = life;
    this.errands = new Errands(shard, life, making);
    this.control = new Control(shard, life, newSequences, errands, making);
    this.load = new OwnLoad(index, shard, control, making.pipeline());
    this.patience = new Patience(shard.timeoutNanos(), shard.sends());
  }

  @Override
  int index() {
    return index;
  }

  @Override
  public boolean isCalled(byte[] bytes, int at) {
    byte[] serial = life.keys().serial();
    return Arrays.equals(serial, 0, serial.length, bytes, at, at + serial.length);
  }

  /** It still has to do what it planned, or to use what it was given. */
  boolean unsettled() {
    return !life.settled() && state() != TerminalState.FAILED && state() != TerminalState.DONE;
  }

  /** It may do what it plans. */
  void release() {
    life.release();
  }

  Control control() {
    return control;
  }

  // Lines

  /** What came to one of the addresses of its event loop, for it. */
  void datagram(Frame frame, DatagramPort port, long now) {
    if (line() instanceof DatagramLine mine) {
      mine.read(frame, port, now);
    } else {
      shard.tally().datagrams.misdirected++;
    }
  }

  @Override
  void lineLost() {
    control.drop();
    life.connectionLost();
    load.connectionLost();
    errands.lineLost();
  }

  /** What comes next on a line. */
  @Override
  void goOn(long now) {
    Life.Need need = life.need();
    if (need.waitsForQuiet() && load.open() > 0) {
      need = Life.Need.NOTHING;
    }
    switch (need) {
      case REGISTER -> begin(TerminalState.REGISTERING, Step.REGISTER, now);
      case SECRETS -> {
        enter(TerminalState.AWAITING_SECRETS);
        patience.awaitsSecrets(now);
      }
      case LOGIN -> begin(TerminalState.LOGGING_IN, Step.LOGIN, now);
      case CONFIRMATION -> begin(TerminalState.TRAPPING, Step.CONFIRM, now);
      case REQUEST -> begin(TerminalState.RENEWING, Step.REQUEST, now);
      case RENEWAL -> begin(TerminalState.RENEWING, Step.RENEWING_LOGOUT, now);
      case CLEARING -> {
        life.cleared();
        shard.tally().security.cleared++;
        begin(TerminalState.REGISTERING, Step.REGISTER, now);
      }
      case NOTHING -> work(now);
    }
  }

  private void begin(TerminalState next, Step step, long now) {
    enter(next);
    control.begin(step, now);
  }

  private void work(long now) {
    enter(TerminalState.ONLINE);
    load.back(now);
    for (Exchange unanswered : load.unanswered()) {
      shard.tally().repeated++;
      transmit(unanswered, now);
    }
    errands.resume(control, now);
    fill(now);
    attend(now);
  }

  /** Does what it was given to do, or planned, once nothing else is open. */
  private void attend(long now) {
    boolean free = state() == TerminalState.ONLINE && quiet() && errands.free();
    if (free && life.need() != Life.Need.NOTHING) {
      goOn(now);
    } else if (free && errands.next().isPresent()) {
      Deed next = errands.next().get();
      enter(next instanceof Deed.Return ? TerminalState.RENEWING : TerminalState.ONLINE);
      control.perform(next, now);
    } else if (mayBegin() && load.open() == 0) {
      errands.fetch(control, now);
    }
  }

  private boolean mayBegin() {
    return state() == TerminalState.ONLINE
        && !control.isOpen()
        && errands.next().isEmpty()
        && !wander.isDead()
        && life.need() == Life.Need.NOTHING;
  }

  // Sending

  /** Begins one exchange of the load when it can. */
  boolean send(long now) {
    if (state() == TerminalState.ASLEEP) {
      return wakesFor(load.promise());
    }
    if (!mayBegin() || errands.fetches()) {
      return errands.fetches() && load.promise();
    }
    if (errands.hasTurn() || !load.window().hasRoom() || !shard.takeMessage(now)) {
      return false;
    }
    errands.givesWay();
    transmit(load.begin(now), now);
    shard.maybeMisbehave(this);
    return true;
  }

  /** Sends as much as the window holds, where nobody paces. */
  void fill(long now) {
    boolean more = !shard.paced() || load.redeem();
    while (more) {
      more = send(now) && !shard.paced();
    }
  }

  private void transmit(Exchange exchange, long now) {
    if (shard.mode() == Mode.LOGIN) {
      begin(TerminalState.RENEWING, Step.RELOGIN, now);
      return;
    }
    load.transmit(exchange, now);
  }

  @Override
  public void arrived(Frame frame, long now) {
    switch (Arrival.of(frame, shard, control.seal())) {
      case REQUEST -> asked(frame, now);
      case OPENING -> follow(control.opened(frame), now);
      case REFUSAL -> {
        if (state().inSession()) {
          loseSession();
          goOn(now);
        }
      }
      case ANSWER -> answered(frame, now);
      case BLOCK -> fetched(frame, now);
      case UNVERIFIED -> {
        boolean late = control.isOfFormerSession(frame);
        shard.tally().strayAcks += late ? 1 : 0;
        shard.tally().wrongDigests += late ? 0 : 1;
      }
    }
  }

  private void asked(Frame frame, long now) {
    if (state() == TerminalState.ONLINE && quiet() && errands.crosses()) {
      control.begin(Step.HEARTBEAT, now);
    }
    if (errands.loses(!quiet()) || !errands.take(frame, control, now)) {
      shard.tally().downlinkIgnored++;
      return;
    }
    shard.keep(index, life.keys());
    if (state() == TerminalState.AWAITING_SECRETS) {
      goOn(now);
    } else {
      attend(now);
    }
  }

  private void follow(Outcome outcome, long now) {
    switch (outcome) {
      case STRAY -> shard.tally().strayAcks++;
      case GO_ON -> {
        shard.keep(index, life.keys());
        goOn(now);
      }
      case REFUSED -> {
        hangUp(now);
        if (control.givesUp()) {
          enter(TerminalState.FAILED);
          shard.tally().failed++;
        }
      }
      case RESTS -> {
        shard.tally().rests++;
        sleep();
      }
      case GONE -> end();
      case NOTHING -> {}
    }
  }

  private void answered(Frame ack, long now) {
    reached();
    patience.answered();
    Outcome outcome = control.answered(ack, now);
    if (outcome != Outcome.STRAY) {
      follow(outcome, now);
    } else {
      load.answered(ack.sequence(), shard.platform().resultOf(ack), now);
    }
    fill(now);
    attend(now);
  }

  private void fetched(Frame ack, long now) {
    patience.answered();
    if (errands.blockCame(ack.sequence(), control, now)) {
      life.sessionLost();
      hangUp(now);
    } else {
      fill(now);
      attend(now);
    }
  }

  private void loseSession() {
    shard.tally().sessionsLost += life.confirmed() ? 1 : 0;
    life.sessionLost();
    control.drop();
  }

  // Time

  @Override
  void tick(long now) {
    switch (state()) {
      case WAITING -> wake();
      case REGISTERING, LOGGING_IN, TRAPPING, RENEWING, LEAVING -> repeatControlWhenDue(now);
      case AWAITING_SECRETS -> {
        if (patience.secretsOverdue(now)) {
          hangUp(now);
        }
      }
      case ONLINE -> tickOnline(now);
      case CONNECTING, ASLEEP, DONE, FAILED -> {}
    }
    flush(now);
  }

  private void tickOnline(long now) {
    boolean switches = wander.switches(now);
    if (switches) {
      shard.tally().switches++;
      reached();
    }
    if (switches || wander.breaks(now)) {
      hangUp(now);
      return;
    }
    errands.tick(control, now);
    wander.report(errands, now);
    repeatControlWhenDue(now);
    Window window = load.window();
    for (int i = 0; state() == TerminalState.ONLINE && i < window.size(); i++) {
      Exchange exchange = window.at(i);
      if (exchange.open && overdue(exchange, now)) {
        shard.tally().repeated++;
        transmit(exchange, now);
      }
    }
    if (state() == TerminalState.ONLINE && errands.fetches() && overdue(errands.fetched(), now)) {
      errands.fetchAgain(control, now);
    }
    if (state() == TerminalState.ONLINE && wander.rebinds(now)) {
      rebind(now);
    }
    if (speaks() && silentNanos(now) >= shard.silenceNanos(index, wander)) {
      if (wander.isShort()) {
        begin(TerminalState.RENEWING, Step.REST, now);
      } else {
        control.begin(Step.HEARTBEAT, now);
      }
    }
    attend(now);
  }

  /** Every second one goes on with what it sends next, right behind which its address changes; the others beat at once. */
  private void rebind(long now) {
    if ((index & 1) == 0) {
      moveBehindNextWrite();
    } else {
      line().move();
      if (speaks()) {
        control.begin(Step.HEARTBEAT, now);
      }
    }
  }

  /** It can say of its own that it is there. */
  private boolean speaks() {
    return state() == TerminalState.ONLINE && quiet() && !wander.isDead();
  }

  private boolean quiet() {
    return load.open() == 0 && !control.isOpen() && !errands.fetches();
  }

  private void repeatControlWhenDue(long now) {
    if (control.isOpen() && overdue(control.exchange(), now)) {
      control.transmit(now);
    }
  }

  /** Whether it is time to send again; hangs up when it was sent often enough. */
  private boolean overdue(Exchange exchange, long now) {
    Ruling ruling = patience.with(exchange, now);
    if (ruling == Ruling.LOSE_SESSION) {
      loseSession();
    }
    if (ruling == Ruling.LOSE_SESSION || ruling == Ruling.HANG_UP) {
      hangUp(now);
    }
    return ruling == Ruling.SEND_AGAIN;
  }

  @Override
  long waitNanos(long now) {
    return switch (state()) {
      case REGISTERING, LOGGING_IN, TRAPPING, RENEWING, LEAVING ->
        patience.waitNanos(control.exchange(), now);
      case AWAITING_SECRETS -> patience.secretsWaitNanos(now);
      case ONLINE -> waitOnlineNanos(now);
      case WAITING, CONNECTING, ASLEEP, DONE, FAILED -> Patience.FOREVER;
    };
  }

  private long waitOnlineNanos(long now) {
    if (life.need() != Life.Need.NOTHING || errands.next().isPresent()) {
      return 0;
    }
    long wait = Math.min(wander.waitNanos(now), errands.waitNanos(now));
    wait = Math.min(wait, patience.waitNanos(control.exchange(), now));
    Window window = load.window();
    for (int i = 0; i < window.size(); i++) {
      wait = Math.min(wait, patience.waitNanos(window.at(i), now));
    }
    if (errands.fetches()) {
      wait = Math.min(wait, patience.waitNanos(errands.fetched(), now));
    }
    return speaks() ? Math.min(wait, shard.silenceNanos(index, wander) - silentNanos(now)) : wait;
  }

  /** Logs out if that is wanted and possible, then closes. */
  void leave(boolean logout, long now) {
    leaves();
    if (logout && state() == TerminalState.ONLINE) {
      begin(TerminalState.LEAVING, Step.FAREWELL, now);
      flush(now);
    } else {
      end();
    }
  }
}
