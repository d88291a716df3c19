package io.m2mgate.store.sql;

import io.m2mgate.store.Store.Retention;
import io.vertx.core.Future;
import java.util.List;

/**
 * Retention: removes the oldest events and audit entries in steps short enough not to be felt by the journal, which has its
 * turn between any two. Stateless; used on any thread.
 */
final class SqlSweep {
  private static final int STEP = 400;
  private static final String COUNTERS = "INSERT INTO terminal_log (app_id, serial, tseq)"
      + " SELECT app_id, serial, MAX(tseq) FROM event WHERE app_id = $1 AND log_offset <= $2 GROUP BY app_id, serial"
      + " ON CONFLICT (app_id, serial) DO UPDATE SET tseq = excluded.tseq";
  private static final String REMOVED = "DELETE FROM event WHERE app_id = $1 AND log_offset IN"
      + " (SELECT log_offset FROM event WHERE app_id = $1 ORDER BY log_offset LIMIT " + STEP + ")";

  private final SqlEngine engine;
  private final StoreMetrics metrics;

  SqlSweep(SqlEngine engine, StoreMetrics metrics) {
    this.engine = engine;
    this.metrics = metrics;
  }

  /** The number of removed events. */
  Future<Long> sweep(Retention retention) {
    return engine
        .read(tx -> tx.query("SELECT id FROM application WHERE removed = 0"))
        .compose(apps -> {
          Future<Long> chain = Future.succeededFuture(0L);
          for (SqlRow app : apps) {
            chain = chain.compose(sum -> events(app.number(0), retention, sum));
          }
          return chain;
        })
        .compose(sum -> purge().map(sum))
        .compose(sum -> audit(retention).map(sum))
        .compose(sum -> engine.bytes().map(size -> {
          metrics.bytes(size);
          return sum;
        }));
  }

  private Future<Long> events(long appId, Retention retention, long sum) {
    return engine
        .read(tx -> tx.query("SELECT bytes FROM application WHERE id = $1", appId)
            .compose(app -> tx.query(
                    "SELECT log_offset, time_ms, size FROM event WHERE app_id = $1 ORDER BY log_offset LIMIT $2",
                    appId,
                    (long) STEP)
                .map(oldest -> cut(oldest, app.isEmpty() ? 0 : app.get(0).number(0), retention))))
        .compose(cut -> {
          if (cut.count == 0) {
            return Future.succeededFuture(sum);
          }
          return engine.exclusive(tx -> remove(tx, appId, cut)).compose(done -> {
            metrics.swept(cut.count);
            return cut.count < STEP
                ? Future.succeededFuture(sum + cut.count)
                : events(appId, retention, sum + cut.count);
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
        .compose(apps -> {
          Future<Void> chain = Future.succeededFuture();
          for (SqlRow app : apps) {
            chain = chain.compose(done -> purge(app.number(0)));
          }
          return chain;
        });
  }

  private Future<Void> purge(long appId) {
    return engine.exclusive(tx -> tx.update(REMOVED, appId)).compose(count -> {
      if (count == STEP) {
        return purge(appId);
      }
      return engine.exclusive(tx -> tx.update("DELETE FROM terminal_log WHERE app_id = $1", appId)
          .compose(done -> tx.update("DELETE FROM application WHERE id = $1", appId))
          .mapEmpty());
    });
  }

  private Future<Void> audit(Retention retention) {
    return engine
        .read(tx -> tx.query("SELECT COALESCE(SUM(size), 0) FROM audit")
            .compose(total -> tx.query(
                    "SELECT id, time_ms, size FROM audit ORDER BY id LIMIT $1", (long) STEP)
                .map(oldest -> auditCut(oldest, total.get(0).number(0), retention))))
        .compose(last -> {
          if (last.isEmpty()) {
            return Future.succeededFuture();
          }
          return engine
              .exclusive(tx -> tx.update("DELETE FROM audit WHERE id <= $1", last))
              .compose(count -> count < STEP ? Future.succeededFuture() : audit(retention));
        });
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
