package io.m2mgate.cli.simulate;

import io.m2mgate.cli.simulate.Control.Outcome;
import io.m2mgate.cli.simulate.Control.Step;
import io.m2mgate.cli.simulate.FleetOptions.Mode;
import io.m2mgate.cli.simulate.Patience.Ruling;
import io.m2mgate.wire.Frame;
import io.m2mgate.wire.MalformedFrame;
import io.vertx.core.net.NetSocket;

/**
 * One terminal of a fleet: connects, comes into session as its {@link Life} has it, sends, repeats, and comes back to its session over
 * a new connection. Owned by the event loop of its shard.
 */
final class SimulatedTerminal {
  private final int index;
  private final Life life;
  private final Shard shard;
  private final Line line;
  private final Control control;
  private final OwnLoad load;
  private final Fetcher fetcher;
  private final Answers answers;
  private final Respondent respondent;
  private final Wander wander;
  private final Patience patience;

  private TerminalState state = TerminalState.WAITING;
  private boolean leaving;
  private int attempts;
  private long connectAtNanos;
  private long lastWriteNanos;

  SimulatedTerminal(int index, Life life, Shard shard, boolean newSequences, Making making) {
    this.index = index;
    this.life = life;
    this.shard = shard;
    this.line = new Line(shard.platform().decoder());
    this.fetcher = new Fetcher(shard, making);
    this.answers = new Answers(making, life, shard.tally(), fetcher);
    this.control = new Control(shard, life, newSequences, answers, making);
    this.load = new OwnLoad(index, shard, control, making.pipeline());
    this.respondent = new Respondent(shard, control, answers, making);
    this.patience = new Patience(shard.timeoutNanos(), shard.sends());
    this.wander = new Wander(making, System.nanoTime());
    this.connectAtNanos = System.nanoTime();
  }

  TerminalState state() {
    return state;
  }

  int index() {
    return index;
  }

  int inFlight() {
    return load.open();
  }

  /** It still has to do what it planned, or to use what it was given. */
  boolean unsettled() {
    return !life.settled() && state != TerminalState.FAILED && state != TerminalState.DONE;
  }

  /** It may do what it plans. */
  void release() {
    life.release();
  }

  Control control() {
    return control;
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
    shard.tally().reconnects += line.take(fresh, this::received, this::disconnected) ? 1 : 0;
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
    control.drop();
    respondent.drop();
    life.connectionLost();
    load.connectionLost();
    fetcher.connectionLost();
    connectAtNanos = now + shard.backOffNanos(attempts++);
    enter(leaving ? TerminalState.DONE : TerminalState.WAITING);
  }

  private void hangUp(long now) {
    shard.forge().discard();
    disconnected(now);
  }

  /** What comes next on a connection. */
  private void goOn(long now) {
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
    fetcher.resume(control, now);
    fill(now);
    attend(now);
  }

  /** Does what it was given to do, or planned, once nothing else is open. */
  private void attend(long now) {
    boolean free = state == TerminalState.ONLINE && quiet() && respondent.free();
    if (free && life.need() != Life.Need.NOTHING) {
      goOn(now);
    } else if (free && answers.next().isPresent()) {
      Deed next = answers.next().get();
      enter(next instanceof Deed.Return ? TerminalState.RENEWING : TerminalState.ONLINE);
      control.perform(next, now);
    } else if (mayBegin() && load.open() == 0) {
      fetcher.begin(control, now);
    }
  }

  private boolean mayBegin() {
    return state == TerminalState.ONLINE
        && !control.isOpen()
        && answers.next().isEmpty()
        && !wander.isDead()
        && life.need() == Life.Need.NOTHING;
  }

  // Sending

