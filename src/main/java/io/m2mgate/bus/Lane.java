package io.m2mgate.bus;

import io.m2mgate.dictionary.Dialect;
import io.m2mgate.dictionary.Dictionary;
import io.m2mgate.session.Inbound;
import io.m2mgate.session.LockOuts;
import io.m2mgate.session.Profile;
import io.m2mgate.session.Resident;
import io.m2mgate.session.Segments;
import io.m2mgate.session.SessionTable;
import io.m2mgate.session.Terminal;
import io.m2mgate.store.Change;
import io.m2mgate.store.CommitBatch;
import io.m2mgate.store.CommitUnit;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.DeliveryOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One event loop and what its verticles share: the terminals it serves, its credits, and the batches that are open in this pass.
 * Batches are sent on when the loop has handled what it read. Owned by the loop's thread, which every entry asserts.
 */
public final class Lane {

  private static final Logger LOG = LoggerFactory.getLogger(Lane.class);

  private final int index;
  private final Vertx vertx;
  private final Context context;
  private final Thread loop;
  private final LaneServices services;
  private final SessionTable terminals = new SessionTable();
  private final LaneCredits credits;
  private final LockOuts lockOuts;

  private List<Reply> replies = new ArrayList<>();
  private List<CommitUnit> commits = new ArrayList<>();
  private final List<List<Inbound>> completedElsewhere = new ArrayList<>();
  private final OwedChanges owed = new OwedChanges();
  private CommandEffects effects = CommandEffects.NONE;
  private boolean flushScheduled;
  private final DeliveryOptions byReference = Lanes.byReference();

  Lane(int index, int lanes, Vertx vertx, Context context, Thread loop, LaneServices services) {
    this.index = index;
    this.vertx = vertx;
    this.context = context;
    this.loop = loop;
    this.services = services;
    this.credits = new LaneCredits(services.creditFrames(), services.creditBytes());
    this.lockOuts = new LockOuts(services.lockOuts());
    for (int i = 0; i < lanes; i++) {
      completedElsewhere.add(new ArrayList<>());
    }
    services.metrics().lane(this);
    vertx
        .eventBus()
        .<CommitBatch>localConsumer(Addresses.committed(index), batch -> committed(batch.body()));
    vertx
        .eventBus()
        .<InboundBatch>localConsumer(Addresses.completed(index), batch -> completed(batch.body()));
  }

  public int index() {
    return index;
  }

  public LaneServices services() {
    return services;
  }

  public SessionTable terminals() {
    return terminals;
  }

  public LaneCredits credits() {
    return credits;
  }

  /** What wrong proofs have led to. */
  public LockOuts lockOuts() {
    return lockOuts;
  }

  /** What reports show of commands. */
  public CommandEffects effects() {
    return effects;
  }

  public void effects(CommandEffects of) {
    effects = of;
  }

  public LaneMetrics metrics() {
    return services.metrics();
  }

  public long nowMillis() {
    return services.clock().millis();
  }

  /** The dialect of the terminal's profile, or the default one where that is gone. */
  public Dialect dialect(Terminal terminal) {
    return dialect(terminal.profile());
  }

  /** The dialect of a profile, or the default one where that is gone. */
  public Dialect dialect(Profile profile) {
    Dictionary dictionary = services.dictionary();
    Dialect usual = dictionary.dialect();
    String wanted = profile.dialect();
    return wanted.equals(usual.name()) ? usual : dictionary.dialect(wanted).orElse(usual);
  }

  /** Sends a data-plane message, to this lane or another. */
  public void send(String address, Object message) {
    vertx.eventBus().send(address, message, byReference);
  }

  /** Sends a data-plane message to every lane. */
  public void sendToAll(IntFunction<String> address, Object message) {
    for (int lane = 0; lane < completedElsewhere.size(); lane++) {
      send(address.apply(lane), message);
    }
  }

