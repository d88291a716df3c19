package io.m2mgate.store.sql;

import io.m2mgate.api.Event;
import io.m2mgate.api.EventTypes;
import io.m2mgate.store.EventLog.ReportQuery;
import io.m2mgate.store.Page;
import io.vertx.core.Future;
import java.util.List;
import java.util.Optional;

/** Reads one terminal's reports out of an event log, by the index that holds them alone. Stateless. */
final class SqlReports {
  // The type as text of the statement: with a parameter in its place the partial index would not
  // do.
  private static final String WHERE =
      " FROM event WHERE type = '" + EventTypes.REPORT + "' AND app_id = ";
  private static final String NEWEST_FIRST = " ORDER BY time_ms DESC, pos DESC LIMIT ";
  private static final int POSITION_AT = 7;

  private SqlReports() {}

  /** A place in the list: everything older comes behind it. */
  private record Place(long timeMillis, long pos) {

    static Place parse(String key) {
      String[] parts = key.split(":", -1);
      try {
        return new Place(Long.parseLong(parts[0]), Long.parseLong(parts[parts.length - 1]));
      } catch (NumberFormatException e) {
        throw Keyset.unknown();
      }
    }
  }

  private record Found(Event event, String key) {}

  static Future<Page<Event>> read(
      SqlTx tx, long appId, ReportQuery query, Optional<String> cursor, int limit) {
    Place behind = Keyset.decode(cursor)
        .map(Place::parse)
        .filter(place -> place.timeMillis() < query.beforeMillis())
        .orElse(new Place(query.beforeMillis(), 0));
    SqlText sizes = text("size", appId, query, behind).value(limit + 1L);
    return tx.query(sizes.sql(), sizes.values())
        .compose(rows -> page(tx, appId, query, behind, fitting(rows, query, limit)));
  }

  /** How many of the reports go on the page. */
  private static int fitting(List<SqlRow> sizes, ReportQuery query, int limit) {
    int count = 0;
    for (long bytes = 0;
        count < Math.min(limit, sizes.size()) && bytes < query.maxBytes();
        count++) {
      bytes += sizes.get(count).number(0);
    }
    return count;
  }

  private static Future<Page<Event>> page(
      SqlTx tx, long appId, ReportQuery query, Place behind, int count) {
    SqlText sql = text(SqlEventLog.COLUMNS + ", pos", appId, query, behind).value(count + 1L);
    return tx.query(sql.sql(), sql.values()).map(rows -> {
      List<Found> found = rows.stream()
          .map(row -> {
            Event event = SqlEventLog.event(query.app(), row);
            return new Found(event, event.timeMillis() + ":" + row.number(POSITION_AT));
          })
          .toList();
      Page<Found> page = Keyset.page(found, count, Found::key);
      return new Page<>(page.items().stream().map(Found::event).toList(), page.next());
    });
  }

  private static SqlText text(String columns, long appId, ReportQuery query, Place behind) {
    return new SqlText("SELECT " + columns + WHERE)
        .value(appId)
        .add(" AND serial = ")
        .value(query.serial())
        .add(" AND time_ms >= ")
        .value(query.fromMillis())
        .add(" AND (time_ms, pos) < (")
        .value(behind.timeMillis())
        .add(", ")
        .value(behind.pos())
        .add(")")
        .add(NEWEST_FIRST);
  }
}
