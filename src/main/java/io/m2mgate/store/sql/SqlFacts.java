package io.m2mgate.store.sql;

import io.m2mgate.store.Store.Facts;
import io.vertx.core.Future;
import java.util.LinkedHashMap;
import java.util.Map;

/** Reads how large the database is and what is in it, by counts. Stateless. */
final class SqlFacts {
  private static final Map<String, String> COUNTS = new LinkedHashMap<>();

  static {
    COUNTS.put("applications", "SELECT COUNT(*) FROM application WHERE removed = 0");
    COUNTS.put("terminals", "SELECT COUNT(*) FROM terminal");
    COUNTS.put("online", "SELECT COUNT(*) FROM session WHERE online > 0");
    // Counting the rows of a log would take long.
    COUNTS.put(
        "events",
        "SELECT CAST(COALESCE(SUM(last_offset - oldest_offset + 1), 0) AS BIGINT) FROM application");
    COUNTS.put("consumers", "SELECT COUNT(*) FROM consumer");
    COUNTS.put("commands", "SELECT COUNT(*) FROM command");
    COUNTS.put("alarms", "SELECT COUNT(*) FROM alarm");
    COUNTS.put("profiles", "SELECT COUNT(*) FROM profile");
    COUNTS.put("audit", "SELECT COUNT(*) FROM audit");
  }

  private SqlFacts() {}

  static Future<Facts> read(SqlTx tx, String engine, long bytes) {
    String sql = "SELECT (" + String.join("), (", COUNTS.values()) + ")";
    return Migrations.version(tx)
        .compose(version -> tx.query(sql).map(rows -> {
          Map<String, Long> counts = new LinkedHashMap<>();
          COUNTS.keySet().forEach(name -> counts.put(name, rows.get(0).number(counts.size())));
          return new Facts(engine, version, bytes, counts);
        }));
  }
}
