package io.m2mgate.store.sql;

import io.m2mgate.store.StoreOptions;
import io.vertx.core.Future;
import io.vertx.core.Vertx;

final class PostgresStart {
  private PostgresStart() {}

  static Future<SqlEngine> open(Vertx vertx, StoreUrl.Postgres url, StoreOptions options) {
    return Future.failedFuture("not yet");
  }
}
