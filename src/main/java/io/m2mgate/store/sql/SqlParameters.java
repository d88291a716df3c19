package io.m2mgate.store.sql;

import io.m2mgate.store.DesiredSet;
import io.m2mgate.store.DesiredSet.Desired;
import io.m2mgate.store.ParameterStore;
import io.m2mgate.store.StoredCommand;
import io.m2mgate.store.TerminalStore.TerminalFilter;
import io.m2mgate.store.TerminalStore.TerminalRow;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** Desired and reported parameters in the database, for reading. Stateless; used on any thread. */
final class SqlParameters implements ParameterStore {

  private final SqlAccess access;

  SqlParameters(SqlAccess access) {
    this.access = access;
  }

  @Override
  public Future<Known> read(String serial) {
    return access.read(tx -> desired(tx, serial)
        .compose(desired -> SqlTerminals.reported(tx, serial)
            .compose(reported ->
                commands(tx, desired).map(commands -> new Known(desired, reported, commands)))));
  }

  @Override
  public Future<List<TerminalRow>> desiring(
      TerminalFilter filter, List<String> serials, String afterSerial, int limit) {
    return access.read(tx -> TerminalSearch.plan(tx, filter).compose(search -> {
      SqlText sql = new SqlText(SqlTerminals.rows())
          .add(" JOIN desired d ON d.serial = t.serial AND d.parameters <> '[]' WHERE t.serial > ")
          .value(afterSerial);
      search.restrict(sql);
      if (!serials.isEmpty()) {
        sql.add(" AND t.serial IN ").list(serials);
      }
      sql.add(" ORDER BY t.serial LIMIT ").value((long) limit);
      return tx.query(sql.sql(), sql.values())
          .map(rows -> rows.stream().map(SqlTerminals::row).toList());
    }));
  }

  private static Future<DesiredSet> desired(SqlTx tx, String serial) {
    return tx.query("SELECT version, revision, parameters FROM desired WHERE serial = $1", serial)
        .map(rows -> rows.stream()
            .findFirst()
            .map(row -> DesiredRows.decode(row.number(0), row.number(1), row.text(2)))
            .orElse(DesiredSet.NONE));
  }

  private static Future<List<StoredCommand>> commands(SqlTx tx, DesiredSet desired) {
    Set<String> ids = new TreeSet<>();
    desired.values().stream().map(Desired::command).forEach(ids::add);
    List<StoredCommand> found = new ArrayList<>();
    Future<Void> chain = Future.succeededFuture();
    for (List<String> some : LogCounters.chunks(ids)) {
      SqlText sql = new SqlText(CommandRows.SELECT).add(" WHERE c.id IN ").list(some);
      chain = chain.compose(done -> tx.query(sql.sql(), sql.values())).map(rows -> {
        found.addAll(CommandRows.commands(rows));
        return null;
      });
    }
    return chain.map(done -> found);
  }
}
