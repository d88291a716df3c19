package io.m2mgate.store.sql;

import io.m2mgate.store.Page;
import io.m2mgate.store.StoreFault;
import io.m2mgate.store.StoredReplay;
import io.m2mgate.store.StoredWebhook;
import io.m2mgate.store.StoredWebhook.Secrets;
import io.m2mgate.store.StoredWebhook.Standing;
import io.m2mgate.store.WebhookStore;
import io.vertx.core.Future;
import java.util.Locale;
import java.util.Optional;

/** The webhooks in the database. Stateless; used on any thread. */
final class SqlWebhooks implements WebhookStore {
  private static final String INSERT =
      "INSERT INTO webhook (id, app_id, name, url, types, serials, batch_events, batch_bytes, batch_millis, in_flight,"
          + " header_names, headers, secret, old_secret, old_until, enabled, reason, failing_since, created, updated)"
          + " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20)";
  private static final String UPDATE =
      "UPDATE webhook SET url = $2, types = $3, serials = $4, batch_events = $5, batch_bytes = $6, batch_millis = $7,"
          + " in_flight = $8, header_names = $9, headers = $10, enabled = $11, reason = $12, failing_since = $13,"
          + " updated = $14 WHERE id = $1";
  private static final String CONSUMER =
      "INSERT INTO consumer (app_id, name, kind, log_offset, state, updated) VALUES ($1, $2, $3, $4, '{}', $5)"
          + " ON CONFLICT (app_id, name) DO UPDATE SET log_offset = excluded.log_offset, updated = excluded.updated";

  private final SqlAccess access;

  SqlWebhooks(SqlAccess access) {
    this.access = access;
  }

  @Override
  public Future<StoredWebhook> create(StoredWebhook fresh, long offset, int max) {
    return access.exclusive(tx -> SqlApplications.id(tx, fresh.app())
        .compose(appId -> tx.query(
                "SELECT COUNT(*), COALESCE(SUM(CASE WHEN name = $2 THEN 1 ELSE 0 END), 0) FROM webhook WHERE app_id = $1",
                appId,
                fresh.name())
            .compose(found -> {
              if (found.get(0).flag(1)) {
                return refused(StoreFault.Kind.CONFLICT, "the application has it already");
              }
              return found.get(0).number(0) >= max
                  ? refused(StoreFault.Kind.IN_USE, "the application has " + max + " webhooks")
                  : tx.update(INSERT, WebhookRows.values(fresh, appId));
            })
            .compose(done -> cursor(tx, appId, fresh, offset)))
        .map(fresh));
  }

  private static <T> Future<T> refused(StoreFault.Kind kind, String message) {
    return Future.failedFuture(new StoreFault(kind, "webhook", message));
  }

  private static Future<Integer> cursor(SqlTx tx, long appId, StoredWebhook of, long offset) {
    return tx.update(
        CONSUMER, appId, of.consumer(), StoredWebhook.CONSUMER_KIND, offset, of.updatedMillis());
  }

  @Override
  public Future<Optional<StoredWebhook>> update(StoredWebhook changed, Optional<Long> offset) {
    return access.exclusive(tx -> tx.update(UPDATE, WebhookRows.changes(changed))
        .compose(count -> count == 0 || offset.isEmpty()
            ? Future.succeededFuture()
            : SqlApplications.id(tx, changed.app())
                .compose(appId -> cursor(tx, appId, changed, offset.get())))
        .compose(done -> one(tx, " AND w.id = $1", changed.id())));
  }

  @Override
  public Future<Optional<StoredWebhook>> read(String app, String name) {
    return access.read(tx -> one(tx, " AND a.code = $1 AND w.name = $2", app, name));
  }

  @Override
  public Future<Optional<StoredWebhook>> byId(String id) {
    return access.read(tx -> one(tx, " AND w.id = $1", id));
  }

  private static Future<Optional<StoredWebhook>> one(SqlTx tx, String where, Object... values) {
    return tx.query(WebhookRows.SELECT + where, values)
        .map(rows -> rows.stream().findFirst().map(WebhookRows::stored));
  }

  @Override
  public Future<Page<StoredWebhook>> list(
      Optional<String> app, Optional<String> cursor, int limit) {
    return access.read(tx -> {
      SqlText sql = new SqlText(WebhookRows.SELECT);
      app.ifPresent(code -> sql.add(" AND a.code = ").value(code));
      Keyset.decode(cursor).ifPresent(id -> sql.add(" AND w.id > ").value(id));
      sql.add(" ORDER BY w.id LIMIT ").value(limit + 1L);
      return tx.query(sql.sql(), sql.values())
          .map(rows -> Keyset.page(
              rows.stream().map(WebhookRows::stored).toList(), limit, StoredWebhook::id));
    });
  }

