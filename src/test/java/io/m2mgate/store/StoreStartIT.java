package io.m2mgate.store;

import static io.m2mgate.store.StoreBench.await;
import static io.m2mgate.store.StoreBench.refused;
import static org.assertj.core.api.Assertions.assertThat;

import io.m2mgate.store.sql.SqlStore;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a store that cannot be opened says. */
class StoreStartIT {
  @TempDir
  Path directory;

  private Vertx vertx;

  @BeforeEach
  void start() {
    vertx = Vertx.vertx();
  }

  @AfterEach
  void stop() {
    await(vertx.close());
  }

  private static StoreOptions options(String url) {
    return StoreOptions.of(url, new SimpleMeterRegistry()).withStartMillis(300);
  }

  private StoreFault open(StoreOptions options) {
    StoreFault fault = refused(SqlStore.open(vertx, options));
    assertThat(fault.getMessage()).doesNotContain("hush");
    return fault;
  }

  /** Verifies that a URL that means nothing is refused with what would be valid. */
  @Test
  void badUrls() {
    assertThat(open(options("mysql://joe:hush@db/m2m")))
        .hasMessageContaining("sqlite:")
        .hasMessageContaining("postgresql://");
    assertThat(open(options("sqlite:"))).hasMessageContaining("path");
    assertThat(open(options("sqlite::memory:"))).hasMessageContaining("path");
    assertThat(open(options("postgresql://joe:hush@db:none/m2m")))
        .hasMessageContaining("host:port");
  }

  /** Verifies that nobody but the owner can read the store's files. */
  @Test
  void keepsItsFilesToItself() throws IOException {
    await(SqlStore.open(vertx, options("sqlite:" + directory.resolve("store.db"))));
    try (var files = Files.list(directory)) {
      assertThat(files.toList())
          .isNotEmpty()
          .allSatisfy(
              file -> assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                  .isEqualTo("rw-------"));
    }
  }

  /** Verifies that a path that cannot be written is named. */
  @Test
  void unwritablePaths() throws IOException {
    Path file = Files.createFile(directory.resolve("file"));
    Path garbage =
        Files.writeString(directory.resolve("garbage.db"), "this is no database".repeat(100));

    assertThat(open(options("sqlite:" + file.resolve("store.db"))))
        .hasMessageContaining("store.db");
    assertThat(open(options("sqlite:" + directory))).hasMessageContaining("cannot be written");
    assertThat(open(options("sqlite:" + garbage))).hasMessageContaining("garbage.db");
  }

  /** Verifies that a server that does not answer is given up after a while, and a wrong password or database at once. */
  @Test
  void unreachableServers() throws IOException {
    int free;
    try (ServerSocket socket = new ServerSocket(0)) {
      free = socket.getLocalPort();
    }
    String server = PostgresServer.freshUrl();

    assertThat(open(options("postgresql://joe:hush@localhost:" + free + "/m2m")))
        .hasMessageContaining("localhost:" + free + "/m2m");
    assertThat(open(options(server.replaceAll("/[^/]*$", "/missing")).withStartMillis(600_000)))
        .hasMessageContaining("missing");
    assertThat(open(options(server)
            .withCredentials(Optional.of("nobody"), Optional.of("hush"))
            .withStartMillis(600_000)))
        .hasMessageContaining("nobody");
  }

  /** Verifies that a database of a newer build is refused with both versions. */
  @Test
  void newerSchemas() throws Exception {
    String sqlite = "sqlite:" + directory.resolve("new.db");
    String postgres = PostgresServer.freshUrl();
    await(await(SqlStore.open(vertx, options(sqlite))).close());
    await(await(SqlStore.open(vertx, options(postgres))).close());
    String newer =
        "INSERT INTO flyway_schema_history (installed_rank, version, description, type, script, installed_by,"
            + " execution_time, success) VALUES (99, '999', 'later', 'SQL', 'V999__later.sql', 'x', 1, ";
    execute("jdbc:sqlite:" + directory.resolve("new.db"), newer + "1)");
    execute(
        "jdbc:" + postgres.replace("postgres:postgres@", "") + "?user=postgres&password=postgres",
        newer + "true)");

    assertThat(open(options(sqlite))).hasMessageContaining("999");
    assertThat(open(options(postgres))).hasMessageContaining("999");
  }

  private static void execute(String url, String sql) throws Exception {
    try (Connection connection = DriverManager.getConnection(url);
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
