package io.m2mgate.store.sql;

import io.m2mgate.store.CommandStore;
import io.m2mgate.store.Page;
import io.m2mgate.store.StoredCommand;
import io.vertx.core.Future;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The commands in the database, for reading. Stateless; used on any thread. */
final class SqlCommands implements CommandStore {

  private final SqlAccess access;

  SqlCommands(SqlAccess access) {
    this.access = access;
  }

  @Override
  public Future<Optional<StoredCommand>> read(String id, Optional<String> app) {
    SqlText sql = new SqlText(CommandRows.SELECT).add(" WHERE c.id = ").value(id);
    app.ifPresent(code -> sql.add(" AND a.code = ").value(code));
    return one(sql);
  }

  @Override
  public Future<Optional<StoredCommand>> byKey(String app, String key) {
    SqlText sql = new SqlText(CommandRows.SELECT).add(" WHERE a.code = ").value(app);
    return one(sql.add(" AND c.idem_key <> '' AND c.idem_key = ").value(key));
  }

  private Future<Optional<StoredCommand>> one(SqlText sql) {
    return all(sql).map(found -> found.stream().findFirst());
  }

  private Future<List<StoredCommand>> all(SqlText sql) {
    return access.read(tx -> tx.query(sql.sql(), sql.values()).map(CommandRows::commands));
  }

  @Override
  public Future<Page<StoredCommand>> list(Filter filter, Optional<String> cursor, int limit) {
    return access.read(tx -> {
      SqlText sql = new SqlText(CommandRows.SELECT).add(" WHERE 1 = 1");
      filter.app().ifPresent(app -> sql.add(" AND a.code = ").value(app));
      filter.serial().ifPresent(serial -> sql.add(" AND c.serial = ").value(serial));
      if (!filter.states().isEmpty()) {
        sql.add(" AND c.state IN ")
            .list(
                filter.states().stream().map(StoredCommand.State::text).sorted().toList());
      }
      ofTypes(filter.types(), sql);
      Keyset.decode(cursor).ifPresent(id -> sql.add(" AND c.id < ").value(id));
      sql.add(" ORDER BY c.id DESC LIMIT ").value(limit + 1L);
      return tx.query(sql.sql(), sql.values())
          .map(rows -> Keyset.page(CommandRows.commands(rows), limit, StoredCommand::id));
    });
  }

  private static void ofTypes(Set<StoredCommand.Type> types, SqlText sql) {
    if (!types.isEmpty()) {
      sql.add(" AND c.type IN ")
          .list(types.stream().map(StoredCommand.Type::text).sorted().toList());
    }
  }

  @Override
  public Future<List<StoredCommand>> openOf(
      String serial, Set<StoredCommand.Type> types, String afterId, int limit) {
    return all(openText(serial, types, afterId, limit));
  }

  static SqlText openText(String serial, Set<StoredCommand.Type> types, String afterId, int limit) {
    SqlText sql = new SqlText(CommandRows.SELECT).add(" WHERE c.serial = ").value(serial);
    sql.add(" AND c.finished = 0");
    if (!afterId.isEmpty()) {
      // With it SQLite takes the index that has the ended ones, too.
      sql.add(" AND c.id > ").value(afterId);
    }
    ofTypes(types, sql);
    return sql.add(" ORDER BY c.id LIMIT ").value((long) limit);
  }

  @Override
  public Future<Open> open(String serial, String app) {
    return access.read(tx -> tx.query(
            "SELECT (SELECT COUNT(*) FROM command WHERE serial = $1 AND finished = 0),"
                + " (SELECT COUNT(*) FROM command c JOIN application a ON a.id = c.app_id"
                + " WHERE a.code = $2 AND c.finished = 0)",
            serial,
            app)
        .map(rows -> new Open((int) rows.get(0).number(0), (int) rows.get(0).number(1))));
  }

  @Override
  public Future<Long> open() {
    return access.read(tx -> tx.query("SELECT COUNT(*) FROM command WHERE finished = 0")
        .map(rows -> rows.get(0).number(0)));
  }

  @Override
  public Future<List<StoredCommand>> overdue(long nowMillis, int limit) {
    SqlText sql = new SqlText(CommandRows.SELECT).add(" WHERE c.finished = 0 AND c.expires <= ");
    sql.value(nowMillis).add(" ORDER BY c.expires LIMIT ").value((long) limit);
    return all(sql);
  }

  @Override
  public Future<List<StoredCommand>> openAfter(Optional<StoredCommand> last, int limit) {
    return all(openAfterText(last, limit));
  }

  @Override
  public Future<List<String>> toWake(String afterSerial, int limit) {
    // Word for word as the index has it.
    return access.read(tx -> tx.query(
            "SELECT DISTINCT serial FROM command WHERE finished = 0 AND wake = 'sms' AND serial > $1"
                + " ORDER BY serial LIMIT $2",
            afterSerial,
            (long) limit)
        .map(rows -> rows.stream().map(row -> row.text(0)).toList()));
  }

  static SqlText openAfterText(Optional<StoredCommand> last, int limit) {
    SqlText sql = new SqlText(CommandRows.SELECT).add(" WHERE c.finished = 0");
    last.ifPresent(command -> sql.add(" AND (c.expires, c.id) > (")
        .value(command.head().expiresMillis())
        .add(", ")
        .value(command.id())
        .add(")"));
    return sql.add(" ORDER BY c.expires, c.id LIMIT ").value((long) limit);
  }
}
