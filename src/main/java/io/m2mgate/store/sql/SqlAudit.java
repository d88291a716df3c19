package io.m2mgate.store.sql;

import io.m2mgate.store.AuditLog;
import io.m2mgate.store.Page;
import io.vertx.core.Future;
import java.util.Optional;

/** The audit log in the database. Stateless; used on any thread. */
final class SqlAudit implements AuditLog {
  private static final int ROW_OVERHEAD = 100;
  private static final String INSERT =
      "INSERT INTO audit (id, time_ms, actor, action, target, detail, size) VALUES ($1, $2, $3, $4, $5, $6, $7)";

  private final SqlAccess access;

  SqlAudit(SqlAccess access) {
    this.access = access;
  }

  @Override
  public Future<Void> append(Entry entry) {
    return access.write(tx -> tx.update(
            INSERT,
            entry.id(),
            entry.timeMillis(),
            entry.actor(),
            entry.action(),
            entry.target(),
            entry.detailJson(),
            (long) entry.detailJson().length() + entry.target().length() + ROW_OVERHEAD)
        .mapEmpty());
  }

  @Override
  public Future<Page<Entry>> list(Optional<String> cursor, int limit) {
    return access.read(tx -> {
      SqlText sql = new SqlText("SELECT id, time_ms, actor, action, target, detail FROM audit");
      Keyset.decode(cursor).ifPresent(id -> sql.add(" WHERE id < ").value(id));
      sql.add(" ORDER BY id DESC LIMIT ").value(limit + 1L);
      return tx.query(sql.sql(), sql.values())
          .map(rows -> Keyset.page(rows.stream().map(SqlAudit::entry).toList(), limit, Entry::id));
    });
  }

  private static Entry entry(SqlRow row) {
    return new Entry(
        row.text(0), row.number(1), row.text(2), row.text(3), row.text(4), row.text(5));
  }
}
