package io.m2mgate.store.sql;

import io.m2mgate.config.StoreUrl;
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
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sqlite.SQLiteJDBCLoader;

/** Opens a SQLite database: its directory, its schema, its engine. Stateless. */
final class SqliteStart {
  private static final Logger LOG = LoggerFactory.getLogger(SqliteStart.class);

  private SqliteStart() {}

  static Future<SqlEngine> open(Vertx vertx, StoreUrl.Sqlite url, StoreOptions options) {
    Path file = url.file().toAbsolutePath().normalize();
    return vertx.executeBlocking(() -> {
      prepare(url, file);
      return engine(url, file, options, StoreLock.shared(file));
    });
  }

  /** The engine of a store that is there and that nobody else uses; what it overwrites is wiped. */
  static Future<SqlEngine> openAlone(Vertx vertx, StoreUrl.Sqlite url, StoreOptions options) {
    Path file = url.file().toAbsolutePath().normalize();
    return vertx
        .<SqlEngine>executeBlocking(() -> {
          if (!Files.isRegularFile(file)) {
            throw unusable(url, "there is none");
          }
          Optional<StoreLock> lock = StoreLock.alone(file);
          SqlEngine engine = engine(url, file, options, lock);
          prepare(url, file);
          return engine;
        })
        .compose(engine ->
            engine.exclusive(tx -> tx.query("PRAGMA secure_delete = ON")).map(engine));
  }

  private static SqlEngine engine(
      StoreUrl.Sqlite url, Path file, StoreOptions options, Optional<StoreLock> lock) {
    return new SqliteEngine(
        file,
        options.readers(),
        options.queuedReads(),
        lock.orElseThrow(() -> SqlResealing.inUse(url.shown())));
  }

  /** Unpacks and links the native library; a failure shows again when it is used. */
  static void load() {
    try {
      SQLiteJDBCLoader.initialize();
    } catch (Exception e) {
      LOG.debug("the native library of SQLite: {}", e.getMessage());
    }
  }

  private static void prepare(StoreUrl.Sqlite url, Path file) throws IOException {
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
      Migrations.tell(version, url.shown());
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
