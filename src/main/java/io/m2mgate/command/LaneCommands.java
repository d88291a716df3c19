package io.m2mgate.command;

import io.m2mgate.bus.Ack;
import io.m2mgate.bus.CommandEffects;
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
import io.m2mgate.store.StoredCommand;
import io.m2mgate.store.StoredCommand.Mode;
import io.m2mgate.store.StoredCommand.State;
import io.m2mgate.store.StoredCommand.Type;
import io.vertx.core.Context;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.Collection;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
final class LaneCommands implements CommandEffects {

  private static final Logger LOG = LoggerFactory.getLogger(LaneCommands.class);

  private static final String OFFLINE = "terminal-offline";

  private final Lane lane;
  private final Context context;
  private final CommandStore store;
  private final SimConfirmations confirmations;
  private final SecretBox box;
  private final Function<Terminal, Decision> way;
  private final DownlinkOptions options;
  private final Downlinks downlinks;
  private final Map<Resident, TerminalCommands> terminals = new IdentityHashMap<>();
  private final CommandSteps steps;
  private final WakeUps wakeUps;

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
    this.steps = new CommandSteps(lane, context, store, this::gone);
    this.wakeUps = new WakeUps(lane, options.wake(), downlinks, steps);
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
      request.end(State.CANCELLED, StoredCommand.HANDED_OVER);
    }
  }

  /** True when it answers a wake-up. */
  boolean woken(Ack ack) {
    TerminalCommands its = terminals.get(ack.resident());
    return its != null && wakeUps.acked(its, ack);
  }

  @Override
  public void of(Reported report, Consumer<Optional<Shown>> then) {
    TerminalCommands its = terminals.get(report.resident());
    if (its != null && !(its.reading() && its.isEmpty())) {
      then.accept(Optional.of(shown(its, report)));
      return;
    }
    its = of(report.resident());
    its.missed(report, then);
    if (!its.reading()) {
      read(its);
    }
  }

  /** A report shows one command at most: those that are told by number before those that go by order (5.2.3). */
  private Shown shown(TerminalCommands its, Reported report) {
    for (boolean byNumber : new boolean[] {true, false}) {
      for (CommandRequest request : its.all()) {
        boolean numbered = request.stored().head().type() == Type.CONFIGURE;
        if (numbered == byNumber) {
          Optional<List<Change>> changes = request.reported(report.values());
          if (changes.isPresent()) {
            return steps.shown(its.all(), request, changes.get());
          }
        }
      }
    }
    return steps.shown(its.all());
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
        wakeUps.look(its);
      }
    }
    over.forEach(its -> terminals.remove(its.resident()));
    starved.stream().limit(options.looks()).forEach(this::read);
    steps.payDebts();
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
            its.takeMissed().forEach(it -> it.then().accept(Optional.of(shown(its, it.report()))));
            its.takeMissedSecurity().forEach(it -> confirmations.confirm(its.all(), it));
          }
          its.failMissed();
          wakeUps.look(its);
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
    CommandWork work = CommandWorks.of(
        stored, lane.dialect(terminal), box, options.readRounds(), options.upgrades());
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
      wakeUps.over(its);
    }
  }

  CommandSteps steps() {
    return steps;
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

  Dialect dialect(Resident resident) {
    return resident
        .terminal()
        .map(lane::dialect)
        .orElseGet(() -> lane.services().dictionary().dialect());
  }

  String bearer(Terminal terminal) {
    return Way.to(terminal, nowMillis()).map(Way::to).map(Origin::bearer).orElse(Origin.TCP);
  }
}
