package io.m2mgate.store.sql;

import io.m2mgate.session.SecretSet.Expiries;
import io.m2mgate.store.ExpiryStore;
import io.m2mgate.store.Page;
import io.m2mgate.store.SecretKinds;
import io.vertx.core.Future;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The expiries in the database: each kind of secret has an index, their lists are merged. Stateless; used on any thread. */
final class SqlExpiries implements ExpiryStore {
  /** In the order in which secrets of one terminal that expire at once are listed. */
  private static final Map<String, String> COLUMNS = new TreeMap<>(Map.of(
      SecretKinds.BASE_KEY, "base_key_expiry",
      SecretKinds.DOWNLINK_PASSWORD, "downlink_expiry",
      SecretKinds.UPLINK_PASSWORD, "uplink_expiry"));

  private final SqlAccess access;

  SqlExpiries(SqlAccess access) {
    this.access = access;
  }

  /** A place in the list. */
  private record Place(long second, String serial, String secret) {

    static Place parse(String key) {
      String[] parts = key.split(":", -1);
      if (parts.length != 3 || !COLUMNS.containsKey(parts[2])) {
        throw Keyset.unknown();
      }
      return new Place(TimeKey.number(parts[0]), parts[1], parts[2]);
    }

    static String text(Expiry expiry) {
      return expiry.second() + ":" + expiry.serial() + ":" + expiry.secret();
    }
  }

  @Override
  public Future<Page<Expiry>> list(Query query, Optional<String> cursor, int limit) {
    return access.read(tx -> tx.query(
            "SELECT id FROM application WHERE code = $1 AND removed = 0", query.app())
        .compose(apps -> {
          if (apps.isEmpty()) {
            return SqlAccess.notFound("application", query.app());
          }
          SqlText sql = text(apps.get(0).number(0), query, cursor, limit);
          return tx.query(sql.sql(), sql.values())
              .map(rows -> Keyset.page(expiries(rows), limit, Place::text));
        }));
  }

  static SqlText text(long appId, Query query, Optional<String> cursor, int limit) {
    Optional<Place> behind = Keyset.decode(cursor).map(Place::parse);
    SqlText sql = new SqlText("");
    String separator = "";
    for (Map.Entry<String, String> kind : COLUMNS.entrySet()) {
      sql.add(separator).add("SELECT * FROM (");
      ofKind(sql, kind.getKey(), kind.getValue(), appId, query, behind);
      sql.value(limit + 1L).add(") AS by_" + kind.getValue());
      separator = " UNION ALL ";
    }
    return sql.add(" ORDER BY 1, 2, 3 LIMIT ").value(limit + 1L);
  }

  private static void ofKind(
      SqlText sql, String secret, String column, long appId, Query query, Optional<Place> behind) {
    sql.add("SELECT " + column + " AS second, serial, '" + secret + "' AS secret FROM credential");
    sql.add(" WHERE app_id = ").value(appId);
    // As text of the statement: with a parameter in its place the partial index would not do.
    sql.add(" AND " + column + " < " + Expiries.NONE);
    sql.add(" AND " + column + " < ").value(query.beforeSecond());
    sql.add(" AND " + column + " >= ").value(query.fromSecond());
    query.serial().ifPresent(serial -> sql.add(" AND serial = ").value(serial));
    behind.ifPresent(place -> {
      String operator = secret.compareTo(place.secret()) > 0 ? " >= (" : " > (";
      sql.add(" AND (" + column + ", serial)" + operator).value(place.second());
      sql.add(", ").value(place.serial()).add(")");
    });
    sql.add(" ORDER BY " + column + ", serial LIMIT ");
  }

  private static List<Expiry> expiries(List<SqlRow> rows) {
    return rows.stream()
        .map(row -> new Expiry(row.text(1), row.text(2), row.number(0)))
        .toList();
  }
}
