package io.m2mgate.store;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

/** The contract on SQLite. */
class SqliteStoreIT extends StoreContract {
  @TempDir
  Path directory;

  @Override
  StoreOptions options() {
    return StoreOptions.of("sqlite:" + directory.resolve("store.db"), new SimpleMeterRegistry());
  }
}
