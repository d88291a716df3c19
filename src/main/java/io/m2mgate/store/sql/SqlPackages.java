package io.m2mgate.store.sql;

import io.m2mgate.store.PackageStore;
import io.m2mgate.store.Page;
import io.m2mgate.store.StoreFault;
import io.m2mgate.store.StoredPackage;
import io.vertx.core.Future;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The packages in the database. Stateless; used on any thread. */
final class SqlPackages implements PackageStore {
  private static final String SELECT =
      "SELECT p.id, a.code, p.name, p.version, p.version_description, p.model, p.notes, p.size, p.crc16, p.crc32, p.sha256,"
          + " p.url, p.created, p.created_by FROM package p JOIN application a ON a.id = p.app_id";
  private static final String INSERT =
      "INSERT INTO package (id, app_id, name, version, version_description, model, notes, size, crc16, crc32, sha256, url,"
          + " created, created_by) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)";

  private final SqlAccess access;

  SqlPackages(SqlAccess access) {
    this.access = access;
  }

  @Override
  public Future<StoredPackage> create(StoredPackage fresh) {
    return access.exclusive(tx -> SqlApplications.id(tx, fresh.app())
        .compose(appId -> tx.query(
                "SELECT 1 FROM package WHERE app_id = $1 AND name = $2 AND version = $3",
                appId,
                fresh.name(),
                fresh.version())
            .compose(same -> same.isEmpty()
                ? insert(tx, appId, fresh)
                : Future.failedFuture(new StoreFault(
                    StoreFault.Kind.CONFLICT, "version", "the application has it already")))));
  }

  private static Future<StoredPackage> insert(SqlTx tx, long appId, StoredPackage fresh) {
    return tx.update(
            INSERT,
            fresh.id(),
            appId,
            fresh.name(),
            fresh.version(),
            fresh.versionDescription(),
            fresh.model(),
            fresh.notes(),
            fresh.sizeBytes(),
            fresh.crc16(),
            fresh.crc32(),
            fresh.sha256(),
            fresh.url(),
            fresh.createdMillis(),
            fresh.createdBy())
        .map(fresh);
  }

  @Override
  public Future<Optional<StoredPackage>> read(String id, Optional<String> app) {
    return access.read(tx -> read(tx, id, app));
  }

  private static Future<Optional<StoredPackage>> read(SqlTx tx, String id, Optional<String> app) {
    SqlText sql = new SqlText(SELECT).add(" WHERE a.removed = 0 AND p.id = ").value(id);
    app.ifPresent(code -> sql.add(" AND a.code = ").value(code));
    return tx.query(sql.sql(), sql.values())
        .map(rows -> rows.stream().findFirst().map(SqlPackages::stored));
  }

  @Override
  public Future<Page<StoredPackage>> list(
      Optional<String> app, Optional<String> name, Optional<String> cursor, int limit) {
    return access.read(tx -> {
      SqlText sql = new SqlText(SELECT).add(" WHERE a.removed = 0");
      app.ifPresent(code -> sql.add(" AND a.code = ").value(code));
      name.ifPresent(text -> sql.add(" AND p.name = ").value(text));
      Keyset.decode(cursor).ifPresent(id -> sql.add(" AND p.id < ").value(id));
      sql.add(" ORDER BY p.id DESC LIMIT ").value(limit + 1L);
      return tx.query(sql.sql(), sql.values())
          .map(rows -> Keyset.page(
              rows.stream().map(SqlPackages::stored).toList(), limit, StoredPackage::id));
    });
  }

  @Override
  public Future<Optional<StoredPackage>> describe(
      String id, Optional<String> app, Optional<String> model, Optional<String> notes) {
    return access.exclusive(tx -> read(tx, id, app)
        .compose(found -> found.isEmpty()
            ? Future.succeededFuture(found)
            : tx.update(
                    "UPDATE package SET model = $2, notes = $3 WHERE id = $1",
                    id,
                    model.orElse(found.get().model()),
                    notes.orElse(found.get().notes()))
                .compose(done -> read(tx, id, app))));
  }

  @Override
  public Future<Boolean> delete(String id, Optional<String> app) {
    return access.exclusive(tx -> read(tx, id, app)
        .compose(found -> found.isEmpty() ? Future.succeededFuture(false) : delete(tx, id)));
  }

  private static Future<Boolean> delete(SqlTx tx, String id) {
    return tx.query("SELECT 1 FROM upgrade WHERE package_id = $1 LIMIT 1", id)
        .compose(used -> used.isEmpty()
            ? tx.update("DELETE FROM package WHERE id = $1", id).map(true)
            : Future.failedFuture(
                new StoreFault(StoreFault.Kind.IN_USE, "package", "an upgrade names it")));
  }

  @Override
  public Future<Set<String>> files(Set<String> sha256s) {
    return access.read(tx -> {
      Set<String> found = new HashSet<>();
      Future<Void> chain = Future.succeededFuture();
      for (List<String> some : LogCounters.chunks(sha256s)) {
        SqlText sql =
            new SqlText("SELECT DISTINCT sha256 FROM package WHERE sha256 IN ").list(some);
        chain = chain.compose(done -> tx.query(sql.sql(), sql.values())).map(rows -> {
          rows.forEach(row -> found.add(row.text(0)));
          return null;
        });
      }
      return chain.map(done -> found);
    });
  }

  private static StoredPackage stored(SqlRow row) {
    return new StoredPackage(
        row.text(0),
        row.text(1),
        row.text(2),
        row.text(3),
        row.text(4),
        row.text(5),
        row.text(6),
        row.number(7),
        row.number(8),
        row.number(9),
        row.text(10),
        row.text(11),
        row.number(12),
        row.text(13));
  }
}
