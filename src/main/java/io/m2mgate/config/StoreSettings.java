package io.m2mgate.config;

/** Where the store is and how many connections it gets; immutable, shared by all threads. */
public record StoreSettings(StoreUrl url, int readers, Postgres postgres) {

  /** Connections to PostgreSQL, and how long it may take. */
  public record Postgres(int poolSize, int logConnections, int openSeconds, int answerSeconds) {}
}
