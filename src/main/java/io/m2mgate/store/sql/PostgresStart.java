package io.m2mgate.store.sql;

import io.m2mgate.config.StoreUrl;
import io.m2mgate.store.StoreFault;
import io.m2mgate.store.StoreOptions;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.pgclient.PgException;
import io.vertx.pgclient.SslMode;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Properties;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Opens a PostgreSQL database: waits for the server for a while, brings up the schema, makes the engine. Stateless. */
final class PostgresStart {
  private static final Logger LOG = LoggerFactory.getLogger(PostgresStart.class);
  private static final long RETRY_MILLIS = 500;
  private static final String TABLES =
      "information_schema.tables WHERE table_schema = current_schema() AND table_name = $1";

  private PostgresStart() {}

  static Future<SqlEngine> open(Vertx vertx, StoreUrl.Postgres url, StoreOptions options) {
    PgConnectOptions connect;
    try {
      connect = connect(url, options);
    } catch (StoreFault unusable) {
      return Future.failedFuture(unusable);
    }
    PostgresEngine engine = new PostgresEngine(vertx, connect, options);
    long until = System.nanoTime() + options.startMillis() * 1_000_000;
    return version(vertx, engine, url, until, false)
        .compose(version -> migrate(vertx, url, connect, version))
        .compose(
            migrated -> engine.use().recover(cause -> Future.failedFuture(unusable(url, cause))))
        .transform(done -> done.succeeded()
            ? Future.succeededFuture(engine)
            : engine.close().transform(closed -> Future.failedFuture(done.cause())));
  }

  private static PgConnectOptions connect(StoreUrl.Postgres url, StoreOptions options) {
    PgConnectOptions connect;
    try {
      connect = PgConnectOptions.fromUri(url.uri());
    } catch (RuntimeException e) {
      // Its own message holds the URL, and the URL a password.
      throw new StoreFault(
          StoreFault.Kind.NOT_FOUND,
          "store.url",
          "store.url is not usable: expected postgresql://user:password@host:port/database");
    }
    options.user().ifPresent(connect::setUser);
    options.password().ifPresent(connect::setPassword);
    return connect;
  }

  /** The engine of a store that nobody else uses. */
  static Future<SqlEngine> openAlone(Vertx vertx, StoreUrl.Postgres url, StoreOptions options) {
    return open(vertx, url, options)
        .compose(engine -> engine
            .exclusive(tx -> tx.query(PgWriter.ALONE))
            .compose(rows -> rows.get(0).flag(0)
                ? Future.succeededFuture(engine)
                : engine
                    .close()
                    .transform(closed -> Future.failedFuture(SqlResealing.inUse(url.shown())))));
  }

  /** The schema's version, once the server answers. */
  private static Future<Integer> version(
      Vertx vertx, PostgresEngine engine, StoreUrl.Postgres url, long until, boolean told) {
    return engine.read(tx -> Migrations.version(tx, TABLES)).recover(cause -> {
      if (!PgSession.mayPass(cause) || System.nanoTime() > until) {
        return Future.failedFuture(unusable(url, cause));
      }
      if (!told) {
        LOG.warn("waiting for the store {}: {}", url.shown(), cause.getMessage());
      }
      return vertx.timer(RETRY_MILLIS).compose(later -> version(vertx, engine, url, until, true));
    });
  }

  private static Future<Void> migrate(
      Vertx vertx, StoreUrl.Postgres url, PgConnectOptions connect, int version) {
    Migrations.check(version, url.shown());
    if (version == Migrations.VERSION) {
      return Future.succeededFuture();
    }
    Migrations.tell(version, url.shown());
    return vertx.executeBlocking(() -> {
      Migrations.postgres(jdbcUrl(connect), properties(connect));
      return null;
    });
  }

  private static String jdbcUrl(PgConnectOptions options) {
    return "jdbc:postgresql://" + options.getHost() + ":" + options.getPort() + "/"
        + URLEncoder.encode(options.getDatabase(), StandardCharsets.UTF_8);
  }

  private static Properties properties(PgConnectOptions options) {
    Properties properties = new Properties();
    properties.setProperty("user", options.getUser());
    properties.setProperty("password", options.getPassword());
    properties.setProperty("ApplicationName", "m2mgate-migrations");
    properties.setProperty("connectTimeout", "10");
    if (options.getSslMode() != SslMode.DISABLE) {
      properties.setProperty("sslmode", options.getSslMode().value);
    }
    String schema = options.getProperties().get("search_path");
    if (schema != null) {
      properties.setProperty("currentSchema", schema);
    }
    return properties;
  }

  private static StoreFault unusable(StoreUrl.Postgres url, Throwable cause) {
    String why =
        cause instanceof PgException refused ? refused.getErrorMessage() : cause.getMessage();
    return new StoreFault(
        StoreFault.Kind.UNAVAILABLE,
        "store.url",
        "the store " + url.shown() + " is not usable: " + why);
  }
}
