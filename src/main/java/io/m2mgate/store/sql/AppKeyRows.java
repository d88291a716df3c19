package io.m2mgate.store.sql;

import io.m2mgate.store.ApplicationStore.ApiKeyHash;
import io.m2mgate.store.ApplicationStore.KeyOwner;
import io.m2mgate.store.ApplicationStore.KeyTerms;
import io.m2mgate.store.StoreFault;
import io.vertx.core.Future;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The keys of applications as rows. Stateless. */
final class AppKeyRows {
  private static final String KEY =
      "k.key_id, k.hash, k.created, k.name, k.expires, k.scopes, k.used";
  private static final String FROM = " FROM app_key k JOIN application a ON a.id = k.app_id";

  private AppKeyRows() {}

  static Future<Integer> insert(SqlTx tx, long appId, ApiKeyHash key) {
    return tx.update(
            "INSERT INTO app_key (key_id, app_id, hash, created, name, expires, scopes, used)"
                + " VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
            key.keyId(),
            appId,
            key.hash(),
            key.createdMillis(),
            key.terms().name(),
            key.terms().expiresMillis(),
            key.terms().scopes().map(SqlApplications::joined).orElse(null),
            key.terms().usedMillis())
        .recover(cause -> Future.failedFuture(
            SqlFault.isDuplicate(cause)
                ? new StoreFault(StoreFault.Kind.CONFLICT, "keyId", "a key with this id exists")
                : cause));
  }

  /** Keys past their end make room where it is needed. */
  static Future<Boolean> room(SqlTx tx, long appId, long nowMillis, int most) {
    return count(tx, appId)
        .compose(count -> count < most
            ? Future.succeededFuture(true)
            : tx.update(
                    "DELETE FROM app_key WHERE app_id = $1 AND expires > 0 AND expires <= $2",
                    appId,
                    nowMillis)
                .compose(done -> count(tx, appId))
                .map(left -> left < most));
  }

  private static Future<Long> count(SqlTx tx, long appId) {
    return tx.query("SELECT COUNT(*) FROM app_key WHERE app_id = $1", appId)
        .map(rows -> rows.get(0).number(0));
  }

  static Future<Optional<ApiKeyHash>> of(SqlTx tx, long appId, String keyId) {
    return tx.query("SELECT " + KEY + FROM + " WHERE k.key_id = $1 AND k.app_id = $2", keyId, appId)
        .map(rows -> rows.stream().findFirst().map(row -> key(row, 0)));
  }

  static Future<List<ApiKeyHash>> all(SqlTx tx, String appCode) {
    return tx.query(
            "SELECT " + KEY + FROM + " WHERE a.code = $1 ORDER BY k.created, k.key_id", appCode)
        .map(rows -> rows.stream().map(row -> key(row, 0)).toList());
  }

  static Future<Optional<KeyOwner>> owner(SqlTx tx, String keyId) {
    return tx.query("SELECT a.code, " + KEY + FROM + " WHERE k.key_id = $1", keyId)
        .map(rows -> rows.stream().findFirst().map(AppKeyRows::owner));
  }

  static Future<List<KeyOwner>> ending(SqlTx tx) {
    return tx.query("SELECT a.code, " + KEY + FROM + " WHERE k.expires > 0")
        .map(rows -> rows.stream().map(AppKeyRows::owner).toList());
  }

  static Future<Void> used(SqlTx tx, Map<String, Long> millis) {
    Future<Integer> all = Future.succeededFuture(0);
    for (Map.Entry<String, Long> one : millis.entrySet()) {
      all = all.compose(done -> tx.update(
          "UPDATE app_key SET used = $2 WHERE key_id = $1", one.getKey(), one.getValue()));
    }
    return all.mapEmpty();
  }

  private static KeyOwner owner(SqlRow row) {
    return new KeyOwner(row.text(0), key(row, 1));
  }

  private static ApiKeyHash key(SqlRow row, int at) {
    return new ApiKeyHash(
        row.text(at),
        row.text(at + 1),
        row.number(at + 2),
        new KeyTerms(
            row.text(at + 3),
            row.number(at + 4),
            row.optionalText(at + 5).map(SqlApplications::split),
            row.number(at + 6)));
  }
}