  /** Sends a message to all who may care for it, on any loop. */
  public void publish(String address, Object message) {
    vertx.eventBus().publish(address, message, byReference);
  }

  /** Gathers an answer, to be sealed and written with the others of this pass. */
  public void reply(Reply answer) {
    assertOnLoop();
    replies.add(answer);
    scheduleFlush();
  }

  /**
   * Gathers changes of one terminal, to be committed with the others of this pass; the listener is told on this lane.
   */
  public void commit(Resident resident, List<Change> changes, CommitUnit.Listener listener) {
    assertOnLoop();
    resident.begin();
    List<Change> debts = owed.take(resident);
    commits.add(new CommitUnit(OwedChanges.before(resident, debts, changes), outcome -> {
      resident.end();
      // What was refused for the changes at hand may pass alone.
      if (outcome == CommitUnit.Outcome.UNAVAILABLE
          || outcome == CommitUnit.Outcome.REJECTED && !changes.isEmpty()) {
        owed.add(resident, debts);
      }
      try {
        listener.done(outcome);
      } catch (RuntimeException fault) {
        LOG.error("terminal {}: what follows a commit failed", resident.serial(), fault);
        metrics().dropped(LaneMetrics.Drop.FAULT);
      }
      settle(resident);
    }));
    scheduleFlush();
  }

  /** The same of a terminal that may be another lane's: nothing of it waits for them. */
  public void commit(List<Change> changes, CommitUnit.Listener listener) {
    assertOnLoop();
    commits.add(new CommitUnit(changes, listener));
    scheduleFlush();
  }

  /**
   * The same for changes of the session, which no terminal repeats: what the store does not take of them goes with the terminal's
   * next commit, before anything newer.
   */
  public void insist(Resident resident, List<Change> changes, CommitUnit.Listener listener) {
    commit(resident, changes, outcome -> {
      if (outcome == CommitUnit.Outcome.UNAVAILABLE) {
        owed.add(resident, changes);
      }
      listener.done(outcome);
    });
  }

  /** Tries again to store what the store did not take. */
  public void payDebts() {
    owed.debtors().forEach(resident -> commit(resident, List.of(), outcome -> {}));
  }

  /** The frame is finished with: answered, refused, joined to another or dropped. A second call does nothing. */
  public void done(Inbound frame) {
    assertOnLoop();
    if (frame.finish()) {
      giveBack(frame);
    }
  }

  private void giveBack(Inbound frame) {
    int owner = frame.origin().lane();
    if (owner == index) {
      complete(frame);
    } else {
      completedElsewhere.get(owner).add(frame);
      scheduleFlush();
    }
  }

  /** The frame waits where a bound of its own holds: until {@link #resume} its credits are for frames that are at work. */
  public void park(Inbound frame) {
    if (frame.origin().lane() == index) {
      credits.give(frame.frame().length());
    }
  }

  /** The frame waits no more. */
  public void resume(Inbound frame) {
    if (frame.origin().lane() == index) {
      credits.take(frame.frame().length());
    }
  }

  /** Counts, and shows to who watches, that a frame which was let through is not served. */
  public void dropped(Inbound frame, LaneMetrics.Drop reason) {
    count(frame, reason);
    if (services.traces().any()) {
      Dialect dialect = terminals
          .find(frame.frame().serial())
          .flatMap(Resident::terminal)
          .map(this::dialect)
          .orElseGet(services.dictionary()::dialect);
      services.traces().later(frame, dialect, nowMillis(), LaneMetrics.label(reason));
    }
  }

  /** A handler is through with the request. A second call does nothing. */
  public void done(Uplink request) {
    assertOnLoop();
    if (request.inbound().finish()) {
      finished(request.inbound(), request.resident());
    }
  }

  /** A handler is through with the request. A second call does nothing. */
  public void done(Opening request) {
    assertOnLoop();
    if (request.inbound().finish()) {
      request
          .resident()
          .ifPresentOrElse(
              resident -> finished(request.inbound(), resident), () -> giveBack(request.inbound()));
    }
  }

