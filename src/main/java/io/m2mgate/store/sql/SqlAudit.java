package io.m2mgate.store.sql;

import com.github.f4b6a3.ulid.Ulid;
import io.m2mgate.store.AuditLog;
import io.m2mgate.store.Page;
import io.vertx.core.Future;
import java.util.Optional;
import java.util.stream.Stream;

/** The audit log in the database. Stateless; used on any thread. */
final class SqlAudit implements AuditLog {
  private static final int ROW_OVERHEAD = 100;

  /** What the time of an id holds. */
  private static final long MOST_MILLIS = (1L << 48) - 1;

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
  public Future<Page<Entry>> list(Filter filter, Optional<String> cursor, int limit) {
    return access.read(tx -> {
      SqlText sql = text(filter, Keyset.decode(cursor), limit);
      return tx.query(sql.sql(), sql.values())
          .map(rows -> Keyset.page(rows.stream().map(SqlAudit::entry).toList(), limit, Entry::id));
    });
  }

  /**
   * Times are looked for among the ids, which begin with them: so every index serves them. One column is asked for as the expression
   * that its index is of.
   */
  static SqlText text(Filter filter, Optional<String> beforeId, int limit) {
    SqlText sql =
        new SqlText("SELECT id, time_ms, actor, action, target, detail FROM audit WHERE id > ");
    sql.value(filter.fromMillis().map(SqlAudit::below).orElse(""));
    boolean one = Stream.of(filter.actor(), filter.action(), filter.target())
            .filter(Optional::isPresent)
            .count()
        == 1;
    String is = one ? " || '' = " : " = ";
    filter.actor().ifPresent(actor -> sql.add(" AND actor" + is).value(actor));
    filter.action().ifPresent(action -> sql.add(" AND action" + is).value(action));
    filter.target().ifPresent(target -> sql.add(" AND target" + is).value(target));
    filter.beforeMillis().ifPresent(time -> sql.add(" AND id <= ").value(below(time)));
    beforeId.ifPresent(id -> sql.add(" AND id < ").value(id));
    return sql.add(" ORDER BY id DESC LIMIT ").value(limit + 1L);
  }

  /** What sorts before every id of a time and behind all earlier ones: nothing random is all zeros. */
  private static String below(long millis) {
    return Ulid.min(Math.max(0, Math.min(millis, MOST_MILLIS))).toString();
  }

  private static Entry entry(SqlRow row) {
    return new Entry(
        row.text(0), row.number(1), row.text(2), row.text(3), row.text(4), row.text(5));
  }
}
