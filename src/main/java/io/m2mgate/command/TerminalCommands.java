package io.m2mgate.command;

import io.m2mgate.bus.CommandEffects.Shown;
import io.m2mgate.bus.Reported;
import io.m2mgate.bus.SecurityReported;
import io.m2mgate.session.Resident;
import io.m2mgate.store.StoredCommand.Mode;
import io.m2mgate.store.StoredCommand.State;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.TreeMap;
import java.util.function.Consumer;

/** What of one terminal's commands is in memory. Used on the terminal's lane. */
final class TerminalCommands {

  /** Reports that came while commands were being read: as many as one connection may have under way. */
  private static final int REPORTS = 64;

  private final Resident resident;

  /** By id, which is the order in which they were asked; until their end is durable. */
  private final TreeMap<String, CommandRequest> known = new TreeMap<>();

  private final Queue<Missed> missed = new ArrayDeque<>(1);
  private final Queue<SecurityReported> missedSecurity = new ArrayDeque<>(1);
  private final Waking waking;
  private boolean reading;
  private boolean readAgain;
  private boolean more;

  /** @param then told what the report shows, or that this cannot be found out */
  record Missed(Reported report, Consumer<Optional<Shown>> then) {}

  TerminalCommands(Resident resident) {
    this.resident = resident;
    this.waking = new Waking(resident);
  }

  Resident resident() {
    return resident;
  }

  /** How far its terminal is woken for them. */
  Waking waking() {
    return waking;
  }

  Optional<CommandRequest> find(String id) {
    return Optional.ofNullable(known.get(id));
  }

  void add(CommandRequest request) {
    known.put(request.stored().id(), request);
  }

  void remove(CommandRequest request) {
    known.remove(request.stored().id());
  }

  Collection<CommandRequest> all() {
    return new ArrayList<>(known.values());
  }

  boolean isEmpty() {
    return known.isEmpty();
  }

  /** Those of its kind that never left and do not wait for their terminal. */
  List<CommandRequest> waitingLike(CommandRequest request) {
    return known.values().stream()
        .filter(other -> other.management() == request.management()
            && !other.over()
            && other.stored().head().mode() == Mode.IMMEDIATE
            && other.stored().state() == State.QUEUED)
        .toList();
  }

  /** True when the store may be read now; else it is read again after this time. */
  boolean beginReading() {
    readAgain = reading;
    boolean was = reading;
    reading = true;
    return !was;
  }

  /** True when it must be read again. */
  boolean endReading(boolean moreThere) {
    reading = false;
    more = moreThere;
    boolean again = readAgain;
    readAgain = false;
    return again;
  }

  boolean reading() {
    return reading;
  }

  /** The store has some that are not here. */
  boolean more() {
    return more;
  }

  /** The terminal reported something while they were being read; one that finds no room is not seen. */
  void missed(Reported report, Consumer<Optional<Shown>> then) {
    if (missed.size() == REPORTS) {
      then.accept(Optional.empty());
    } else {
      missed.add(new Missed(report, then));
    }
  }

  /** The same of its security; one that finds no room is not seen. */
  void missed(SecurityReported report) {
    if (missedSecurity.size() == REPORTS) {
      report.seen().completeExceptionally(new IllegalStateException("too many reports wait"));
    } else {
      missedSecurity.add(report);
    }
  }

  List<SecurityReported> takeMissedSecurity() {
    List<SecurityReported> all = List.copyOf(missedSecurity);
    missedSecurity.clear();
    return all;
  }

  void failMissed() {
    takeMissed().forEach(report -> report.then().accept(Optional.empty()));
    takeMissedSecurity()
        .forEach(report -> report
            .seen()
            .completeExceptionally(new IllegalStateException("the commands cannot be read")));
  }

  List<Missed> takeMissed() {
    List<Missed> all = List.copyOf(missed);
    missed.clear();
    return all;
  }
}