  /** An answer of a terminal is finished with. A second call does nothing. */
  public void done(Ack ack) {
    assertOnLoop();
    if (ack.inbound().finish()) {
      finished(ack.inbound(), ack.resident());
    }
  }

  private void finished(Inbound frame, Resident resident) {
    giveBack(frame);
    resident.end();
    resident.answered(nowMillis());
    resident.terminal().flatMap(Terminal::segments).ifPresent(Segments::giveBack);
    settle(resident);
  }

  /** Counts that a frame got no further, and keeps with it whether that was its own fault. */
  public void count(Inbound frame, LaneMetrics.Drop reason) {
    metrics().dropped(reason);
    if (reason.isOurs()) {
      frame.unserved();
    }
  }

  /**
   * Runs a part of a frame's exchange. The one place where a fault of ours ends: logged once, the frame given up, its neighbours
   * untouched.
   */
  public void guard(Inbound frame, Runnable giveUp, Runnable part) {
    try {
      part.run();
    } catch (RuntimeException fault) {
      failed(frame, fault);
      giveUp.run();
    }
  }

  /** Logs and counts a fault of ours in a frame's exchange; the caller gives the frame up. */
  public void failed(Inbound frame, RuntimeException fault) {
    LOG.error(
        "terminal {}: exchange of command {} sequence {} failed",
        frame.frame().serial(),
        Integer.toHexString(frame.frame().command()),
        Integer.toUnsignedString(frame.frame().sequence()),
        fault);
    dropped(frame, LaneMetrics.Drop.FAULT);
  }

  /** A change of the terminal's session is durable or was given up: its waiting frames may go on. */
  public void release(Resident resident) {
    assertOnLoop();
    send(Addresses.released(index), resident);
  }

  /** Hands the terminal over to the lane it is to move to, if nothing of it is under way here. */
  public void settle(Resident resident) {
    if (!resident.moves() || !resident.quiet()) {
      return;
    }
    int to = resident.destination();
    resident.moved();
    if (services.locator().handOver(resident.serial(), index, to)) {
      terminals.remove(resident);
      resident.terminal().ifPresent(terminal -> send(Addresses.adopted(to), terminal));
      send(Addresses.left(index), resident.serial());
    }
  }

  public void assertOnLoop() {
    if (Thread.currentThread() != loop) {
      throw new IllegalStateException(
          "lane " + index + " used on " + Thread.currentThread().getName());
    }
  }

  private void scheduleFlush() {
    if (!flushScheduled) {
      flushScheduled = true;
      context.runOnContext(nothing -> flush());
    }
  }

  private void flush() {
    flushScheduled = false;
    if (!replies.isEmpty()) {
      List<Reply> batch = replies;
      replies = new ArrayList<>();
      send(Addresses.replies(index), new ReplyBatch(batch));
    }
    if (!commits.isEmpty()) {
      List<CommitUnit> batch = commits;
      commits = new ArrayList<>();
      services
          .journal()
          .append(new CommitBatch(batch, done -> send(Addresses.committed(index), done)));
    }
    for (int lane = 0; lane < completedElsewhere.size(); lane++) {
      if (!completedElsewhere.get(lane).isEmpty()) {
        List<Inbound> batch = completedElsewhere.set(lane, new ArrayList<>());
        send(Addresses.completed(lane), new InboundBatch(batch));
      }
    }
  }

  private void committed(CommitBatch batch) {
    for (CommitUnit unit : batch.units()) {
      unit.listener().done(unit.outcome());
    }
  }

  private void completed(InboundBatch batch) {
    batch.frames().forEach(this::complete);
  }

  private void complete(Inbound frame) {
    credits.give(frame.frame().length());
    frame.origin().completed(frame);
  }
}
