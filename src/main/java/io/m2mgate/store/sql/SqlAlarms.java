package io.m2mgate.store.sql;

import io.m2mgate.store.AlarmStore;
import io.m2mgate.store.Page;
import io.m2mgate.store.StoredAlarm;
import io.vertx.core.Future;
import java.util.Optional;

/** The alarms in the database. Stateless; used on any thread. */
final class SqlAlarms implements AlarmStore {
  private static final String APPLICATION =
      " = (SELECT id FROM application WHERE removed = 0 AND code = ";

  private final SqlAccess access;

  SqlAlarms(SqlAccess access) {
    this.access = access;
  }

  @Override
  public Future<Optional<StoredAlarm>> read(String id, Optional<String> app) {
    return access.read(tx -> read(tx, id, app));
  }

  private static Future<Optional<StoredAlarm>> read(SqlTx tx, String id, Optional<String> app) {
    SqlText sql = new SqlText(AlarmRows.SELECT).add(" WHERE l.id = ").value(id);
    app.ifPresent(code -> sql.add(" AND a.code = ").value(code));
    return tx.query(sql.sql(), sql.values())
        .map(rows -> AlarmRows.alarms(rows).stream().findFirst());
  }

  @Override
  public Future<Page<StoredAlarm>> list(Filter filter, Optional<String> cursor, int limit) {
    return access.read(tx -> {
      SqlText sql = text(filter, cursor, limit);
      return tx.query(sql.sql(), sql.values())
          .map(rows -> Keyset.page(
              AlarmRows.alarms(rows),
              limit,
              alarm -> new TimeKey(alarm.raisedMillis(), alarm.id()).text()));
    });
  }

  static SqlText text(Filter filter, Optional<String> cursor, int limit) {
    SqlText sql = new SqlText(AlarmRows.SELECT).add(" WHERE l.raised >= ");
    sql.value(filter.fromMillis());
    Optional<TimeKey> behind = Keyset.decode(cursor).map(TimeKey::parse);
    if (behind.isPresent() && behind.get().timeMillis() < filter.beforeMillis()) {
      sql.add(" AND (l.raised, l.id) < (").value(behind.get().timeMillis());
      sql.add(", ").value(behind.get().id()).add(")");
    } else {
      sql.add(" AND l.raised < ").value(filter.beforeMillis());
    }
    restrict(sql, filter);
    filter.stage().ifPresent(stage -> sql.add(where(stage)));
    filter.code().ifPresent(code -> sql.add(" AND l.code = ").value((long) code));
    filter.name().ifPresent(name -> sql.add(" AND l.name = ").value(name));
    filter.type().ifPresent(type -> sql.add(" AND l.type = ").value((long) type));
    return sql.add(" ORDER BY l.raised DESC, l.id DESC LIMIT ").value(limit + 1L);
  }

  /** Few are one terminal's, so that no index of the application's is to be used for those. */
  private static void restrict(SqlText sql, Filter filter) {
    filter.serial().ifPresent(serial -> sql.add(" AND l.serial = ").value(serial));
    String column = filter.serial().isPresent() ? "l.app_id + 0" : "l.app_id";
    filter
        .app()
        .ifPresent(app -> sql.add(" AND " + column + APPLICATION).value(app).add(")"));
  }

  /** As text of the statement: with parameters in it the partial indexes would not do. */
  private static String where(Stage stage) {
    return switch (stage) {
      case OPEN -> " AND l.cleared = 0";
      case RAISED -> " AND l.cleared = 0 AND l.acked = 0";
      case ACKNOWLEDGED -> " AND l.cleared = 0 AND l.acked > 0";
      case CLEARED -> " AND l.cleared > 0";
    };
  }

  @Override
  public Future<Optional<Acked>> acknowledge(String id, Optional<String> app, StoredAlarm.Ack ack) {
    return access.exclusive(tx -> read(tx, id, app).compose(found -> {
      if (found.isEmpty() || found.get().ack().isPresent()) {
        return Future.succeededFuture(found.map(alarm -> new Acked(alarm, false)));
      }
      return tx.update(
              "UPDATE alarm SET acked = $2, acked_by = $3, note = $4 WHERE id = $1",
              id,
              ack.atMillis(),
              ack.by(),
              ack.note())
          .compose(done -> read(tx, id, app))
          .map(noted -> noted.map(alarm -> new Acked(alarm, true)));
    }));
  }
}
