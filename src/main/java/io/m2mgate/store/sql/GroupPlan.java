package io.m2mgate.store.sql;

import com.github.f4b6a3.ulid.UlidCreator;
import io.m2mgate.store.Change;
import io.m2mgate.store.CommitUnit;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** The rows that a list of units comes to, numbered on from the durable counters. Made and used in one turn of the writer. */
final class GroupPlan {
  /** What an event's row costs beside its data, for retention by size. */
  static final int ROW_OVERHEAD = 160;

  private record TerminalLog(String serial, long appId) {}

  private final LogCounters counters;
  private final Doubts doubts;
  private final CommandPlan commands;
  private final DesiredPlan desired;
  private final AlarmPlan alarms;
  private final GroupRows rows = new GroupRows();
  private final Set<CommitUnit> rejected = new HashSet<>();
  private final Map<TerminalLog, Long> tseqs = new HashMap<>();
  private long pos;

  GroupPlan(
      LogCounters counters,
      Doubts doubts,
      CommandPlan commands,
      DesiredPlan desired,
      AlarmPlan alarms,
      List<CommitUnit> units) {
    this.counters = counters;
    this.doubts = doubts;
    this.commands = commands;
    this.desired = desired;
    this.alarms = alarms;
    this.pos = counters.lastPos();
    for (CommitUnit unit : units) {
      boolean again = !doubts.none() && unit.changes().stream().anyMatch(this::isDurable);
      if (isPossible(unit, again)) {
        add(unit, again);
      } else {
        rejected.add(unit);
      }
    }
  }

  GroupRows rows() {
    return rows;
  }

  boolean isRejected(CommitUnit unit) {
    return rejected.contains(unit);
  }

  private boolean isDurable(Change change) {
    return change instanceof Change.AppendEvent event
        && counters
            .log(event.app())
            .filter(log -> doubts.isDurable(log.appId(), event))
            .isPresent();
  }

  /** @param again its request came through before */
  private boolean isPossible(CommitUnit unit, boolean again) {
    for (Change change : unit.changes()) {
      if (!counters.knows(change.serial())) {
        return false;
      }
      if (change.log().isPresent() && counters.log(change.log().get()).isEmpty()) {
        return false;
      }
      boolean done = again && change instanceof Change.CreateCommand;
      if (!done && !commands.allows(change) || !desired.allows(change)) {
        return false;
      }
    }
    return true;
  }

  /** What counts once a request is left out when that came through before. */
  private void add(CommitUnit unit, boolean again) {
    Set<String> asked = again ? asked(unit) : Set.of();
    for (Change change : unit.changes()) {
      if (!AlarmPlan.isAlarm(change)) {
        if (!asked.contains(change.serial())) {
          add(change);
        }
      } else if (!again) {
        alarms.add(change, rows).forEach(this::add);
      }
    }
  }

  /** The terminals of which it asks something. */
  private static Set<String> asked(CommitUnit unit) {
    return unit.changes().stream()
        .filter(change -> change instanceof Change.CreateCommand)
        .map(Change::serial)
        .collect(Collectors.toSet());
  }

  private void add(Change change) {
    if (change instanceof Change.AppendEvent event) {
      add(event);
    } else if (change instanceof Change.PutSession session) {
      rows.sessions.put(session.serial(), session.state());
    } else if (change instanceof Change.PutReported reported) {
      reported
          .values()
          .forEach(value ->
              rows.reported.put(new GroupRows.ReportedKey(reported.serial(), value.tag()), value));
    } else if (change instanceof Change.PutSyncList syncList) {
      rows.syncLists.put(syncList.serial(), syncList.sealed());
    } else if (change instanceof Change.PutDesired put) {
      desired.add(put, rows);
    } else {
      commands.add(change, rows.commands);
    }
  }

  private void add(Change.AppendEvent event) {
    if (isDurable(event)) {
      return;
    }
    GroupRows.LogEnd log = rows.logs.computeIfAbsent(event.app(), app -> {
      LogCounters.Log durable = counters.log(app).orElseThrow();
      return new GroupRows.LogEnd(app, durable.appId(), durable.offset());
    });
    long tseq = tseqs.merge(
        new TerminalLog(event.serial(), log.appId),
        counters.tseq(event.serial(), log.appId).orElse(0) + 1,
        (present, first) -> present + 1);
    long size = event.dataJson().length() + ROW_OVERHEAD;
    log.offset++;
    log.pos = ++pos;
    log.addedBytes += size;
    rows.events.add(new GroupRows.EventRow(
        pos,
        log.appId,
        log.offset,
        UlidCreator.getMonotonicUlid().toString(),
        event.type(),
        event.serial(),
        tseq,
        event.timeMillis(),
        size,
        event.mark(),
        event.dataJson()));
  }
}
