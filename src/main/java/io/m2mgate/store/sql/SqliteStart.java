package io.m2mgate.store.sql;

import io.m2mgate.store.StoreFault;
import io.m2mgate.store.StoreOptions;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.SQLException;
import java.util.Optional;

/** Opens a SQLite database: its directory, its schema, its engine. Stateless. */
final class SqliteStart {
  private SqliteStart() {}

  static Future<SqlEngine> open(Vertx vertx, StoreUrl.Sqlite url, StoreOptions options) {
    return vertx.executeBlocking(() -> {
      prepare(url);
      return engine(url, options, StoreLock.shared(url.file()));
    });
  }

  /** The engine of a store that is there and that nobody else uses; what it overwrites is wiped. */
  static Future<SqlEngine> openAlone(Vertx vertx, StoreUrl.Sqlite url, StoreOptions options) {
    return vertx
        .<SqlEngine>executeBlocking(() -> {
          if (!Files.isRegularFile(url.file())) {
            throw unusable(url, "there is none");
          }
          Optional<StoreLock> lock = StoreLock.alone(url.file());
          SqlEngine engine = engine(url, options, lock);
          prepare(url);
          return engine;
        })
        .compose(engine ->
            engine.exclusive(tx -> tx.query("PRAGMA secure_delete = ON")).map(engine));
  }

  private static SqlEngine engine(
      StoreUrl.Sqlite url, StoreOptions options, Optional<StoreLock> lock) {
    return new SqliteEngine(
        url.file(),
        options.readers(),
        options.queuedReads(),
        lock.orElseThrow(() -> SqlResealing.inUse(url.shown())));
  }

  private static void prepare(StoreUrl.Sqlite url) throws IOException {
    Path file = url.file();
    Path directory = file.getParent();
    try {
      Files.createDirectories(directory);
    } catch (IOException e) {
      throw unusable(url, "its directory cannot be made");
    }
    if (Files.isDirectory(file)
        || !Files.isWritable(directory)
        || (Files.exists(file) && !Files.isWritable(file))) {
      throw unusable(url, "it cannot be written");
    }
    create(file);
    int version;
    try (SqliteSession session = new SqliteSession(file, false)) {
      session.open();
      version = result(session.transaction(
          tx -> Migrations.version(tx, "sqlite_master WHERE type = 'table' AND name = $1")));
    } catch (SQLException e) {
      throw unusable(url, e.getMessage());
    }
    Migrations.check(version, url.shown());
    if (version < Migrations.VERSION) {
      Migrations.sqlite("jdbc:sqlite:" + file);
    }
  }

  /** For its owner's eyes only, whatever the directory allows; the files beside it take over its permissions. */
  private static void create(Path file) throws IOException {
    if (!Files.exists(file)
        && Files.getFileStore(file.getParent()).supportsFileAttributeView("posix")) {
      Files.createFile(
          file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    }
  }

  private static int result(Future<Integer> version) throws SQLException {
    if (version.failed()) {
      throw new SQLException(version.cause().getMessage());
    }
    return version.result();
  }

  private static StoreFault unusable(StoreUrl.Sqlite url, String why) {
    return new StoreFault(
        StoreFault.Kind.UNAVAILABLE,
        "store.url",
        "the store " + url.shown() + " is not usable: " + why);
  }
}
