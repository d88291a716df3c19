package io.m2mgate.store.sql;

import io.m2mgate.store.Store.Retention;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongFunction;
import java.util.function.Supplier;

/**
 * Retention: removes the oldest events, what has ended and audit entries in steps short enough not to be felt by the journal, which has its
 * turn between any two. Stateless; used on any thread.
 */
final class SqlSweep {
  static final int STEP = 400;
  private static final String COUNTERS = "INSERT INTO terminal_log (app_id, serial, tseq)"
      + " SELECT app_id, serial, MAX(tseq) FROM event WHERE app_id = $1 AND log_offset <= $2 GROUP BY app_id, serial"
      + " ON CONFLICT (app_id, serial) DO UPDATE SET tseq = excluded.tseq";
  private static final String REMOVED = "DELETE FROM event WHERE app_id = $1 AND log_offset IN"
      + " (SELECT log_offset FROM event WHERE app_id = $1 ORDER BY log_offset LIMIT " + STEP + ")";

  private static final String ENDED = "DELETE FROM command WHERE id IN"
      + " (SELECT id FROM command WHERE finished > 0 AND finished < $1 ORDER BY finished LIMIT "
      + STEP + ")";
  private static final String RECONCILED =
      "DELETE FROM reconciled_terminal WHERE (reconciliation, serial) IN"
          + " (SELECT i.reconciliation, i.serial FROM reconciled_terminal i JOIN reconciliation r ON r.id = i.reconciliation"
          + " WHERE r.finished > 0 AND r.finished < $1 LIMIT " + STEP + ")";
  private static final String RECONCILIATIONS = "DELETE FROM reconciliation WHERE id IN"
      + " (SELECT id FROM reconciliation WHERE finished > 0 AND finished < $1 LIMIT " + STEP + ")";
  private static final String EXPIRED = "DELETE FROM consumer WHERE (app_id, name) IN"
      + " (SELECT app_id, name FROM consumer WHERE expires > 0 AND expires <= $1 ORDER BY expires LIMIT "
      + STEP + ")";
  private static final String COMMANDS_OF = "DELETE FROM command WHERE id IN"
      + " (SELECT id FROM command WHERE app_id = $1 LIMIT " + STEP + ")";

  private static final String ITEMS_OF = "DELETE FROM upgrade_item WHERE (upgrade_id, serial) IN"
      + " (SELECT i.upgrade_id, i.serial FROM upgrade_item i JOIN upgrade u ON u.id = i.upgrade_id"
      + " WHERE u.app_id = $1 LIMIT " + STEP + ")";
  private static final String UPGRADES_OF = "DELETE FROM upgrade WHERE id IN"
      + " (SELECT id FROM upgrade WHERE app_id = $1 LIMIT " + STEP + ")";
  private static final String PACKAGES_OF = "DELETE FROM package WHERE id IN"
      + " (SELECT id FROM package WHERE app_id = $1 LIMIT " + STEP + ")";

  private final SqlEngine engine;
  private final StoreMetrics metrics;
  private final AlarmSweep alarms;

  SqlSweep(SqlEngine engine, StoreMetrics metrics) {
    this.engine = engine;
    this.metrics = metrics;
    this.alarms = new AlarmSweep(engine, metrics);
  }

  /** The number of removed events. */
  Future<Long> sweep(Retention retention) {
    AtomicLong removed = new AtomicLong();
    return engine
        .read(tx -> tx.query("SELECT id FROM application WHERE removed = 0"))
        .compose(apps -> each(apps, appId -> repeat(() -> events(appId, retention, removed))))
        .compose(done -> purge())
        .compose(done -> ended(retention.nowMillis() - retention.commandAgeMillis()))
        .compose(done -> repeat(() -> step(EXPIRED, retention.nowMillis())))
        .compose(done -> repeat(() -> audit(retention)))
        .compose(done -> alarms.sweep(retention))
        .compose(done -> alarms.count())
        .compose(done -> engine.bytes())
        .map(size -> {
          metrics.bytes(size);
          return removed.get();
        });
  }

  private Future<Void> ended(long before) {
    return repeat(() -> step(ENDED, before))
        .compose(done -> repeat(() -> step(RECONCILED, before)))
        .compose(done -> repeat(() -> step(RECONCILIATIONS, before)));
  }

  /** The figure of the open alarms, as of now. */
  Future<Void> countAlarms() {
    return alarms.count();
  }

  private static Future<Void> each(List<SqlRow> apps, LongFunction<Future<Void>> action) {
    Future<Void> chain = Future.succeededFuture();
    for (SqlRow app : apps) {
      chain = chain.compose(done -> action.apply(app.number(0)));
    }
    return chain;
  }

