package io.m2mgate.store.sql;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.github.f4b6a3.ulid.UlidCreator;
import io.m2mgate.api.EventTypes;
import io.m2mgate.session.UplinkMark;
import io.m2mgate.store.Change;
import io.m2mgate.store.CommitUnit;
import io.m2mgate.store.StoredAlarm;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The open alarms of the terminals that a group touches, as they are and as its units make them: what makes an alarm open once and
 * end once. Made and used in one turn of the writer.
 */
final class AlarmPlan {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final LogCounters counters;
  /** By terminal and code. */
  private final Map<String, Map<Integer, StoredAlarm>> open = new HashMap<>();

  private AlarmPlan(LogCounters counters) {
    this.counters = counters;
  }

  /** Reads what the units' alarms need; nothing where there are none. */
  static Future<AlarmPlan> load(SqlTx tx, LogCounters counters, List<CommitUnit> units) {
    AlarmPlan plan = new AlarmPlan(counters);
    Set<String> serials = new TreeSet<>();
    for (CommitUnit unit : units) {
      for (Change change : unit.changes()) {
        if (isAlarm(change)) {
          serials.add(change.serial());
        }
      }
    }
    Future<Void> chain = Future.succeededFuture();
    for (List<String> some : LogCounters.chunks(serials)) {
      SqlText sql = new SqlText(AlarmRows.SELECT)
          .add(" WHERE l.cleared = 0 AND l.serial IN ")
          .list(some);
      chain = chain.compose(done -> tx.query(sql.sql(), sql.values())).map(rows -> {
        AlarmRows.alarms(rows).forEach(plan::know);
        return null;
      });
    }
    return chain.map(plan);
  }

  static boolean isAlarm(Change change) {
    return change instanceof Change.RaiseAlarm || change instanceof Change.ClearAlarms;
  }

  private void know(StoredAlarm alarm) {
    of(alarm.serial()).put(alarm.kind().code(), alarm);
  }

  private Map<Integer, StoredAlarm> of(String serial) {
    return open.computeIfAbsent(serial, terminal -> new TreeMap<>());
  }

  /** Adds what a change comes to; gives the events that tell of it. */
  List<Change.AppendEvent> add(Change change, GroupRows rows) {
    if (change instanceof Change.RaiseAlarm raise) {
      return raise(raise, rows).stream().toList();
    }
    return change instanceof Change.ClearAlarms clear ? clear(clear, rows) : List.of();
  }

  private Optional<Change.AppendEvent> raise(Change.RaiseAlarm raise, GroupRows rows) {
    Map<Integer, StoredAlarm> present = of(raise.serial());
    StoredAlarm known = present.get(raise.kind().code());
    if (known != null) {
      put(known.again(raise.timeMillis()), raise.app(), rows);
      return Optional.empty();
    }
    boolean kept = present.size() < raise.maxOpen();
    StoredAlarm opened = new StoredAlarm(
        kept ? UlidCreator.getMonotonicUlid().toString() : "",
        raise.serial(),
        raise.app(),
        raise.kind(),
        1,
        raise.timeMillis(),
        raise.timeMillis(),
        0,
        Optional.empty(),
        Optional.empty());
    if (kept) {
      rows.alarmsOpened++;
      put(opened, raise.app(), rows);
    } else {
      rows.alarmsNotKept++;
    }
    return Optional.of(event(
        raise.app(), EventTypes.ALARM_RAISED, opened, raise.timeMillis(), raise.detailJson()));
  }

  private List<Change.AppendEvent> clear(Change.ClearAlarms clear, GroupRows rows) {
    Map<Integer, StoredAlarm> present = of(clear.serial());
    Set<Integer> codes = new TreeSet<>(present.keySet());
    codes.retainAll(clear.codes());
    StoredAlarm.Cause by = clear.by();
    if (codes.isEmpty() && clear.elseAll()) {
      codes.addAll(present.keySet());
      by = StoredAlarm.Cause.ALL;
    }
    List<Change.AppendEvent> events = new ArrayList<>();
    for (int code : codes) {
      StoredAlarm ended = present.get(code).cleared(clear.timeMillis(), by);
      put(ended, clear.app(), rows);
      present.remove(code);
      rows.alarmsCleared++;
      events.add(event(
          clear.app(), EventTypes.ALARM_CLEARED, ended, clear.timeMillis(), clear.detailJson()));
    }
    return events;
  }

  private void put(StoredAlarm now, String app, GroupRows rows) {
    know(now);
    long appId = counters.log(app).orElseThrow().appId();
    rows.alarms.put(now.id(), new GroupRows.AlarmRow(now, appId));
  }

  private static Change.AppendEvent event(
      String app, String type, StoredAlarm alarm, long timeMillis, String detailJson) {
    ObjectNode data = alarm.toJson();
    data.remove("serial");
    try {
      data.setAll((ObjectNode) JSON.readTree(detailJson));
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("the detail of an alarm is no JSON", e);
    }
    return new Change.AppendEvent(
        app, alarm.serial(), type, timeMillis, data.toString(), UplinkMark.NONE);
  }
}
