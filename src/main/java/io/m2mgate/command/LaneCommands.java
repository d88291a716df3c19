package io.m2mgate.command;

import io.m2mgate.bus.Addresses;
import io.m2mgate.bus.CommandEvents;
import io.m2mgate.bus.Lane;
import io.m2mgate.bus.Reported;
import io.m2mgate.bus.SecurityReported;
import io.m2mgate.dictionary.Dialect;
import io.m2mgate.security.SecretBox;
import io.m2mgate.security.SecretsRoute.Decision;
import io.m2mgate.session.Origin;
import io.m2mgate.session.Resident;
import io.m2mgate.session.Terminal;
import io.m2mgate.store.Change;
import io.m2mgate.store.CommandStore;
import io.m2mgate.store.CommitUnit.Outcome;
import io.m2mgate.store.ReportedValue;
import io.m2mgate.store.StoredCommand;
import io.m2mgate.store.StoredCommand.Mode;
import io.m2mgate.store.StoredCommand.State;
import io.m2mgate.store.StoredCommand.Step;
import io.m2mgate.store.StoredCommand.Type;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.Collection;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The commands of one lane's terminals: reads what is open, asks the terminals, and makes durable what becomes of it, each step with
 * the event that tells of it (5.4.6). The store is the truth: a restart or a move to another lane begins there. Used on the lane's
 * thread.
 */
final class LaneCommands {

  private static final Logger LOG = LoggerFactory.getLogger(LaneCommands.class);

  /** Terminals that are read again in one turn, for want of room or because the store was away. */
  private static final int RETRIED = 100;

  private static final String OFFLINE = "terminal-offline";
  private static final String HANDED_OVER = "the terminal is another application's now";

  private final Lane lane;
  private final Context context;
  private final CommandStore store;
  private final SimConfirmations confirmations;
  private final SecretBox box;
  private final Function<Terminal, Decision> way;
  private final DownlinkOptions options;
  private final Downlinks downlinks;
  private final Map<Resident, TerminalCommands> terminals = new IdentityHashMap<>();
  private final OwedSteps owed = new OwedSteps();

  /**
   * @param box of what is sealed of commands
   * @param way whether secrets may go to where a terminal is now
   */
  LaneCommands(
      Lane lane,
      Context context,
      CommandStore store,
      SimConfirmations confirmations,
      SecretBox box,
      Function<Terminal, Decision> way,
      DownlinkOptions options,
      Downlinks downlinks) {
    this.lane = lane;
    this.context = context;
    this.store = store;
    this.confirmations = confirmations;
    this.box = box;
    this.way = way;
    this.options = options;
    this.downlinks = downlinks;
  }

  /** Commands of the terminal were asked or cancelled; nothing happens unless it is here. */
  void due(String serial) {
    lane.terminals().find(serial).ifPresent(resident -> {
      resident.commandsOpen(true);
      if (resident.terminal().isPresent()) {
        read(of(resident));
      }
    });
  }

  /** A terminal arrived, logged in or was changed. */
  void look(Resident resident, boolean loggedIn) {
    if (resident.terminal().isEmpty() || !resident.commandsOpen()) {
      return;
    }
    TerminalCommands its = of(resident);
    Terminal terminal = resident.terminal().get();
    its.all().forEach(request -> takeBack(request, terminal));
    if (loggedIn) {
      its.all().forEach(request -> request.lookAtSession(terminal));
    }
    read(its);
  }

  /** What a terminal says is for the application that it belongs to now. */
  private void takeBack(CommandRequest request, Terminal terminal) {
    if (!request.over()
        && !request.stored().head().app().equals(terminal.terminalRecord().app())) {
      request.end(State.CANCELLED, HANDED_OVER);
    }
  }

  /** A report shows one command at most: those that are told by number before those that go by order (5.2.3). */
  void reported(Reported report) {
    TerminalCommands its = terminals.get(report.resident());
    if (its == null || its.reading() && its.isEmpty()) {
      of(report.resident()).missed(report);
      return;
    }
    for (boolean byNumber : new boolean[] {true, false}) {
      for (CommandRequest request : its.all()) {
        boolean numbered = request.stored().head().type() == Type.CONFIGURE;
        if (numbered == byNumber && request.reported(report.values())) {
          return;
        }
      }
    }
  }

  /** Security reports are not committed before what they show. */
  void reported(SecurityReported report) {
    TerminalCommands its = of(report.resident());
    if (its.reading() || its.isEmpty()) {
      its.missed(report);
      read(its);
    } else {
      confirmations.confirm(its.all(), report);
    }
  }

