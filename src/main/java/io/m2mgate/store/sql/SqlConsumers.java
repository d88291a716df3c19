package io.m2mgate.store.sql;

import io.m2mgate.store.ConsumerStore;
import io.m2mgate.store.Page;
import io.m2mgate.store.StoreFault;
import io.vertx.core.Future;
import java.util.List;
import java.util.Optional;

/** The named cursors in the database. Stateless; used on any thread. */
final class SqlConsumers implements ConsumerStore {
  private static final String COLUMNS = "name, kind, log_offset, state, updated, keep, expires";
  private static final String INSERT =
      "INSERT INTO consumer (app_id, name, kind, log_offset, state, updated, keep, expires)"
          + " VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
  private static final String UPSERT = INSERT
      + " ON CONFLICT (app_id, name) DO UPDATE SET kind = excluded.kind, log_offset = excluded.log_offset,"
      + " state = excluded.state, updated = excluded.updated, keep = excluded.keep, expires = excluded.expires";
  private static final String OTHERS =
      "SELECT COUNT(*) FROM consumer WHERE app_id = $1 AND kind = $2"
          + " AND name <> $3 AND (expires = 0 OR expires > $4)";
  private static final String OF_APP = " AND app_id = (SELECT id FROM application WHERE code = $1)";

  private final SqlAccess access;

  SqlConsumers(SqlAccess access) {
    this.access = access;
  }

  @Override
  public Future<Optional<Cursor>> read(String app, String name) {
    return access.read(
        tx -> tx.query("SELECT " + COLUMNS + " FROM consumer WHERE name = $2" + OF_APP, app, name)
            .map(rows -> rows.stream().findFirst().map(SqlConsumers::cursor)));
  }

  @Override
  public Future<Page<Cursor>> list(
      String app, Optional<String> kind, Optional<String> cursor, int limit) {
    return access.read(tx -> {
      Optional<String> behind = Keyset.decode(cursor);
      return SqlApplications.id(tx, app).compose(appId -> {
        SqlText sql = listText(appId, kind, behind, limit);
        return tx.query(sql.sql(), sql.values())
            .map(rows ->
                Keyset.page(rows.stream().map(SqlConsumers::cursor).toList(), limit, Cursor::name));
      });
    });
  }

  static SqlText listText(long appId, Optional<String> kind, Optional<String> behind, int limit) {
    SqlText sql = new SqlText("SELECT " + COLUMNS + " FROM consumer WHERE app_id = ").value(appId);
    kind.ifPresent(one -> sql.add(" AND kind = ").value(one));
    behind.ifPresent(name -> sql.add(" AND name > ").value(name));
    return sql.add(" ORDER BY name LIMIT ").value(limit + 1L);
  }

  @Override
  public Future<Void> put(String app, Cursor cursor) {
    return access.write(
        tx -> SqlApplications.id(tx, app).compose(appId -> upsert(tx, appId, cursor)));
  }

  @Override
  public Future<Boolean> admit(String app, Cursor cursor, int most) {
    return access.write(tx -> SqlApplications.id(tx, app)
        .compose(appId -> tx.query(
                OTHERS, appId, cursor.kind(), cursor.name(), cursor.updatedMillis())
            .compose(others -> others.get(0).number(0) < most
                ? upsert(tx, appId, cursor).map(true)
                : Future.succeededFuture(false))));
  }

  @Override
  public Future<Void> abandon(String kind, long nowMillis) {
    return access.write(tx -> tx.update(
            "UPDATE consumer SET expires = $2 + keep WHERE kind = $1 AND keep > 0 AND expires = 0",
            kind,
            nowMillis)
        .mapEmpty());
  }

  private static Future<Void> upsert(SqlTx tx, long appId, Cursor cursor) {
    return tx.update(UPSERT, row(appId, cursor)).mapEmpty();
  }

  @Override
  public Future<Boolean> create(String app, Cursor cursor, int most) {
    return access.write(tx -> SqlApplications.id(tx, app)
        .compose(appId -> tx.query(
                "SELECT COUNT(*) FROM consumer WHERE app_id = $1 AND kind = $2",
                appId,
                cursor.kind())
            .compose(counts -> counts.get(0).number(0) >= most
                ? Future.succeededFuture(false)
                : tx.update(INSERT + " ON CONFLICT (app_id, name) DO NOTHING", row(appId, cursor))
                    .compose(SqlConsumers::isNew))));
  }

  private static Future<Boolean> isNew(int rows) {
    return rows > 0
        ? Future.succeededFuture(true)
        : Future.failedFuture(
            new StoreFault(StoreFault.Kind.CONFLICT, "name", "it is there already"));
  }

  @Override
  public Future<Void> commit(String app, String name, long offset) {
    return access.write(tx -> tx.update(
            "UPDATE consumer SET log_offset = $3, updated = $4 WHERE name = $2 AND log_offset < $3"
                + OF_APP,
            app,
            name,
            offset,
            System.currentTimeMillis())
        .mapEmpty());
  }

  @Override
  public Future<Void> change(String app, String name, String stateJson, long nowMillis) {
    return access.write(tx -> tx.update(
            "UPDATE consumer SET state = $3, updated = $4 WHERE name = $2" + OF_APP,
            app,
            name,
            stateJson,
            nowMillis)
        .mapEmpty());
  }

  @Override
  public Future<Void> touch(String app, String name, long nowMillis) {
    return access.write(tx -> tx.update(
            "UPDATE consumer SET updated = $3 WHERE name = $2 AND updated < $3" + OF_APP,
            app,
            name,
            nowMillis)
        .mapEmpty());
  }

  @Override
  public Future<Boolean> delete(String app, String name) {
    return access.write(tx -> tx.update("DELETE FROM consumer WHERE name = $2" + OF_APP, app, name)
        .map(count -> count > 0));
  }

  @Override
  public Future<List<Unused>> unused(String kind, long beforeMillis, int limit) {
    return access.read(tx -> tx.query(
            "SELECT a.code, c.name, c.log_offset, c.updated FROM consumer c JOIN application a ON a.id = c.app_id"
                + " WHERE c.kind = $1 AND c.updated < $2 AND a.removed = 0 ORDER BY c.updated LIMIT $3",
            kind,
            beforeMillis,
            (long) limit)
        .map(rows -> rows.stream()
            .map(row -> new Unused(row.text(0), row.text(1), row.number(2), row.number(3)))
            .toList()));
  }

  @Override
  public Future<Boolean> deleteUnused(Unused consumer, long beforeMillis) {
    return access.write(tx -> tx.update(
            "DELETE FROM consumer WHERE name = $2 AND updated < $3" + OF_APP,
            consumer.app(),
            consumer.name(),
            beforeMillis)
        .map(count -> count > 0));
  }

  private static Object[] row(long appId, Cursor cursor) {
    return new Object[] {
      appId,
      cursor.name(),
      cursor.kind(),
      cursor.offset(),
      cursor.stateJson(),
      cursor.updatedMillis(),
      cursor.keepMillis(),
      cursor.expiresMillis()
    };
  }

  private static Cursor cursor(SqlRow row) {
    return new Cursor(
        row.text(0),
        row.text(1),
        row.number(2),
        row.text(3),
        row.number(4),
        row.number(5),
        row.number(6));
  }
}
