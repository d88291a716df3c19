package io.m2mgate.store.sql;

import io.vertx.core.Future;
import java.util.List;

/**
 * One open transaction on one connection, owned by the work it was given to until that work's future completes. Parameters
 * are {@code $1}, {@code $2}…; values are strings, longs, byte arrays or null.
 */
interface SqlTx {

  /** The rows of a SELECT or of a RETURNING clause. */
  Future<List<SqlRow>> query(String sql, Object... values);

  /** The number of rows that a statement changed. */
  Future<Integer> update(String sql, Object... values);

  /** Writes a group of the journal. */
  Future<Void> append(GroupRows rows);
}