  /** Begins one exchange of the load when it can. */
  boolean send(long now) {
    if (!mayBegin() || fetcher.isOpen()) {
      return fetcher.isOpen() && load.promise();
    }
    if (fetcher.hasTurn() || !load.window().hasRoom() || !shard.takeMessage(now)) {
      return false;
    }
    fetcher.givesWay();
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

  void flush(long now) {
    if (line.isUp() && !shard.forge().isEmpty()) {
      lastWriteNanos = now;
      line.write(wander.whatArrives(shard.forge().take()));
    }
  }

  private void transmit(Exchange exchange, long now) {
    if (shard.mode() == Mode.LOGIN) {
      begin(TerminalState.RENEWING, Step.RELOGIN, now);
      return;
    }
    load.transmit(exchange, now);
  }

  private void received(long now) {
    try {
      while (line.next()) {
        Frame frame = line.frame();
        if (!wander.losesFrame()) {
          accept(frame, now);
        }
      }
    } catch (MalformedFrame e) {
      hangUp(now);
    }
    flush(now);
  }

  private void accept(Frame frame, long now) {
    switch (Arrival.of(frame, shard, control.seal())) {
      case REQUEST -> asked(frame, now);
      case OPENING -> follow(control.opened(frame), now);
      case REFUSAL -> {
        if (state.inSession()) {
          loseSession();
          goOn(now);
        }
      }
      case ANSWER -> answered(frame, now);
      case BLOCK -> fetched(frame, now);
      case UNVERIFIED -> shard.tally().wrongDigests++;
    }
  }

  private void asked(Frame frame, long now) {
    if (state == TerminalState.ONLINE && quiet() && respondent.crosses()) {
      control.begin(Step.HEARTBEAT, now);
    }
    if (respondent.loses(!quiet(), life.confirmed()) || !respondent.take(frame, now)) {
      shard.tally().downlinkIgnored++;
      return;
    }
    shard.keep(index, life.keys());
    if (state == TerminalState.AWAITING_SECRETS) {
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
      case GONE -> end();
      case NOTHING -> {}
    }
  }

  private void answered(Frame ack, long now) {
    attempts = 0;
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
    if (fetcher.answered(ack.sequence(), control, now)) {
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

  void tick(long now) {
    switch (state) {
      case WAITING -> {
        if (now - connectAtNanos >= 0 && shard.takeConnection()) {
          enter(TerminalState.CONNECTING);
          shard.connect(this);
        }
      }
      case REGISTERING, LOGGING_IN, TRAPPING, RENEWING, LEAVING -> repeatControlWhenDue(now);
      case AWAITING_SECRETS -> {
        if (patience.secretsOverdue(now)) {
          hangUp(now);
        }
      }
      case ONLINE -> tickOnline(now);
      case CONNECTING, DONE, FAILED -> {}
    }
    flush(now);
  }

  private void tickOnline(long now) {
    if (wander.breaks(now)) {
      hangUp(now);
      return;
    }
    respondent.tick(now);
    fetcher.tick(now).ifPresent(answers::plan);
    wander.report(answers, now);
    repeatControlWhenDue(now);
    Window window = load.window();
    for (int i = 0; state == TerminalState.ONLINE && i < window.size(); i++) {
      Exchange exchange = window.at(i);
      if (exchange.open && overdue(exchange, now)) {
        shard.tally().repeated++;
        transmit(exchange, now);
      }
    }
    if (state == TerminalState.ONLINE && fetcher.isOpen() && overdue(fetcher.exchange(), now)) {
      fetcher.transmit(control, now);
    }
    boolean beats = state == TerminalState.ONLINE && quiet() && !wander.isDead();
    if (beats && shard.heartbeatDue(lastWriteNanos, now)) {
      control.begin(Step.HEARTBEAT, now);
    }
    attend(now);
  }

  private boolean quiet() {
    return load.open() == 0 && !control.isOpen() && !fetcher.isOpen();
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

  /** Logs out if that is wanted and possible, then closes. */
  void leave(boolean logout, long now) {
    leaving = true;
    if (logout && state == TerminalState.ONLINE) {
      begin(TerminalState.LEAVING, Step.FAREWELL, now);
      flush(now);
    } else {
      end();
    }
  }

  private void end() {
    leaving = true;
    enter(TerminalState.DONE);
    line.close();
  }
}
