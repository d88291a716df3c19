package io.m2mgate.store.sql;

import io.m2mgate.config.StoreUrl;
import io.m2mgate.store.Resealing;
import io.m2mgate.store.StoreFault;
import io.m2mgate.store.StoreOptions;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Re-sealing in the database. Owns its engine, which holds the store alone; one batch at a time. */
public final class SqlResealing implements Resealing {

  private final SqlEngine engine;
  private final Optional<String> claim;

  /** @param claim asked before each batch, for a connection that is new holds nothing: 1 while the store is held alone */
  private SqlResealing(SqlEngine engine, Optional<String> claim) {
    this.engine = engine;
    this.claim = claim;
  }

  /** Fails with UNAVAILABLE while a gateway, or another such work, uses the store. */
  public static Future<Resealing> open(Vertx vertx, StoreOptions options) {
    Optional<StoreUrl> parsed = StoreUrl.parse(options.url());
    if (parsed.isEmpty()) {
      return Future.failedFuture(SqlStore.notAnUrl());
    }
    StoreUrl url = parsed.get();
    return url instanceof StoreUrl.Sqlite sqlite
        ? SqliteStart.openAlone(vertx, sqlite, options)
            .map(engine -> new SqlResealing(engine, Optional.empty()))
        : PostgresStart.openAlone(vertx, (StoreUrl.Postgres) url, options)
            .map(engine -> new SqlResealing(engine, Optional.of(PgWriter.ALONE)));
  }

  /** What an engine that finds the store in use fails with. */
  static StoreFault inUse(String shown) {
    return new StoreFault(
        StoreFault.Kind.UNAVAILABLE,
        "store.url",
        "the store " + shown + " is in use: by a gateway, or by m2mgate rekey");
  }

  @Override
  public List<String> places() {
    return SealedPlaces.ALL.stream().map(SealedPlaces.Place::table).toList();
  }

  @Override
  public Future<Batch> next(String name, String afterRow, int rows, Sealer sealer) {
    var place = SealedPlaces.ALL.stream()
        .filter(it -> it.table().equals(name))
        .findFirst()
        .orElseThrow();
    StringBuilder select =
        new StringBuilder("SELECT ").append(place.key()).append(", ").append(place.subject());
    place.columns().forEach(column -> select.append(", ").append(column.name()));
    select.append(" FROM ").append(name).append(" WHERE ").append(place.key());
    select.append(" > $1 ORDER BY ").append(place.key()).append(" LIMIT $2");
    return engine.exclusive(tx -> claimed(tx)
        .compose(alone -> tx.query(select.toString(), afterRow, (long) rows))
        .compose(found -> write(tx, place, found, sealer)));
  }

  private Future<Void> claimed(SqlTx tx) {
    if (claim.isEmpty()) {
      return Future.succeededFuture();
    }
    return tx.query(claim.get())
        .compose(rows ->
            rows.get(0).flag(0) ? Future.succeededFuture() : Future.failedFuture(inUse("")));
  }

  private static Future<Batch> write(
      SqlTx tx, SealedPlaces.Place place, List<SqlRow> rows, Sealer sealer) {
    Future<Void> written = Future.succeededFuture();
    int changed = 0;
    for (SqlRow row : rows) {
      List<Object> values = new ArrayList<>();
      values.add(row.text(0));
      StringBuilder update = new StringBuilder("UPDATE ").append(place.table()).append(" SET ");
      for (int i = 0; i < place.columns().size(); i++) {
        SealedPlaces.Column column = place.columns().get(i);
        Optional<Object> other = column
            .form()
            .reseal(
                row,
                i + 2,
                column.kind(),
                (kind, value) -> sealer.reseal(row.text(1), kind, value));
        if (other.isPresent()) {
          values.add(other.get());
          update.append(values.size() > 2 ? ", " : "").append(column.name());
          update.append(" = $").append(values.size());
        }
      }
      if (values.size() > 1) {
        changed++;
        update.append(" WHERE ").append(place.key()).append(" = $1");
        written = written.compose(
            next -> tx.update(update.toString(), values.toArray()).mapEmpty());
      }
    }
    Optional<String> last = rows.isEmpty()
        ? Optional.empty()
        : Optional.of(rows.get(rows.size() - 1).text(0));
    return written.map(new Batch(rows.size(), changed, last));
  }

  @Override
  public Future<Void> close() {
    return engine.close();
  }
}