  /** Of this terminal, as far as they were read. */
  Collection<CommandRequest> known(Resident resident) {
    TerminalCommands its = terminals.get(resident);
    return its == null ? List.of() : its.all();
  }

  private TerminalCommands of(Resident resident) {
    return terminals.computeIfAbsent(resident, TerminalCommands::new);
  }

  /** Does what is due. */
  void tick() {
    long now = lane.nowMillis();
    List<TerminalCommands> over = new ArrayList<>(0);
    List<TerminalCommands> starved = new ArrayList<>(0);
    for (TerminalCommands its : terminals.values()) {
      if (!here(its.resident())) {
        over.add(its);
      } else if (its.isEmpty() && !its.reading()) {
        starved.add(its);
      } else {
        its.all().forEach(request -> tick(request, now));
      }
    }
    over.forEach(its -> terminals.remove(its.resident()));
    starved.stream().limit(RETRIED).forEach(this::read);
    owed.debtors().forEach(again -> append(again, List.of(), true, outcome -> {}));
  }

  private void tick(CommandRequest request, long now) {
    if (request.waitsForEffect()) {
      request.endIfUnseen(now, options.effectMillis());
    } else if (!request.over()) {
      failUnreachable(request);
    }
  }

  private void failUnreachable(CommandRequest request) {
    boolean reachable =
        downlinks.existing(request.resident()).filter(Downlink::linked).isPresent();
    if (request.stored().head().mode() == Mode.IMMEDIATE && !reachable) {
      boolean left = request.stored().progress().attempts() > 0;
      request.end(left ? State.TIMED_OUT : State.FAILED, OFFLINE);
    }
  }

  private boolean here(Resident resident) {
    return lane.terminals().find(resident.serial()).filter(it -> it == resident).isPresent();
  }

  private void read(TerminalCommands its) {
    if (!its.beginReading()) {
      return;
    }
    String serial = its.resident().serial();
    int ofData = options.queueLength() / 2;
    // One place is a rotation's.
    int ofManagement = options.queueLength() - ofData - 1;
    its.resident().begin();
    Future<List<StoredCommand>> management =
        store.openOf(serial, CommandWorks.MANAGEMENT, "", ofManagement);
    Future<List<StoredCommand>> data = store.openOf(serial, CommandWorks.DATA, "", ofData);
    Future.all(management, data)
        .onComplete(done -> context.runOnContext(nothing -> {
          its.resident().end();
          boolean more = true;
          if (done.failed()) {
            LOG.warn("terminal {}: {}", serial, done.cause().getMessage());
          } else if (here(its.resident()) && its.resident().terminal().isPresent()) {
            more = take(its, CommandWorks.MANAGEMENT, management.result(), ofManagement);
            more |= take(its, CommandWorks.DATA, data.result(), ofData);
            its.takeMissed().forEach(this::reported);
            its.takeMissedSecurity().forEach(it -> confirmations.confirm(its.all(), it));
          }
          its.failMissedSecurity();
          if (its.endReading(more)) {
            read(its);
          } else {
            forgetIfDone(its);
          }
          lane.settle(its.resident());
        }));
  }

  /** True when there may be more in the store. */
  private boolean take(TerminalCommands its, Set<Type> types, List<StoredCommand> open, int limit) {
    boolean full = open.size() == limit;
    String last = full ? open.get(open.size() - 1).id() : "";
    Set<String> ids = open.stream().map(StoredCommand::id).collect(Collectors.toSet());
    for (CommandRequest request : its.all()) {
      boolean covered = !full || request.stored().id().compareTo(last) <= 0;
      if (types.contains(request.stored().head().type())
          && covered
          && !request.over()
          && !ids.contains(request.stored().id())) {
        its.remove(request);
        request.taken();
      }
    }
    boolean all = true;
    for (StoredCommand stored : open) {
      all &= its.find(stored.id()).isPresent() || take(its, stored);
    }
    return full || !all;
  }

