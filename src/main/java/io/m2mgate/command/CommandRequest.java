package io.m2mgate.command;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.m2mgate.bus.Ack;
import io.m2mgate.bus.CommandEvents;
import io.m2mgate.bus.SecurityReported;
import io.m2mgate.dictionary.Command;
import io.m2mgate.exchange.Port.End;
import io.m2mgate.security.Parting;
import io.m2mgate.security.SecretsRoute.Decision;
import io.m2mgate.security.SecretsRoute.Way;
import io.m2mgate.session.Origin;
import io.m2mgate.session.Resident;
import io.m2mgate.session.Session;
import io.m2mgate.session.Terminal;
import io.m2mgate.store.Change;
import io.m2mgate.store.ReportedValue;
import io.m2mgate.store.StoredCommand;
import io.m2mgate.store.StoredCommand.Mode;
import io.m2mgate.store.StoredCommand.State;
import io.m2mgate.store.StoredCommand.Step;
import io.m2mgate.wire.InvalidValue;
import io.m2mgate.wire.MalformedFrame;
import io.vertx.core.Future;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * A stored command on its way: what its terminal does with it becomes the steps of its life (5.4.6). Used on the terminal's lane.
 */
final class CommandRequest implements TerminalRequest {

  private final LaneCommands commands;

  private final Resident resident;
  private final CommandWork work;

  private final SentAs sequences = new SentAs();

  private StoredCommand stored;
  private int sendsSinceLeave;
  private boolean leftHere;

  /** It has its end, though that need not be durable yet. */
  private boolean over;

  CommandRequest(LaneCommands commands, Resident resident, StoredCommand stored, CommandWork work) {
    this.commands = commands;
    this.resident = resident;
    this.stored = stored;
    this.work = work;
    if (stored.progress().sequence() != StoredCommand.NONE) {
      sequences.before(stored.progress(), inParts());
    }
  }

  private boolean inParts() {
    return resident
        .terminal()
        .filter(terminal -> body(terminal)
            .filter(body -> body.length > Parting.partLength(terminal, commands.dialect(resident)))
            .isPresent())
        .isPresent();
  }

  StoredCommand stored() {
    return stored;
  }

  Resident resident() {
    return resident;
  }

  CommandWork work() {
    return work;
  }

  boolean over() {
    return over;
  }

  /** Answered, or as good as that: what shows that it was done is still to come. */
  boolean waitsForEffect() {
    return !over && (stored.state() == State.ACKED || awaitsLogin());
  }

  /** Sent, answered to nobody, and shown by the terminal's return. */
  private boolean awaitsLogin() {
    boolean sent = stored.state() == State.SENT
        || stored.state() == State.QUEUED && stored.progress().attempts() > 0;
    return sent && work.shownByLogin();
  }

  @Override
  public Command command() {
    return work.command();
  }

  @Override
  public boolean management() {
    return work.management();
  }

  @Override
  public boolean secret() {
    return work.secret();
  }

  @Override
  public boolean high() {
    return stored.head().high();
  }

  @Override
  public boolean patient() {
    return work.asksMore() || stored.head().mode() == Mode.QUEUE && work.patient();
  }

  @Override
  public long expiresMillis() {
    return stored.head().expiresMillis();
  }

  @Override
  public OptionalInt sentAs(long timestamp) {
    boolean sameSession = resident
        .terminal()
        .flatMap(Terminal::confirmed)
        .map(Session::token)
        .filter(token -> token.timestamp() == timestamp
            && token.openedMillis() <= stored.progress().sentMillis())
        .isPresent();
    return sameSession && !leftHere && !work.asksMore() && work.repeatsAsItWas()
        ? OptionalInt.of((int) stored.progress().sequence())
        : OptionalInt.empty();
  }

  @Override
  public Future<Boolean> leave(Terminal terminal, int sequence) {
    Optional<String> unfit = work.obstacle(terminal);
    if (unfit.isPresent()) {
      end(State.FAILED, unfit.get());
      return Future.succeededFuture(false);
    }
    Optional<String> kept = kept(terminal);
    if (kept.isPresent()) {
      keep(kept.get());
      return Future.succeededFuture(false);
    }
    sendsSinceLeave = 0;
    return work.asksMore()
        ? Future.succeededFuture(!over)
        : commands
            .steps()
            .leave(this, Step.leaves(sequence, commands.bearer(terminal), commands.nowMillis()));
  }

  /** Why its secrets must not go to where the terminal is now. */
  private Optional<String> kept(Terminal terminal) {
    if (!work.secret()) {
      return Optional.empty();
    }
    Decision way = commands.way(terminal);
    return way.way() == Way.INBAND ? Optional.empty() : Optional.of(way.reason());
  }

  private void keep(String reason) {
    if (stored.head().mode() == Mode.IMMEDIATE) {
      end(State.FAILED, reason);
    } else if (stored.state() != State.QUEUED || !stored.progress().reason().equals(reason)) {
      commands.steps().note(this, Step.to(State.QUEUED, reason, commands.nowMillis()));
    }
  }

  @Override
  public void waitsElsewhere(String reason) {
    keep(reason);
  }

  @Override
  public void doesNotFit(String reason) {
    end(State.FAILED, reason);
  }

  @Override
  public Optional<byte[]> body(Terminal terminal) {
    if (kept(terminal).isPresent()) {
      return Optional.empty();
    }
    try {
      return Optional.of(work.body());
    } catch (InvalidValue e) {
      return Optional.empty();
    }
  }

  @Override
  public void left(int sequence, String bearer, boolean repeat) {
    long unsigned = Integer.toUnsignedLong(sequence);
    leftHere = true;
    sequences.add(unsigned);
    boolean first = sendsSinceLeave++ == 0;
    boolean asFirst = first && stored.progress().sequence() == unsigned;
    if (!work.asksMore() && !asFirst) {
      int sends = first ? 0 : 1;
      commands.steps().note(this, Step.left(sends, unsigned, bearer, commands.nowMillis()));
    }
  }

