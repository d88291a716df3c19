package io.m2mgate.store.sql;

import io.m2mgate.store.Page;
import io.m2mgate.store.TerminalStore.TerminalQuery;
import io.m2mgate.store.TerminalStore.TerminalRow;
import io.vertx.core.Future;
import java.util.Optional;

/**
 * One page of terminals in the making, on one snapshot. When a terminal was heard has no index, because that is written with every
 * session: of a list asked by it a stretch of bounded length is looked at.
 */
final class TerminalPage {
  /** So many terminals are looked at for a page. */
  static final int STRETCH = 20_000;

  private final SqlTx tx;
  private final TerminalSearch search;
  private final TerminalQuery query;
  private final String behind;

  TerminalPage(SqlTx tx, TerminalSearch search, TerminalQuery query, String behind) {
    this.tx = tx;
    this.search = search;
    this.query = query;
    this.behind = behind;
  }

  Future<Page<TerminalRow>> read(int limit) {
    return end().compose(end -> {
      SqlText sql = restricted(SqlTerminals.rows());
      end.ifPresent(serial -> sql.add(" AND t.serial <= ").value(serial));
      heard(sql);
      sql.add(" ORDER BY t.serial LIMIT ").value(limit + 1L);
      return tx.query(sql.sql(), sql.values())
          .map(rows -> Keyset.page(
              rows.stream().map(SqlTerminals::row).toList(),
              limit,
              row -> row.terminal().serial()))
          .map(page -> new Page<>(page.items(), page.next().or(() -> end.map(Keyset::cursor))));
    });
  }

  /** The last terminal that is looked at, where not all are. */
  private Future<Optional<String>> end() {
    if (!query.asksHeard()) {
      return Future.succeededFuture(Optional.empty());
    }
    SqlText sql = restricted("SELECT t.serial FROM terminal t");
    sql.add(" ORDER BY t.serial LIMIT 1 OFFSET ").value(STRETCH - 1L);
    return tx.query(sql.sql(), sql.values())
        .map(rows -> rows.stream().findFirst().map(row -> row.text(0)));
  }

  private SqlText restricted(String select) {
    SqlText sql = new SqlText(select).add(" WHERE t.serial > ").value(behind);
    search.restrict(sql);
    if (!query.serials().isEmpty()) {
      sql.add(" AND t.serial IN ").list(query.serials());
    }
    return sql;
  }

  private void heard(SqlText sql) {
    if (query.asksHeard()) {
      sql.add(" AND s.heard > 0");
    }
    query
        .heardFromMillis()
        .ifPresent(
            from -> sql.add(" AND (s.online > 0 OR s.heard >= ").value(from).add(")"));
    query.heardBeforeMillis().ifPresent(before -> sql.add(" AND s.heard < ").value(before));
  }
}
