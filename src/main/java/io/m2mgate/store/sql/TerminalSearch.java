package io.m2mgate.store.sql;

import io.m2mgate.store.TerminalState;
import io.m2mgate.store.TerminalStore.TerminalFilter;
import io.vertx.core.Future;
import java.util.List;
import java.util.Optional;

/**
 * How one list's criteria become a WHERE clause whose pages stay cheap in a large fleet. Made for one query and dropped.
 *
 * <p>Lists are in serial order. A prefix of IMEI, IMSI or number finds few terminals by its index, which then are sorted; one
 * that fits many is tested row by row in serial order instead, because a page is soon full of them.
 */
final class TerminalSearch {
  /** Up to so many terminals of a prefix are sorted for each page. */
  private static final int FEW = 2_000;

  private static final List<String> COLUMNS = List.of("serial", "imei", "imsi", "msisdn");

  private final TerminalFilter filter;
  private final Optional<String> prefix;
  private final boolean few;

  private TerminalSearch(TerminalFilter filter, Optional<String> prefix, boolean few) {
    this.filter = filter;
    this.prefix = prefix;
    this.few = few;
  }

  static Future<TerminalSearch> plan(SqlTx tx, TerminalFilter filter) {
    Optional<String> prefix = filter.query().filter(text -> !text.isEmpty());
    if (prefix.isEmpty()) {
      return Future.succeededFuture(new TerminalSearch(filter, prefix, false));
    }
    SqlText sql = new SqlText("SELECT COUNT(*) FROM (");
    matching(sql, prefix.get(), "SELECT 1 FROM (SELECT 1 FROM terminal", ") AS", " UNION ALL ");
    sql.add(") AS fits");
    return tx.query(sql.sql(), sql.values())
        .map(rows -> new TerminalSearch(filter, prefix, rows.get(0).number(0) <= FEW));
  }

  /** One bounded SELECT for each column, by its index. */
  private static void matching(
      SqlText sql, String prefix, String select, String end, String between) {
    String separator = "";
    for (String column : COLUMNS) {
      sql.add(separator).add(select).add(" WHERE " + column + " >= ").value(prefix);
      sql.add(" AND " + column + " < ").value(prefix + '\uffff').add(" LIMIT " + (FEW + 1));
      sql.add(end + " by_" + column);
      separator = between;
    }
  }

  void restrict(SqlText sql) {
    filter
        .app()
        .ifPresent(code -> sql.add(
                " AND t.app_id = (SELECT id FROM application WHERE removed = 0 AND code = ")
            .value(code)
            .add(")"));
    filter.state().ifPresent(state -> sql.add(" AND t.state = ").value((long) state.ordinal()));
    filter.enabled().ifPresent(enabled -> enabled(sql, enabled));
    filter.profile().ifPresent(name -> sql.add(" AND t.profile = ").value(name));
    prefix.ifPresent(text -> {
      if (few) {
        sql.add(" AND t.serial IN (");
        matching(sql, text, "SELECT serial FROM (SELECT serial FROM terminal", ") AS", " UNION ");
        sql.add(")");
      } else {
        scan(sql, text);
      }
    });
  }

  /** The few that are disabled have an index; that most are not needs none. */
  private static void enabled(SqlText sql, boolean enabled) {
    if (enabled) {
      sql.add(" AND t.enabled = ").value(1L);
    } else {
      sql.add(" AND t.state = ").value((long) TerminalState.DISABLED.ordinal());
    }
  }

  private static void scan(SqlText sql, String text) {
    String separator = " AND (";
    for (String column : COLUMNS) {
      sql.add(separator)
          .add("substr(t." + column + ", 1, " + text.length() + ") = ")
          .value(text);
      separator = " OR ";
    }
    sql.add(")");
  }
}