  @Override
  public void acked(Ack ack) {
    take(judge(ack));
  }

  /** What the terminal has is true though nobody waits for it. */
  @Override
  public void late(Ack ack) {
    commands.steps().keep(this, judge(ack).reported());
  }

  private CommandOutcome judge(Ack ack) {
    try {
      return work.judge(ack, commands.nowMillis());
    } catch (MalformedFrame e) {
      return CommandOutcome.seen(State.FAILED, "the terminal's answer cannot be read");
    }
  }

  /** What was seen makes it go on. */
  void take(CommandOutcome outcome) {
    if (outcome.state() != State.SENT) {
      move(outcome);
    }
    if (outcome.again()) {
      commands.again(this);
    }
  }

  private void move(CommandOutcome outcome) {
    commands.steps().insist(this, step(outcome), outcome.reported());
  }

  private Step step(CommandOutcome outcome) {
    over = outcome.state().isEnd();
    return new Step(
        outcome.state(),
        outcome.reason(),
        0,
        StoredCommand.NONE,
        "",
        outcome.code(),
        outcome.besides(stored.progress().result()),
        commands.nowMillis());
  }

  /**
   * What is to be stored of it together with the report; empty when that was not about this: after its answer, or where that was
   * lost and the report can be of nothing else.
   */
  Optional<List<Change>> reported(Map<Integer, byte[]> values) {
    boolean answered = stored.state() == State.ACKED;
    if (over || !answered && stored.progress().sentMillis() == 0) {
      return Optional.empty();
    }
    long now = commands.nowMillis();
    Optional<CommandOutcome> outcome = answered
        ? work.reported(values, sequences::contains, now)
        : work.reportedUnanswered(values, sequences::contains, now);
    return outcome.map(seen -> {
      List<Change> changes = commands.steps().stepped(this, step(seen), seen.reported());
      commands.drop(this);
      return changes;
    });
  }

  /** What a security report makes of it; where the answer was lost, values that it shows count all the same. */
  Optional<CommandOutcome> judge(SecurityReported report) {
    boolean answered = stored.state() == State.ACKED;
    boolean later =
        answered && report.session().token().openedMillis() >= stored.progress().ackedMillis();
    return over || !answered && stored.state() != State.SENT
        ? Optional.empty()
        : work.securityReported(report.values(), later);
  }

  /** Looks whether a session that was confirmed since shows that it was done. */
  void lookAtSession(Terminal terminal) {
    long since = stored.state() == State.ACKED
        ? stored.progress().ackedMillis()
        : stored.progress().sentMillis();
    boolean newer = terminal
        .confirmed()
        .filter(session -> session.token().openedMillis() >= since)
        .isPresent();
    if ((waitsForEffect() || wokeByMessage()) && newer) {
      work.loggedIn(terminal, commands.nowMillis()).ifPresent(this::takeEnd);
    }
  }

  /** It left as a wake-up that was not answered: the LOGIN shows that it arrived. */
  private boolean wokeByMessage() {
    return !over && work.wakes() && stored.progress().bearer().equals(Origin.SMS);
  }

  void takeEnd(CommandOutcome outcome) {
    take(outcome);
    commands.drop(this);
  }

  /** Ends it when too long nothing showed that it was carried out. */
  void endIfUnseen(long now, long effectMillis) {
    boolean inSession = resident.terminal().flatMap(Terminal::confirmed).isPresent();
    work.overdue(inSession, now).ifPresent(this::takeEnd);
    if (over) {
      return;
    }
    work.note(now).ifPresent(this::note);
    long since = Math.max(stored.progress().ackedMillis(), stored.progress().sentMillis());
    long until = work.endures() ? expiresMillis() : since + effectMillis;
    if (now >= Math.min(until, expiresMillis())) {
      end(State.TIMED_OUT, "no " + work.awaited() + " was seen in time");
    }
  }

  private void note(ObjectNode more) {
    commands
        .steps()
        .note(
            this,
            Step.answered(
                stored.state(),
                stored.progress().reason(),
                StoredCommand.NONE,
                CommandOutcome.besides(stored.progress().result(), more),
                commands.nowMillis()));
  }

  /** It ends without an answer. */
  void end(State state, String reason) {
    over = true;
    commands.steps().insist(this, Step.to(state, reason, commands.nowMillis()), NOTHING);
    commands.drop(this);
  }

  /** Ended by somebody else. */
  void taken() {
    over = true;
    commands.drop(this);
  }

  /** The changes of a step of its. */
  List<Change> stepped(Step step) {
    return CommandEvents.stepped(stored, step, commands.dialect(resident));
  }

  void moved(StoredCommand now) {
    stored = now;
  }

  @Override
  public void rested() {
    if (!work.asksMore()) {
      commands
          .steps()
          .insist(
              this,
              Step.to(State.QUEUED, "the terminal did not answer", commands.nowMillis()),
              NOTHING);
    }
    commands.rested(this);
  }

  @Override
  public void finished(End end) {
    if (over || end == End.CANCELLED) {
      return;
    }
    boolean late = commands.nowMillis() >= expiresMillis();
    if (stored.state() == State.ACKED) {
      end(State.TIMED_OUT, "no " + work.awaited() + " was seen in time");
    } else if (stored.progress().attempts() > 0) {
      end(State.TIMED_OUT, late ? "no answer in time" : "no answer to any of its sends");
    } else {
      end(State.EXPIRED, "");
    }
  }

  private static final List<ReportedValue> NOTHING = List.of();
}
