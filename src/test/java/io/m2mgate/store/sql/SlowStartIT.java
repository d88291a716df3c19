package io.m2mgate.store.sql;

import static io.m2mgate.store.StoreBench.await;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.m2mgate.store.StoreOptions;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** Starts that do more than open a store. */
class SlowStartIT {
  @TempDir
  Path directory;

  private final ListAppender<ILoggingEvent> lines = new ListAppender<>();
  private final Logger logger = (Logger) LoggerFactory.getLogger(Migrations.class);
  private Vertx vertx;

  @BeforeEach
  void start() {
    vertx = Vertx.vertx();
    lines.start();
    logger.addAppender(lines);
  }

  @AfterEach
  void stop() {
    logger.detachAppender(lines);
    await(vertx.close());
  }

  private List<String> open(String url) {
    await(await(SqlStore.open(vertx, StoreOptions.of(url, new SimpleMeterRegistry())))
        .close());
    List<String> told =
        lines.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
    lines.list.clear();
    return told;
  }

  /** Verifies that the start on a store of an older build says that it migrates, once, and that others do not. */
  @Test
  void saysThatItMigrates() {
    Path file = directory.resolve("old.db");
    Flyway.configure()
        .dataSource("jdbc:sqlite:" + file, null, null)
        .locations("classpath:db/migration")
        .placeholders(Map.of(
            "text", "TEXT",
            "bytes", "BLOB",
            "identity", "INTEGER PRIMARY KEY AUTOINCREMENT",
            "position", "INTEGER PRIMARY KEY"))
        .target("4")
        .load()
        .migrate();

    assertThat(open("sqlite:" + file))
        .singleElement()
        .satisfies(line -> assertThat(line)
            .contains("migrating the store", file.getFileName().toString())
            .contains("from schema version 4 to " + Migrations.VERSION));
    assertThat(open("sqlite:" + file)).isEmpty();
    assertThat(open("sqlite:" + directory.resolve("new.db"))).isEmpty();
  }
}
