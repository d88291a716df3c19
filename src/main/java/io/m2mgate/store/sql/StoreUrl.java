package io.m2mgate.store.sql;

import io.m2mgate.store.StoreFault;
import io.m2mgate.store.StoreOptions;
import io.vertx.pgclient.PgConnectOptions;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/** Which database a {@code store.url} names. */
sealed interface StoreUrl {
  String SQLITE = "sqlite:";

  /** As it may be shown: without user and password. */
  String shown();

  record Sqlite(Path file) implements StoreUrl {
    @Override
    public String shown() {
      return SQLITE + file;
    }
  }

  record Postgres(PgConnectOptions options) implements StoreUrl {
    @Override
    public String shown() {
      return "postgresql://" + options.getHost() + ":" + options.getPort() + "/"
          + options.getDatabase();
    }
  }

  static StoreUrl parse(StoreOptions options) {
    String url = options.url();
    if (url.startsWith(SQLITE)) {
      return sqlite(url.substring(SQLITE.length()));
    }
    if (url.startsWith("postgresql://") || url.startsWith("postgres://")) {
      return postgres(options);
    }
    throw bad("it must begin with sqlite: or postgresql://");
  }

  private static StoreUrl sqlite(String path) {
    if (path.isBlank() || path.startsWith(":")) {
      throw bad("sqlite: needs the path of a file");
    }
    try {
      return new Sqlite(Path.of(path).toAbsolutePath().normalize());
    } catch (InvalidPathException e) {
      throw bad("sqlite: needs the path of a file");
    }
  }

  private static StoreUrl postgres(StoreOptions options) {
    PgConnectOptions connect;
    try {
      connect = PgConnectOptions.fromUri(options.url());
    } catch (RuntimeException e) {
      throw bad(
          "expected postgresql://user:password@host:port/database"); // its own message holds the
      // URL
    }
    options.user().ifPresent(connect::setUser);
    options.password().ifPresent(connect::setPassword);
    return new Postgres(connect);
  }

  private static StoreFault bad(String why) {
    return new StoreFault(
        StoreFault.Kind.NOT_FOUND, "store.url", "store.url is not usable: " + why);
  }
}
