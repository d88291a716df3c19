package io.m2mgate.store.sql;

import io.m2mgate.store.AlarmStore;
import io.m2mgate.store.Page;
import io.m2mgate.store.StoredAlarm;
import io.vertx.core.Future;
import java.util.Optional;

/** The alarms in the database. Stateless; used on any thread. */
final class SqlAlarms implements AlarmStore {
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
    SqlText sql = new SqlText(AlarmRows.SELECT).add(" WHERE 1 = 1");
    return access.read(tx -> {
      filter
          .app()
          .ifPresent(app -> sql.add(
                  " AND l.app_id = (SELECT id FROM application WHERE removed = 0 AND code = ")
              .value(app)
              .add(")"));
      filter.serial().ifPresent(serial -> sql.add(" AND l.serial = ").value(serial));
      filter.open().ifPresent(open -> sql.add(open ? " AND l.cleared = 0" : " AND l.cleared > 0"));
      filter.code().ifPresent(code -> sql.add(" AND l.code = ").value((long) code));
      filter.name().ifPresent(name -> sql.add(" AND l.name = ").value(name));
      Keyset.decode(cursor).ifPresent(id -> sql.add(" AND l.id < ").value(id));
      sql.add(" ORDER BY l.id DESC LIMIT ").value(limit + 1L);
      return tx.query(sql.sql(), sql.values())
          .map(rows -> Keyset.page(AlarmRows.alarms(rows), limit, StoredAlarm::id));
    });
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