  /** Steps until one says that it was the last. A loop and not a chain of futures: a large log takes many thousands. */
  static Future<Void> repeat(Supplier<Future<Boolean>> step) {
    Promise<Void> done = Promise.promise();
    next(step, done);
    return done.future();
  }

  private static void next(Supplier<Future<Boolean>> step, Promise<Void> done) {
    step.get().onComplete(result -> {
      if (result.failed()) {
        done.fail(result.cause());
      } else if (result.result()) {
        next(step, done);
      } else {
        done.complete();
      }
    });
  }

  private Future<Boolean> events(long appId, Retention retention, AtomicLong removed) {
    return engine
        .read(tx -> tx.query("SELECT bytes FROM application WHERE id = $1", appId)
            .compose(app -> tx.query(
                    "SELECT log_offset, time_ms, size FROM event WHERE app_id = $1 ORDER BY log_offset LIMIT $2",
                    appId,
                    (long) STEP)
                .map(oldest -> cut(oldest, app.isEmpty() ? 0 : app.get(0).number(0), retention))))
        .compose(cut -> {
          if (cut.count == 0) {
            return Future.succeededFuture(false);
          }
          return engine.exclusive(tx -> remove(tx, appId, cut)).map(done -> {
            metrics.swept(cut.count);
            removed.addAndGet(cut.count);
            return cut.count == STEP;
          });
        });
  }

  private record Cut(long count, long lastOffset, long bytes) {}

  private static Cut cut(List<SqlRow> oldest, long logBytes, Retention retention) {
    long before = retention.nowMillis() - retention.eventAgeMillis();
    long freed = 0;
    long last = 0;
    int count = 0;
    for (SqlRow row : oldest) {
      if (row.number(1) >= before && logBytes - freed <= retention.eventBytes()) {
        break;
      }
      freed += row.number(2);
      last = row.number(0);
      count++;
    }
    return new Cut(count, last, freed);
  }

  private static Future<Void> remove(SqlTx tx, long appId, Cut cut) {
    return tx.update(COUNTERS, appId, cut.lastOffset)
        .compose(done -> tx.update(
            "DELETE FROM event WHERE app_id = $1 AND log_offset <= $2", appId, cut.lastOffset))
        .compose(done -> tx.update(
            "UPDATE application SET oldest_offset = $2, bytes = bytes - $3 WHERE id = $1",
            appId,
            cut.lastOffset + 1,
            cut.bytes))
        .mapEmpty();
  }

  /** Removes what deleted applications left, step by step. */
  Future<Void> purge() {
    return engine
        .read(tx -> tx.query("SELECT id FROM application WHERE removed = 1"))
        .compose(apps -> each(apps, this::purge));
  }

  private Future<Void> purge(long appId) {
    return repeat(() -> step(REMOVED, appId))
        .compose(done -> repeat(() -> step(COMMANDS_OF, appId)))
        .compose(done -> repeat(() -> step(ITEMS_OF, appId)))
        .compose(done -> repeat(() -> step(UPGRADES_OF, appId)))
        .compose(done -> repeat(() -> step(PACKAGES_OF, appId)))
        .compose(done ->
            engine.exclusive(tx -> tx.update("DELETE FROM terminal_log WHERE app_id = $1", appId)
                .compose(cleared -> tx.update("DELETE FROM application WHERE id = $1", appId))
                .mapEmpty()));
  }

  /** True when there may be more. */
  private Future<Boolean> step(String sql, long value) {
    return engine.exclusive(tx -> tx.update(sql, value)).map(count -> count == STEP);
  }

  private Future<Boolean> audit(Retention retention) {
    return engine
        .read(tx -> tx.query("SELECT COALESCE(SUM(size), 0) FROM audit")
            .compose(total -> tx.query(
                    "SELECT id, time_ms, size FROM audit ORDER BY id LIMIT $1", (long) STEP)
                .map(oldest -> auditCut(oldest, total.get(0).number(0), retention))))
        .compose(last -> last.isEmpty()
            ? Future.succeededFuture(false)
            : engine
                .exclusive(tx -> tx.update("DELETE FROM audit WHERE id <= $1", last))
                .map(count -> count >= STEP));
  }

  private static String auditCut(List<SqlRow> oldest, long total, Retention retention) {
    long before = retention.nowMillis() - retention.auditAgeMillis();
    long left = total;
    String last = "";
    for (SqlRow row : oldest) {
      if (row.number(1) >= before && left <= retention.auditBytes()) {
        break;
      }
      left -= row.number(2);
      last = row.text(0);
    }
    return last;
  }
}
