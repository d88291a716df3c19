package io.m2mgate.store.sql;

import io.m2mgate.store.Change;
import io.m2mgate.store.CommitUnit;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;

/**
 * What the writer remembers of the database to give offsets without asking: the ends of the logs, which terminals exist and
 * their counters. Owned by the writer's turns. It holds only what is durable: a group's steps are applied after its commit,
 * and forgotten altogether when it is not known what became of a commit.
 */
final class LogCounters {
  private static final int MAX_TERMINALS = 200_000;

  /** The durable end of one application's log. */
  record Log(long appId, long offset) {}

  private final Map<String, Log> logs = new HashMap<>();
  private final Map<String, long[]> terminals; // serial -> appId, tseq, appId, tseq…
  /** Open commands by application. */
  private final Map<String, Integer> commands = new HashMap<>();

  private long lastPos = -1;

  LogCounters() {
    this(MAX_TERMINALS);
  }

  LogCounters(int maxTerminals) {
    terminals = new LinkedHashMap<>(1024, 0.75f, true) {
      @Override
      protected boolean removeEldestEntry(Map.Entry<String, long[]> eldest) {
        return size() > maxTerminals;
      }
    };
  }

  Optional<Log> log(String app) {
    return Optional.ofNullable(logs.get(app));
  }

  boolean knows(String serial) {
    return terminals.containsKey(serial);
  }

  long lastPos() {
    return lastPos;
  }

  OptionalLong tseq(String serial, long appId) {
    long[] counters = terminals.get(serial);
    for (int i = 0; counters != null && i < counters.length; i += 2) {
      if (counters[i] == appId) {
        return OptionalLong.of(counters[i + 1]);
      }
    }
    return OptionalLong.empty();
  }

  /** How many commands of an application are open, where that is known. */
  Optional<Integer> openCommands(String app) {
    return Optional.ofNullable(commands.get(app));
  }

  void openCommands(String app, int count) {
    commands.put(app, count);
  }

  /** Takes over what a durable group did. */
  void apply(GroupRows rows) {
    rows.logs.values().forEach(end -> {
      logs.put(end.app, new Log(end.appId, end.offset));
      lastPos = Math.max(lastPos, end.pos);
    });
    rows.events.forEach(event -> putTseq(event.serial(), event.appId(), event.tseq()));
    rows.commands
        .values()
        .forEach(row -> commands.computeIfPresent(
            row.command().head().app(), (app, open) -> open + row.opens()));
  }

  void forgetAll() {
    commands.clear();
    logs.clear();
    terminals.clear();
    lastPos = -1;
  }

  void forgetTerminal(String serial) {
    commands.clear();
    terminals.remove(serial);
  }

  void forgetLog(String app) {
    commands.remove(app);
    logs.remove(app);
  }

  /** Reads what these units need and the memory does not have. What does not exist stays unknown. */
  Future<Void> load(SqlTx tx, List<CommitUnit> units) {
    Set<String> apps = new TreeSet<>();
    Set<String> serials = new TreeSet<>();
    for (CommitUnit unit : units) {
      for (Change change : unit.changes()) {
        if (!knows(change.serial())) {
          serials.add(change.serial());
        }
        change.log().filter(app -> !logs.containsKey(app)).ifPresent(apps::add);
      }
    }
    return loadPosition(tx)
        .compose(done -> loadLogs(tx, apps))
        .compose(done -> loadTerminals(tx, serials))
        .compose(done -> loadTseqs(tx, units));
  }

  private Future<Void> loadPosition(SqlTx tx) {
    if (lastPos >= 0) {
      return Future.succeededFuture();
    }
    return tx.query("SELECT COALESCE(MAX(last_pos), 0) FROM application").map(rows -> {
      lastPos = rows.get(0).number(0);
      return null;
    });
  }

  private Future<Void> loadLogs(SqlTx tx, Set<String> apps) {
    Future<Void> chain = Future.succeededFuture();
    for (List<String> some : chunks(apps)) {
      SqlText sql = new SqlText(
          "SELECT code, id, last_offset FROM application WHERE removed = 0 AND code IN ");
      sql.list(some);
      chain = chain.compose(done -> tx.query(sql.sql(), sql.values())).map(rows -> {
        rows.forEach(row -> logs.put(row.text(0), new Log(row.number(1), row.number(2))));
        return null;
      });
    }
    return chain;
  }

  private Future<Void> loadTerminals(SqlTx tx, Set<String> serials) {
    Future<Void> chain = Future.succeededFuture();
    for (List<String> some : chunks(serials)) {
      SqlText sql = new SqlText("SELECT serial FROM terminal WHERE serial IN ").list(some);
      chain = chain.compose(done -> tx.query(sql.sql(), sql.values())).map(rows -> {
        rows.forEach(row -> terminals.put(row.text(0), new long[0]));
        return null;
      });
    }
    return chain;
  }

  /** The counter is in the newest event of the terminal in that log or, when retention removed it, in terminal_log. */
  private Future<Void> loadTseqs(SqlTx tx, List<CommitUnit> units) {
    Map<Long, Set<String>> missing = new HashMap<>();
    for (CommitUnit unit : units) {
      for (Change change : unit.changes()) {
        if (knows(change.serial()) && change.log().filter(logs::containsKey).isPresent()) {
          long appId = logs.get(change.log().get()).appId();
          if (tseq(change.serial(), appId).isEmpty()) {
            missing.computeIfAbsent(appId, id -> new TreeSet<>()).add(change.serial());
          }
        }
      }
    }
    Future<Void> chain = Future.succeededFuture();
    for (Map.Entry<Long, Set<String>> entry : missing.entrySet()) {
      for (List<String> some : chunks(entry.getValue())) {
        chain = chain.compose(done -> loadTseqs(tx, entry.getKey(), some));
      }
    }
    return chain;
  }

  private Future<Void> loadTseqs(SqlTx tx, long appId, List<String> serials) {
    SqlText sql = new SqlText(
            "SELECT t.serial, COALESCE((SELECT e.tseq FROM event e WHERE e.serial = t.serial"
                + " AND e.app_id = ")
        .value(appId)
        .add(
            " ORDER BY e.pos DESC LIMIT 1), (SELECT l.tseq FROM terminal_log l WHERE l.serial = t.serial"
                + " AND l.app_id = $1), 0) FROM terminal t WHERE t.serial IN ")
        .list(serials);
    return tx.query(sql.sql(), sql.values()).map(rows -> {
      rows.forEach(row -> putTseq(row.text(0), appId, row.number(1)));
      return null;
    });
  }

  private void putTseq(String serial, long appId, long tseq) {
    long[] counters = terminals.getOrDefault(serial, new long[0]);
    for (int i = 0; i < counters.length; i += 2) {
      if (counters[i] == appId) {
        counters[i + 1] = tseq;
        return;
      }
    }
    long[] more = Arrays.copyOf(counters, counters.length + 2);
    more[counters.length] = appId;
    more[counters.length + 1] = tseq;
    terminals.put(serial, more);
  }

  static List<List<String>> chunks(Iterable<String> items) {
    List<List<String>> all = new ArrayList<>();
    List<String> some = new ArrayList<>();
    for (String item : items) {
      some.add(item);
      if (some.size() == SqlText.MAX_LIST) {
        all.add(some);
        some = new ArrayList<>();
      }
    }
    if (!some.isEmpty()) {
      all.add(some);
    }
    return all;
  }
}