  /** False when there is no room for it. */
  private boolean take(TerminalCommands its, StoredCommand stored) {
    Resident resident = its.resident();
    Terminal terminal = resident.terminal().orElseThrow();
    CommandWork work = CommandWorks.of(stored, lane.dialect(terminal), box, options.upgrades());
    CommandRequest request = new CommandRequest(this, resident, stored, work);
    its.add(request);
    takeBack(request, terminal);
    request.lookAtSession(terminal);
    if (request.over()) {
      return true;
    }
    boolean asks = stored.state() == State.QUEUED || request.work().asksMore();
    if (stored.state() == State.SENT) {
      boolean before = stored.progress().updatedMillis() < options.startedMillis();
      asks = before ? request.work().idempotent() : request.patient();
      if (!asks && (before || !request.waitsForEffect())) {
        request.end(State.UNKNOWN, "it was sent, and its answer was lost");
      }
    }
    if (asks && !request.over() && !offer(request)) {
      its.remove(request);
      return false;
    }
    if (!request.over() && !request.waitsForEffect()) {
      failUnreachable(request);
    }
    return true;
  }

  private boolean offer(CommandRequest request) {
    return downlinks.of(request.resident()).filter(its -> its.offer(request)).isPresent();
  }

  private void forgetIfDone(TerminalCommands its) {
    if (its.isEmpty() && !its.more() && !its.reading()) {
      terminals.remove(its.resident(), its);
      its.resident().commandsOpen(false);
    }
  }

  /** Makes durable that it leaves; false when it must not. */
  Future<Boolean> leave(CommandRequest request, Step step) {
    Promise<Boolean> done = Promise.promise();
    StoredCommand before = request.stored();
    List<Change> changes = CommandEvents.stepped(before, step);
    append(request, changes, false, outcome -> {
      boolean goes = outcome == Outcome.COMMITTED && !request.over() && request.stored() == before;
      if (goes) {
        request.moved(before.after(step));
      }
      done.complete(goes);
    });
    return done.future();
  }

  /** A step that may be lost. */
  void note(CommandRequest request, Step step) {
    StoredCommand before = request.stored();
    request.moved(before.after(step));
    append(request, CommandEvents.stepped(before, step), false, outcome -> {});
  }

  /** A step that no terminal repeats: told to the store until it takes it. */
  void insist(CommandRequest request, Step step, List<ReportedValue> reported) {
    StoredCommand before = request.stored();
    request.moved(before.after(step));
    List<Change> changes = new ArrayList<>(CommandEvents.stepped(before, step));
    if (!reported.isEmpty()) {
      changes.add(new Change.PutReported(before.serial(), reported));
    }
    append(request, changes, true, outcome -> {});
  }

  private void append(
      CommandRequest request, List<Change> changes, boolean must, Consumer<Outcome> told) {
    List<Change> before = owed.take(request);
    List<Change> all = new ArrayList<>(before);
    all.addAll(changes);
    lane.commit(request.resident(), all, outcome -> {
      if (outcome == Outcome.UNAVAILABLE) {
        owed.add(request, must ? all : before);
      } else if (outcome == Outcome.REJECTED) {
        request.taken();
        gone(request);
      } else if (request.over() && ends(all)) {
        lane.publish(Addresses.commandEnded(), request.stored());
        gone(request);
      }
      told.accept(outcome);
    });
  }

  private static boolean ends(List<Change> changes) {
    return changes.stream()
        .anyMatch(change ->
            change instanceof Change.StepCommand step && step.step().state().isEnd());
  }

  /** Its end is durable: another may take its place. */
  private void gone(CommandRequest request) {
    TerminalCommands its = terminals.get(request.resident());
    if (its != null) {
      its.remove(request);
      if (its.more()) {
        read(its);
      } else {
        forgetIfDone(its);
      }
    }
  }

  /** It is not asked any more. */
  void drop(CommandRequest request) {
    downlinks.existing(request.resident()).ifPresent(its -> its.cancel(request));
  }

  void again(CommandRequest request) {
    downlinks.of(request.resident()).ifPresent(its -> its.again(request));
  }

  /** The terminal does not answer: those that do not wait for it fail. */
  void rested(CommandRequest request) {
    TerminalCommands its = terminals.get(request.resident());
    if (its == null) {
      return;
    }
    its.waitingLike(request).forEach(other -> other.end(State.FAILED, OFFLINE));
  }

  /** Whether secrets may go to where the terminal is now. */
  Decision way(Terminal terminal) {
    return way.apply(terminal);
  }

  long nowMillis() {
    return lane.nowMillis();
  }

  Dialect dialect(Terminal terminal) {
    return lane.dialect(terminal);
  }

  String bearer(Terminal terminal) {
    return terminal.home().map(Origin::bearer).orElse(Origin.TCP);
  }
}
