package io.m2mgate.command;

import io.m2mgate.bus.Addresses;
import io.m2mgate.bus.Lane;
import io.m2mgate.bus.Standings;
import io.m2mgate.bus.Standings.Standing;
import io.m2mgate.dictionary.Dialect;
import io.m2mgate.security.SecretBox;
import io.m2mgate.session.Resident;
import io.m2mgate.session.Session;
import io.m2mgate.session.Terminal;
import io.m2mgate.store.Change;
import io.m2mgate.store.CommitUnit.Outcome;
import io.m2mgate.store.ParameterStore;
import io.m2mgate.store.ParameterStore.Known;
import io.m2mgate.store.StoredCommand;
import io.m2mgate.store.StoredCommand.Type;
import io.vertx.core.Context;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is desired of one lane's terminals: looks, after each confirmed login and each end of a command, which of it is done, sends
 * the rest again as often as it may, and notes what has drifted (behaviour 5.3.9). The store is the truth; here is only of whom
 * something is to be looked at. Used on the lane's thread.
 */
final class LaneParameters {

  private static final Logger LOG = LoggerFactory.getLogger(LaneParameters.class);

  private final Lane lane;
  private final Context context;
  private final ParameterStore store;
  private final ParameterOptions options;
  private final SecretBox box;
  private final Consumer<String> asked;

  /** To be looked at, once nothing of them is under way; no more than the lane has. */
  private final Map<String, Resident> due = new HashMap<>();

  /** Reads of what was changed where the terminal stands, by terminal; true when there was another change since. */
  private final Map<String, LocalRead> reads = new HashMap<>();

  private record LocalRead(String command, boolean again) {}

  /** @param asked told the serial of a terminal that has a new command */
  LaneParameters(
      Lane lane,
      Context context,
      ParameterStore store,
      ParameterOptions options,
      SecretBox box,
      Consumer<String> asked) {
    this.lane = lane;
    this.context = context;
    this.store = store;
    this.options = options;
    this.box = box;
    this.asked = asked;
  }

  /** A terminal arrived, logged in or was changed. */
  void look(Resident resident) {
    if (desires(resident)) {
      due.put(resident.serial(), resident);
    }
  }

  private static boolean desires(Resident resident) {
    return resident
        .terminal()
        .filter(terminal -> !terminal.syncList().desired().isEmpty())
        .isPresent();
  }

  /** A command of some terminal has ended. */
  void ended(StoredCommand command) {
    Type type = command.head().type();
    if (type == Type.CONFIGURE || type == Type.READ) {
      lane.terminals().find(command.serial()).ifPresent(this::look);
    }
    LocalRead read = reads.get(command.serial());
    if (read != null && read.command().equals(command.id())) {
      reads.remove(command.serial());
      if (read.again()) {
        lane.terminals().find(command.serial()).ifPresent(this::changedLocally);
      }
    }
  }

  /** The terminal is asked what it has now; one question covers all changes before it (5.3.5). */
  void changedLocally(Resident resident) {
    if (resident.terminal().isEmpty()) {
      return;
    }
    String serial = resident.serial();
    LocalRead before = reads.get(serial);
    if (before != null) {
      reads.put(serial, new LocalRead(before.command(), true));
      return;
    }
    Terminal terminal = resident.terminal().get();
    StoredCommand read = ParameterCommands.readSynchronised(
        terminal, lane.dialect(terminal), lane.nowMillis(), options);
    reads.put(serial, new LocalRead(read.id(), false));
    lane.commit(resident, ParameterCommands.created(read, options), outcome -> {
      if (outcome == Outcome.COMMITTED) {
        asked(read);
      } else {
        // Its next LOGIN carries another CRC32, and it is asked then.
        reads.remove(serial);
        LOG.warn("terminal {}: cannot ask what was changed locally: {}", serial, outcome);
      }
    });
  }

  /** How many wait to be looked at. */
  int due() {
    return due.size();
  }

  /** Looks at what is due. */
  void tick() {
    due.values().removeIf(resident -> !here(resident));
    reads.keySet().removeIf(serial -> lane.terminals().find(serial).isEmpty());
    List<Resident> quiet = due.values().stream()
        .filter(resident -> !resident.working())
        .limit(options.looks())
        .toList();
    quiet.forEach(resident -> {
      due.remove(resident.serial());
      read(resident);
    });
  }

  private boolean here(Resident resident) {
    return lane.terminals().find(resident.serial()).filter(it -> it == resident).isPresent()
        && resident.terminal().isPresent();
  }

  private void read(Resident resident) {
    resident.begin();
    store
        .read(resident.serial())
        .onComplete(read -> context.runOnContext(nothing -> {
          resident.end();
          if (read.failed()) {
            LOG.debug("terminal {}: {}", resident.serial(), read.cause().getMessage());
            due.put(resident.serial(), resident);
          } else if (here(resident)) {
            act(resident, read.result());
          }
          lane.settle(resident);
        }));
  }

  private void act(Resident resident, Known known) {
    Terminal terminal = resident.terminal().orElseThrow();
    Dialect dialect = lane.dialect(terminal);
    long now = lane.nowMillis();
    List<Standing> standings = Standings.of(known, options.rules(), now);
    ParameterTurn turn = new ParameterTurn(terminal, dialect, known, standings, now, options);
    terminal.confirmed().ifPresent(session -> considerLogin(turn, session));
    turn.noteDrift();
    List<Change> changes = turn.changes(box);
    if (changes.isEmpty()) {
      return;
    }
    lane.commit(resident, changes, outcome -> {
      if (outcome == Outcome.COMMITTED) {
        turn.command().ifPresent(this::asked);
      } else if (outcome == Outcome.UNAVAILABLE) {
        terminal.syncList().notStored();
        due.put(resident.serial(), resident);
      }
    });
  }

  private void asked(StoredCommand command) {
    lane.publish(Addresses.commandAsked(), command);
    asked.accept(command.serial());
  }

  private static void considerLogin(ParameterTurn turn, Session session) {
    turn.confirmBy(session);
    turn.sendAgainIn(session);
  }
}
