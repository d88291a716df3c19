package io.m2mgate.store.sql;

import io.m2mgate.store.ConsumerStore;
import io.vertx.core.Future;
import java.util.Optional;

/** The named cursors in the database. Stateless; used on any thread. */
final class SqlConsumers implements ConsumerStore {
  private static final String UPSERT =
      "INSERT INTO consumer (app_id, name, kind, log_offset, state, updated, keep, expires)"
          + " VALUES ($1, $2, $3, $4, $5, $6, $7, $8)"
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
    return access.read(tx -> tx.query(
            "SELECT name, kind, log_offset, state, updated, keep, expires FROM consumer WHERE name = $2"
                + OF_APP,
            app,
            name)
        .map(rows -> rows.stream()
            .findFirst()
            .map(row -> new Cursor(
                row.text(0),
                row.text(1),
                row.number(2),
                row.text(3),
                row.number(4),
                row.number(5),
                row.number(6)))));
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
    return tx.update(
            UPSERT,
            appId,
            cursor.name(),
            cursor.kind(),
            cursor.offset(),
            cursor.stateJson(),
            cursor.updatedMillis(),
            cursor.keepMillis(),
            cursor.expiresMillis())
        .mapEmpty();
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
  public Future<Boolean> delete(String app, String name) {
    return access.write(tx -> tx.update("DELETE FROM consumer WHERE name = $2" + OF_APP, app, name)
        .map(count -> count > 0));
  }
}
