package io.m2mgate.store.sql;

import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.pgclient.PgException;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.List;

/** One PostgreSQL connection for the time of one work; its calls go out in the order in which they are made. */
final class PgSession implements SqlTx {
  private final SqlConnection connection;

  PgSession(SqlConnection connection) {
    this.connection = connection;
  }

  @Override
  public Future<List<SqlRow>> query(String sql, Object... values) {
    return execute(sql, tuple(values)).map(PgSession::rows);
  }

  @Override
  public Future<Integer> update(String sql, Object... values) {
    return execute(sql, tuple(values)).map(RowSet::rowCount);
  }

  @Override
  public Future<Void> append(GroupRows rows) {
    return execute(PgAppend.sql(rows), PgAppend.values(rows)).mapEmpty();
  }

  private Future<RowSet<Row>> execute(String sql, Tuple values) {
    return connection
        .preparedQuery(sql)
        .execute(values)
        .recover(cause -> Future.failedFuture(fault(cause)));
  }

  /** A statement without values that needs no preparing: BEGIN, COMMIT, SAVEPOINT. */
  Future<Void> command(String sql) {
    return connection
        .query(sql)
        .execute()
        .<Void>mapEmpty()
        .recover(cause -> Future.failedFuture(fault(cause)));
  }

  private static Tuple tuple(Object... values) {
    Object[] own = values.clone();
    for (int i = 0; i < own.length; i++) {
      if (own[i] instanceof byte[] bytes) {
        own[i] = Buffer.buffer(bytes);
      }
    }
    return Tuple.from(own);
  }

  private static List<SqlRow> rows(RowSet<Row> set) {
    List<SqlRow> rows = new ArrayList<>(set.size());
    for (Row row : set) {
      Object[] values = new Object[row.size()];
      for (int i = 0; i < values.length; i++) {
        Object value = row.getValue(i);
        values[i] = value instanceof Buffer buffer ? buffer.getBytes() : value;
      }
      rows.add(new SqlRow(values));
    }
    return rows;
  }

  /** Tells the values' fault (SQLSTATE classes 22 and 23) from the server's or the connection's. */
  static Throwable fault(Throwable cause) {
    if (cause instanceof SqlFault) {
      return cause;
    }
    if (!(cause instanceof PgException refused)) {
      return SqlFault.away(cause.getMessage() == null ? cause.toString() : cause.getMessage());
    }
    String state = String.valueOf(refused.getSqlState());
    String message = refused.getErrorMessage();
    return switch (state) {
      case "23505" -> new SqlFault(SqlFault.Kind.DUPLICATE, column(refused), message);
      case "23503" -> new SqlFault(SqlFault.Kind.REFERENCE, "", message);
      default ->
        state.startsWith("22") || state.startsWith("23")
            ? new SqlFault(SqlFault.Kind.VALUE, "", message)
            : SqlFault.away(message + " (" + state + ")");
    };
  }

  /** Constraints are named {@code table_column_key}. */
  private static String column(PgException refused) {
    String name = String.valueOf(refused.getConstraint());
    String table = refused.getTable() + "_";
    return name.startsWith(table) && name.endsWith("_key") && name.length() > table.length() + 4
        ? name.substring(table.length(), name.length() - 4)
        : "";
  }

  /** Whether an attempt to connect may succeed later: not with a wrong password or a missing database. */
  static boolean mayPass(Throwable cause) {
    String text = String.valueOf(cause.getMessage());
    return !(text.contains("(28") || text.contains("(3D000)") || text.contains("(42"));
  }
}