  @Override
  public Future<Boolean> secrets(String id, Secrets secrets) {
    return access.exclusive(tx -> tx.update(
            "UPDATE webhook SET secret = $2, old_secret = $3, old_until = $4 WHERE id = $1",
            id,
            secrets.sealed(),
            secrets.oldSealed(),
            secrets.oldUntilMillis())
        .map(count -> count > 0));
  }

  @Override
  public Future<Boolean> standing(String id, Standing standing) {
    return access.write(tx -> tx.update(
            "UPDATE webhook SET enabled = $2, reason = $3, failing_since = $4 WHERE id = $1",
            id,
            standing.enabled() ? 1L : 0L,
            standing.reason(),
            standing.failingSinceMillis())
        .map(count -> count > 0));
  }

  @Override
  public Future<Void> failing(String id, long sinceMillis) {
    return access.write(
        tx -> tx.update("UPDATE webhook SET failing_since = $2 WHERE id = $1", id, sinceMillis)
            .mapEmpty());
  }

  @Override
  public Future<Boolean> delete(String app, String name) {
    String ofApp = " AND app_id = (SELECT id FROM application WHERE code = $1)";
    return access.exclusive(tx -> tx.update(
            "DELETE FROM webhook WHERE name = $2" + ofApp, app, name)
        .compose(count -> count == 0
            ? Future.succeededFuture(false)
            : tx.update(
                    "DELETE FROM consumer WHERE name = $2" + ofApp,
                    app,
                    StoredWebhook.consumer(name))
                .map(true)));
  }

  @Override
  public Future<StoredReplay> open(StoredReplay fresh, int kept) {
    return access.exclusive(tx -> tx.query(
            "SELECT w.id, r.id FROM webhook w LEFT JOIN webhook_replay r ON r.webhook_id = w.id AND r.state = 'open'"
                + " WHERE w.id = $1",
            fresh.webhook())
        .compose(found -> {
          if (found.isEmpty()) {
            return SqlAccess.notFound("webhook", fresh.webhook());
          }
          return found.get(0).isNull(1)
              ? trimmed(tx, fresh, kept)
              : refused(StoreFault.Kind.CONFLICT, "a replay of the webhook is open");
        })
        .map(fresh));
  }

  private static Future<Integer> trimmed(SqlTx tx, StoredReplay fresh, int kept) {
    return tx.update(
            "DELETE FROM webhook_replay WHERE webhook_id = $1 AND id NOT IN"
                + " (SELECT id FROM webhook_replay WHERE webhook_id = $1 ORDER BY id DESC LIMIT $2)",
            fresh.webhook(),
            (long) kept)
        .compose(done -> tx.update(
            "INSERT INTO webhook_replay (id, webhook_id, log_from, log_until, log_offset, types, serials, state, created,"
                + " updated) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
            WebhookRows.values(fresh)));
  }

  @Override
  public Future<Optional<StoredReplay>> replay(String webhook, String id) {
    return oneReplay(" AND id = $2", webhook, id);
  }

  @Override
  public Future<Optional<StoredReplay>> openReplay(String webhook) {
    return oneReplay(" AND state = 'open'", webhook);
  }

  private Future<Optional<StoredReplay>> oneReplay(String where, Object... values) {
    return access.read(tx -> tx.query(WebhookRows.REPLAY + where, values)
        .map(rows -> rows.stream().findFirst().map(WebhookRows::replay)));
  }

  @Override
  public Future<Page<StoredReplay>> replays(String webhook, Optional<String> cursor, int limit) {
    return access.read(tx -> {
      SqlText sql = new SqlText(WebhookRows.REPLAY_OF).value(webhook);
      Keyset.decode(cursor).ifPresent(id -> sql.add(" AND id < ").value(id));
      sql.add(" ORDER BY id DESC LIMIT ").value(limit + 1L);
      return tx.query(sql.sql(), sql.values())
          .map(rows -> Keyset.page(
              rows.stream().map(WebhookRows::replay).toList(), limit, StoredReplay::id));
    });
  }

  @Override
  public Future<Boolean> move(String replay, long offset, StoredReplay.State state) {
    return access.write(tx -> tx.update(
            "UPDATE webhook_replay SET log_offset = $2, state = $3, updated = $4 WHERE id = $1 AND state = 'open'",
            replay,
            offset,
            state.name().toLowerCase(Locale.ROOT),
            System.currentTimeMillis())
        .map(count -> count > 0));
  }
}
