package io.m2mgate.store.sql;

import io.m2mgate.api.Event;
import io.m2mgate.api.EventTypes;
import io.m2mgate.store.EventHistory;
import io.m2mgate.store.Page;
import io.vertx.core.Future;
import java.util.List;
import java.util.Optional;

/** Reads one terminal's events backwards, by the index of what is asked. Stateless; used on any thread. */
final class SqlHistory implements EventHistory {
  /** So many events are looked at for a page of some types. */
  static final int STRETCH = 5_000;

  private static final int POSITION_AT = 7;

  private final SqlAccess access;

  SqlHistory(SqlAccess access) {
    this.access = access;
  }

  @Override
  public Future<Page<Event>> list(Query query, Optional<String> cursor, int limit) {
    return access.read(tx -> tx.query(
            "SELECT id FROM application WHERE code = $1 AND removed = 0", query.app())
        .compose(rows -> rows.isEmpty()
            ? SqlAccess.notFound("application", query.app())
            : new Walk(tx, rows.get(0).number(0), query).page(cursor, limit)));
  }

  private record Found(Event event, TimeKey place) {}

  /** One page in the making, on one snapshot. */
  static final class Walk {
    private final SqlTx tx;
    private final long appId;
    private final Query query;
    private final boolean byTime;

    Walk(SqlTx tx, long appId, Query query) {
      this.tx = tx;
      this.appId = appId;
      this.query = query;
      this.byTime = query.view() != View.ALL;
    }

    Future<Page<Event>> page(Optional<String> cursor, int limit) {
      TimeKey start = new TimeKey(query.beforeMillis(), byTime ? "0" : "" + Long.MAX_VALUE);
      TimeKey behind = Keyset.decode(cursor)
          .map(TimeKey::parse)
          .filter(place -> place.position() >= 0)
          .filter(place -> !byTime || place.timeMillis() < query.beforeMillis())
          .orElse(start);
      return end(behind)
          .compose(end -> sizes(behind, end, limit)
              .compose(sizes -> found(behind, end, fitting(sizes, limit)))
              .map(page -> new Page<>(
                  page.items().stream().map(Found::event).toList(),
                  page.next().or(() -> end.map(TimeKey::text).map(Keyset::cursor)))));
    }

    /** The last place that is looked at, where not all are. */
    private Future<Optional<TimeKey>> end(TimeKey behind) {
      if (query.types().isEmpty()) {
        return Future.succeededFuture(Optional.empty());
      }
      SqlText sql = text("time_ms, pos", behind).add(order()).value(1L);
      sql.add(" OFFSET ").value(STRETCH - 1L);
      return tx.query(sql.sql(), sql.values())
          .map(rows ->
              rows.stream().findFirst().map(row -> new TimeKey(row.number(0), "" + row.number(1))));
    }

    private Future<List<SqlRow>> sizes(TimeKey behind, Optional<TimeKey> end, int limit) {
      SqlText sql = wanted("size", behind, end).value(limit + 1L);
      return tx.query(sql.sql(), sql.values());
    }

    /** How many of the events go on the page. */
    private int fitting(List<SqlRow> sizes, int limit) {
      int count = 0;
      long bytes = 0;
      while (count < Math.min(limit, sizes.size()) && bytes < query.maxBytes()) {
        bytes += sizes.get(count).number(0);
        count++;
      }
      return count;
    }

    private Future<Page<Found>> found(TimeKey behind, Optional<TimeKey> end, int count) {
      SqlText sql = wanted(SqlEventLog.COLUMNS + ", pos", behind, end).value(count + 1L);
      return tx.query(sql.sql(), sql.values()).map(rows -> {
        List<Found> found = rows.stream()
            .map(row -> {
              Event event = SqlEventLog.event(query.app(), row);
              return new Found(
                  event, new TimeKey(event.timeMillis(), "" + row.number(POSITION_AT)));
            })
            .toList();
        return Keyset.page(found, count, item -> item.place().text());
      });
    }

    private SqlText wanted(String columns, TimeKey behind, Optional<TimeKey> end) {
      SqlText sql = text(columns, behind);
      end.ifPresent(place -> bound(sql, " >= ", place));
      if (!query.types().isEmpty()) {
        sql.add(" AND type IN ").list(query.types());
      }
      return sql.add(order());
    }

    private SqlText text(String columns, TimeKey behind) {
      SqlText sql = new SqlText("SELECT " + columns + " FROM event WHERE app_id = ").value(appId);
      sql.add(" AND serial = ").value(query.serial()).add(where());
      if (byTime) {
        sql.add(" AND time_ms >= ").value(query.fromMillis());
      }
      bound(sql, " < ", behind);
      return sql;
    }

    private void bound(SqlText sql, String operator, TimeKey place) {
      if (byTime) {
        sql.add(" AND (time_ms, pos)" + operator + "(").value(place.timeMillis());
        sql.add(", ").value(place.position()).add(")");
      } else {
        sql.add(" AND pos" + operator).value(place.position());
      }
    }

    private String order() {
      return byTime ? " ORDER BY time_ms DESC, pos DESC LIMIT " : " ORDER BY pos DESC LIMIT ";
    }

    /** As text of the statement: with parameters in it the partial indexes would not do. */
    private String where() {
      return switch (query.view()) {
        case REPORTS -> " AND type = '" + EventTypes.REPORT + "'";
        case NOTICES -> " AND type >= 'm2m.terminal.' AND type < 'm2m.terminal/'";
        case ALL -> "";
      };
    }
  }
}
