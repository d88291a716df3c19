package io.m2mgate.store;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.atomic.AtomicInteger;

/** The one PostgreSQL server of a test run, started when first asked for, with a fresh database for each who asks. */
public final class PostgresServer {
  private static final AtomicInteger DATABASES = new AtomicInteger();
  private static EmbeddedPostgres server; // guarded by the class

  private PostgresServer() {}

  public static synchronized String freshUrl() {
    try {
      if (server == null) {
        server = EmbeddedPostgres.builder().setServerConfig("fsync", "on").start();
      }
      String name = "m2m" + DATABASES.incrementAndGet();
      try (Connection connection = server.getPostgresDatabase().getConnection();
          Statement statement = connection.createStatement()) {
        statement.execute("CREATE DATABASE " + name);
      }
      return "postgresql://postgres:postgres@localhost:" + server.getPort() + "/" + name;
    } catch (IOException | SQLException e) {
      throw new AssertionError(e);
    }
  }
}
