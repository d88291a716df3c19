package io.m2mgate.store.sql;

import io.vertx.core.Future;

/**
 * What is done in a transaction. It composes the transaction's futures and nothing else: on SQLite they are complete when
 * they are returned, and so must the work's be.
 */
@FunctionalInterface
interface SqlWork<T> {
  Future<T> in(SqlTx tx);
}
