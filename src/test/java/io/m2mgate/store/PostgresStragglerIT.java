package io.m2mgate.store;

import static io.m2mgate.store.StoreBench.append;
import static io.m2mgate.store.StoreBench.application;
import static io.m2mgate.store.StoreBench.await;
import static io.m2mgate.store.StoreBench.marked;
import static io.m2mgate.store.StoreBench.outcomes;
import static io.m2mgate.store.StoreBench.page;
import static io.m2mgate.store.StoreBench.provision;
import static io.m2mgate.store.StoreBench.serial;
import static io.m2mgate.store.StoreBench.unit;
import static org.assertj.core.api.Assertions.assertThat;

import io.m2mgate.api.Event;
import io.m2mgate.peer.Await;
import io.m2mgate.store.CommitUnit.Outcome;
import io.m2mgate.store.sql.SqlStore;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A commit that the server still works on when the store has given it up. */
class PostgresStragglerIT {
  private static final int OPEN = 4_000;
  private static final int ANSWER = 5_000;
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final String WAITING =
      "SELECT pid FROM pg_stat_activity WHERE application_name = 'm2mgate' AND wait_event_type = 'Lock'";

  @TempDir
  Path directory;

  // Verifies that a group whose answer took too long does not come
  // through behind the back of those that follow: an exact repeat is stored once.
  @Test
  void comesThroughBeforeWhatFollowsOrNotAtAll() throws Exception {
    Vertx vertx = Vertx.vertx();
    try (PostgresInstance server = PostgresInstance.in(directory)) {
      Store store = await(SqlStore.open(
          vertx,
          StoreOptions.of(server.url(), new SimpleMeterRegistry()).withPatience(OPEN, ANSWER)));
      application(store, "app");
      provision(store, "app", 1, 2);
      CompletableFuture<CommitBatch> repeat;
      try (Connection other = DriverManager.getConnection(server.jdbcUrl());
          Statement statement = other.createStatement();
          Connection watch = DriverManager.getConnection(server.jdbcUrl());
          Statement watching = watch.createStatement()) {
        // GIVEN a group that waits for somebody's lock until the store gives it up
        other.setAutoCommit(false);
        statement.execute("SELECT * FROM application FOR UPDATE");
        CompletableFuture<CommitBatch> first = append(store, unit(marked("app", serial(1), 1)));
        String straggler = Await.value("waiting group", PATIENCE, () -> waiting(watching, ""));
        assertThat(outcomes(first)).containsExactly(Outcome.UNAVAILABLE);
        // WHEN the same request comes again, waits too, and then the lock is let go
        repeat = append(store, unit(marked("app", serial(1), 1)));
        Await.value("waiting repeat", PATIENCE, () -> waiting(watching, straggler));
        other.rollback();
      }
      // THEN it is durable once
      assertThat(outcomes(repeat)).containsExactly(Outcome.COMMITTED);
      assertThat(page(store, "app", 0, 10).events()).extracting(Event::offset).containsExactly(1L);
      await(store.close());
    } finally {
      await(vertx.close());
    }
  }

  /** The backend that waits for the lock beside that one. */
  private static Optional<String> waiting(Statement statement, String beside) {
    try (ResultSet rows = statement.executeQuery(WAITING)) {
      while (rows.next()) {
        if (!rows.getString(1).equals(beside)) {
          return Optional.of(rows.getString(1));
        }
      }
      return Optional.empty();
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
  }
}
