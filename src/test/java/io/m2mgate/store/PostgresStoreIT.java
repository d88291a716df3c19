package io.m2mgate.store;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;

/** The contract on PostgreSQL. */
class PostgresStoreIT extends StoreContract {
  private final String url = PostgresServer.freshUrl();

  @Override
  StoreOptions options() {
    return StoreOptions.of(url, new SimpleMeterRegistry());
  }
}
