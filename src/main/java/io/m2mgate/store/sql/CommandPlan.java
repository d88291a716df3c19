package io.m2mgate.store.sql;

import io.m2mgate.store.Change;
import io.m2mgate.store.CommitUnit;
import io.m2mgate.store.StoredCommand;
import io.vertx.core.Future;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * The commands that a group touches, as they are and as its units make them: what lets a command end once only. Made and used in one
 * turn of the writer.
 */
final class CommandPlan {

  private record Known(StoredCommand command, long appId) {}

  private record Key(String app, String key) {}

  private final LogCounters counters;
  /** The open ones. */
  private final Map<String, Known> open = new HashMap<>();

  private final Map<String, Integer> openOfTerminals = new HashMap<>();
  private final Map<String, Integer> openOfApps = new HashMap<>();
  private final Set<Key> keys = new HashSet<>();

  private CommandPlan(LogCounters counters) {
    this.counters = counters;
  }

  /** Reads what the units' commands need; nothing where there are none. */
  static Future<CommandPlan> load(SqlTx tx, LogCounters counters, List<CommitUnit> units) {
    CommandPlan plan = new CommandPlan(counters);
    Set<String> stepped = new LinkedHashSet<>();
    Set<String> serials = new TreeSet<>();
    Set<Key> asked = new LinkedHashSet<>();
    Set<String> apps = new TreeSet<>();
    changes(units).forEach(change -> {
      if (change instanceof Change.StepCommand step) {
        stepped.add(step.id());
      } else if (change instanceof Change.CreateCommand create) {
        StoredCommand.Head head = create.command().head();
        serials.add(head.serial());
        apps.add(head.app());
        if (!head.key().isEmpty()) {
          asked.add(new Key(head.app(), head.key()));
        }
      }
    });
    return plan.loadOpen(tx, stepped)
        .compose(done -> plan.countTerminals(tx, serials))
        .compose(done -> plan.countApps(tx, apps))
        .compose(done -> plan.loadKeys(tx, asked))
        .map(plan);
  }

  private static Stream<Change> changes(List<CommitUnit> units) {
    return units.stream().flatMap(unit -> unit.changes().stream());
  }

  private Future<Void> loadOpen(SqlTx tx, Set<String> ids) {
    Future<Void> chain = Future.succeededFuture();
    for (List<String> some : LogCounters.chunks(ids)) {
      SqlText sql = new SqlText(CommandRows.SELECT_LIGHT)
          .add(" WHERE c.finished = 0 AND c.id IN ")
          .list(some);
      chain = chain.compose(done -> tx.query(sql.sql(), sql.values())).map(rows -> {
        rows.forEach(row -> {
          StoredCommand command = CommandRows.command(row);
          open.put(command.id(), new Known(command, row.number(CommandRows.APP_ID_AT)));
        });
        return null;
      });
    }
    return chain;
  }

  private Future<Void> countTerminals(SqlTx tx, Set<String> serials) {
    Future<Void> chain = Future.succeededFuture();
    for (List<String> some : LogCounters.chunks(serials)) {
      SqlText sql = new SqlText(
              "SELECT serial, COUNT(*) FROM command WHERE finished = 0 AND serial IN ")
          .list(some)
          .add(" GROUP BY serial");
      chain = chain.compose(done -> tx.query(sql.sql(), sql.values())).map(rows -> {
        rows.forEach(row -> openOfTerminals.put(row.text(0), (int) row.number(1)));
        return null;
      });
    }
    return chain;
  }

  private Future<Void> countApps(SqlTx tx, Set<String> apps) {
    Future<Void> chain = Future.succeededFuture();
    for (String app : apps) {
      if (counters.openCommands(app).isPresent() || counters.log(app).isEmpty()) {
        continue;
      }
      long appId = counters.log(app).get().appId();
      chain = chain
          .compose(done ->
              tx.query("SELECT COUNT(*) FROM command WHERE finished = 0 AND app_id = $1", appId))
          .map(rows -> {
            counters.openCommands(app, (int) rows.get(0).number(0));
            return null;
          });
    }
    return chain;
  }

  private Future<Void> loadKeys(SqlTx tx, Set<Key> asked) {
    Future<Void> chain = Future.succeededFuture();
    for (Key key : asked) {
      if (counters.log(key.app()).isEmpty()) {
        continue;
      }
      long appId = counters.log(key.app()).get().appId();
      chain = chain
          .compose(done -> tx.query(
              "SELECT 1 FROM command WHERE app_id = $1 AND idem_key <> '' AND idem_key = $2",
              appId,
              key.key()))
          .map(rows -> {
            if (!rows.isEmpty()) {
              keys.add(key);
            }
            return null;
          });
    }
    return chain;
  }

  /** False for what must not happen any more. */
  boolean allows(Change change) {
    if (change instanceof Change.StepCommand step) {
      return open.containsKey(step.id());
    }
    return !(change instanceof Change.CreateCommand create) || allows(create);
  }

  private boolean allows(Change.CreateCommand create) {
    StoredCommand.Head head = create.command().head();
    return counters.log(head.app()).isPresent()
        && !keys.contains(new Key(head.app(), head.key()))
        && openOfTerminals.getOrDefault(head.serial(), 0) < create.maxOfTerminal()
        && openOf(head.app()) < create.maxOfApplication();
  }

  private int openOf(String app) {
    return counters.openCommands(app).orElse(0) + openOfApps.getOrDefault(app, 0);
  }

  /** Adds an allowed change to the group's rows. */
  void add(Change change, Map<String, GroupRows.CommandRow> rows) {
    if (change instanceof Change.CreateCommand create) {
      StoredCommand.Head head = create.command().head();
      if (!head.key().isEmpty()) {
        keys.add(new Key(head.app(), head.key()));
      }
      long appId = counters.log(head.app()).orElseThrow().appId();
      put(create.command(), appId, true, rows);
      count(head, 1);
    } else if (change instanceof Change.StepCommand step && open.containsKey(step.id())) {
      Known known = open.get(step.id());
      GroupRows.CommandRow row = rows.get(step.id());
      put(known.command().after(step.step()), known.appId(), row != null && row.fresh(), rows);
      if (step.step().state().isEnd()) {
        open.remove(step.id());
        count(known.command().head(), -1);
      }
    }
  }

  private void put(
      StoredCommand now, long appId, boolean fresh, Map<String, GroupRows.CommandRow> rows) {
    open.put(now.id(), new Known(now, appId));
    rows.put(now.id(), new GroupRows.CommandRow(now, appId, fresh));
  }

  private void count(StoredCommand.Head head, int more) {
    openOfTerminals.merge(head.serial(), more, Integer::sum);
    openOfApps.merge(head.app(), more, Integer::sum);
  }
}
