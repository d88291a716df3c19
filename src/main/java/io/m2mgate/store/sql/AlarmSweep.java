package io.m2mgate.store.sql;

import io.m2mgate.store.Store.Retention;
import io.vertx.core.Future;
import java.util.List;

/** Retention of cleared alarms, by age and by terminal, and the figure of the open ones. Stateless; used on any thread. */
final class AlarmSweep {
  /** Terminals that are looked at are those with an alarm cleared so lately; the others were before. */
  private static final long LATELY_MILLIS = 3_600_000;

  private static final String OLD = "DELETE FROM alarm WHERE id IN (SELECT id FROM alarm"
      + " WHERE cleared > 0 AND cleared < $1 ORDER BY cleared LIMIT " + SqlSweep.STEP + ")";
  private static final String CROWDED =
      "SELECT r.serial FROM (SELECT DISTINCT serial FROM alarm WHERE cleared > 0 AND cleared >= $1) r"
          + " WHERE (SELECT COUNT(*) FROM alarm l WHERE l.serial = r.serial AND l.cleared > 0) > $2"
          + " ORDER BY r.serial LIMIT " + SqlSweep.STEP;
  private static final String EXCESS = "DELETE FROM alarm WHERE id IN (SELECT id FROM alarm"
      + " WHERE serial = $1 AND cleared > 0 ORDER BY cleared DESC, id DESC LIMIT " + SqlSweep.STEP
      + " OFFSET $2)";

  private final SqlEngine engine;
  private final StoreMetrics metrics;

  AlarmSweep(SqlEngine engine, StoreMetrics metrics) {
    this.engine = engine;
    this.metrics = metrics;
  }

  Future<Void> sweep(Retention retention) {
    long before = retention.nowMillis() - retention.alarmAgeMillis();
    return SqlSweep.repeat(() ->
            engine.exclusive(tx -> tx.update(OLD, before)).map(count -> count == SqlSweep.STEP))
        .compose(done -> SqlSweep.repeat(() -> excess(retention)));
  }

  private Future<Boolean> excess(Retention retention) {
    long lately = retention.nowMillis() - LATELY_MILLIS;
    long kept = retention.clearedAlarms();
    return engine.read(tx -> tx.query(CROWDED, lately, kept)).compose(rows -> {
      Future<Integer> chain = Future.succeededFuture(0);
      for (SqlRow row : rows) {
        chain = chain.compose(done -> engine.exclusive(tx -> tx.update(EXCESS, row.text(0), kept)));
      }
      return chain.map(done -> !rows.isEmpty());
    });
  }

  Future<Void> count() {
    return engine
        .read(tx -> tx.query("SELECT COUNT(*) FROM alarm WHERE cleared = 0"))
        .map((List<SqlRow> rows) -> {
          metrics.alarmsOpen(rows.get(0).number(0));
          return null;
        });
  }
}
