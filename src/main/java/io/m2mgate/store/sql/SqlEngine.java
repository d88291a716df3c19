package io.m2mgate.store.sql;

import io.vertx.core.Future;

/**
 * One database: its connections and the threads they are used on. Failures are {@link SqlFault} or what the work itself
 * failed with; futures complete on any thread.
 */
interface SqlEngine {

  /** Runs a work that only reads, all of it on one snapshot, and never makes the writer wait. */
  <T> Future<T> read(SqlWork<T> work);

  /** Runs a work in a transaction of its own that the journal's groups need not know of; may run beside a group. */
  <T> Future<T> write(SqlWork<T> work);

  /** Runs a work in a transaction on the writer's connection, never beside a group or another such work. */
  <T> Future<T> exclusive(SqlWork<T> work);

  /** Gives the writer its groups. Called once, before any is offered. */
  void serve(WriterLane.Groups groups);

  /** Tells that a group may be ready. */
  void wake();

  /** Runs a group's work on the writer's connection; called by the groups within their turn only. */
  Future<Void> group(SqlWork<Void> work);

  /** The size of the database on disk. */
  Future<Long> bytes();

  /** Finishes what was accepted, then closes. */
  Future<Void> close();
}
