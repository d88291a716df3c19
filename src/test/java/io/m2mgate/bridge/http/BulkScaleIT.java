package io.m2mgate.bridge.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.m2mgate.bridge.BridgeFixture;
import io.m2mgate.store.PostgresServer;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Import and lists with 200,000 terminals. */
@Tag("long")
class BulkScaleIT {
  @TempDir
  Path directory;

  // Verifies that on SQLite 100,000 lines are in within a minute and that no list slows down with
  // the
  // fleet.
  @Test
  void holdsOnSqlite() throws Exception {
    try (var bridge = new BridgeFixture(directory)) {
      assertThat(new BulkFigures(bridge, directory).measure()).isLessThan(60);
    }
  }

  // Verifies the same on PostgreSQL.
  @Test
  void holdsOnPostgres() throws Exception {
    try (var bridge = new BridgeFixture(PostgresServer.freshUrl())) {
      assertThat(new BulkFigures(bridge, directory).measure()).isLessThan(60);
    }
  }
}
