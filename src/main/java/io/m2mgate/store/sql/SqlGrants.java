package io.m2mgate.store.sql;

import io.m2mgate.store.GrantStore;
import io.vertx.core.Future;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Access tokens and sessions in the database. Stateless; used on any thread. */
final class SqlGrants implements GrantStore {
  private static final int STEP = 400;
  private static final String COLUMNS = "SELECT g.id, g.kind, a.code, g.key_id, g.digest, g.scopes,"
      + " g.consumer, g.heartbeat, g.created, g.seen, g.expires, g.ended";
  private static final String FROM = " FROM app_grant g JOIN application a ON a.id = g.app_id";
  private static final String INSERT =
      "INSERT INTO app_grant (id, app_id, key_id, kind, digest, scopes, consumer, heartbeat,"
          + " created, seen, expires, ended) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)";
  private static final String CUT = "DELETE FROM app_grant WHERE id IN (SELECT id FROM app_grant"
      + " WHERE app_id = $1 AND kind = $2 AND ended >= $3 ORDER BY id DESC LIMIT " + STEP
      + " OFFSET $4)";
  private static final String END = "UPDATE app_grant SET ended = 1,"
      + " expires = CASE WHEN expires = 0 OR expires > $1 THEN $1 ELSE expires END"
      + " WHERE ended = 0 AND ";

  private final SqlAccess access;

  SqlGrants(SqlAccess access) {
    this.access = access;
  }

  @Override
  public Future<Boolean> create(Grant grant, int most) {
    return access.exclusive(tx -> SqlApplications.id(tx, grant.app())
        .compose(appId -> checkKey(tx, grant.keyId(), appId)
            .compose(there -> grant.kind() == Kind.TOKEN
                ? insert(tx, appId, grant)
                    .compose(done -> cut(tx, appId, grant.kind(), false, most))
                    .map(true)
                : session(tx, appId, grant, most))));
  }

  private static Future<Void> checkKey(SqlTx tx, String keyId, long appId) {
    return tx.query("SELECT key_id FROM app_key WHERE key_id = $1 AND app_id = $2", keyId, appId)
        .compose(
            rows -> rows.isEmpty() ? SqlAccess.notFound("key", keyId) : Future.succeededFuture());
  }

  private static Future<Boolean> session(SqlTx tx, long appId, Grant grant, int most) {
    return tx.query(
            "SELECT COUNT(*) FROM app_grant WHERE app_id = $1 AND kind = $2 AND ended = 0",
            appId,
            text(grant.kind()))
        .compose(open -> open.get(0).number(0) >= most
            ? Future.succeededFuture(false)
            : cut(tx, appId, grant.kind(), true, most)
                .compose(done -> insert(tx, appId, grant))
                .map(true));
  }

  /** Leaves the newest so many. */
  private static Future<Integer> cut(SqlTx tx, long appId, Kind kind, boolean ended, int most) {
    return tx.update(CUT, appId, text(kind), ended ? 1L : 0L, (long) most);
  }

  private static Future<Integer> insert(SqlTx tx, long appId, Grant grant) {
    return tx.update(
        INSERT,
        grant.id(),
        appId,
        grant.keyId(),
        text(grant.kind()),
        grant.digest(),
        SqlApplications.joined(grant.scopes()),
        grant.consumer().orElse(null),
        (long) grant.heartbeatSeconds(),
        grant.createdMillis(),
        grant.seenMillis(),
        grant.expiresMillis(),
        grant.ended() ? 1L : 0L);
  }

  @Override
  public Future<Optional<Found>> find(String digest) {
    return access.read(tx -> tx.query(
            COLUMNS + ", COALESCE(k.expires, -1)" + FROM
                + " LEFT JOIN app_key k ON k.key_id = g.key_id WHERE g.digest = $1",
            digest)
        .map(rows -> rows.stream().findFirst().map(row -> new Found(grant(row), row.number(12)))));
  }

  @Override
  public Future<List<Grant>> openSessions() {
    return access.read(tx -> tx.query(
            COLUMNS + FROM + " WHERE g.ended = 0 AND g.kind = $1 AND a.removed = 0 ORDER BY g.id",
            text(Kind.SESSION))
        .map(rows -> rows.stream().map(SqlGrants::grant).toList()));
  }

  @Override
  public Future<Void> end(String id, long atMillis) {
    return access.write(tx -> tx.update(END + "id = $2", atMillis, id).mapEmpty());
  }

  @Override
  public Future<Void> endAll(String app, long atMillis) {
    return access.write(tx -> tx.update(
            END + "app_id = (SELECT id FROM application WHERE code = $2)", atMillis, app)
        .mapEmpty());
  }

  static Future<Integer> endOfKey(SqlTx tx, String keyId, long atMillis) {
    return tx.update(END + "key_id = $2", atMillis, keyId);
  }

  @Override
  public Future<Void> seen(Map<String, Long> millis) {
    return access.write(tx -> {
      Future<Integer> all = Future.succeededFuture(0);
      for (Map.Entry<String, Long> one : millis.entrySet()) {
        all = all.compose(done -> tx.update(
            "UPDATE app_grant SET seen = $2 WHERE id = $1", one.getKey(), one.getValue()));
      }
      return all.mapEmpty();
    });
  }

  @Override
  public Future<Boolean> sweep(long beforeMillis) {
    return access.write(tx -> tx.update(
            "DELETE FROM app_grant WHERE id IN (SELECT id FROM app_grant"
                + " WHERE expires > 0 AND expires < $1 ORDER BY expires LIMIT " + STEP + ")",
            beforeMillis)
        .map(count -> count == STEP));
  }

  private static String text(Kind kind) {
    return kind.name().toLowerCase(Locale.ROOT);
  }

  private static Grant grant(SqlRow row) {
    return new Grant(
        row.text(0),
        Kind.valueOf(row.text(1).toUpperCase(Locale.ROOT)),
        row.text(2),
        row.text(3),
        row.text(4),
        SqlApplications.split(row.text(5)),
        row.optionalText(6),
        Math.toIntExact(row.number(7)),
        row.number(8),
        row.number(9),
        row.number(10),
        row.flag(11));
  }
}
