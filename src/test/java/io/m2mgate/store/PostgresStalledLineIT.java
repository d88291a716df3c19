package io.m2mgate.store;

import static io.m2mgate.store.StoreBench.append;
import static io.m2mgate.store.StoreBench.application;
import static io.m2mgate.store.StoreBench.await;
import static io.m2mgate.store.StoreBench.committed;
import static io.m2mgate.store.StoreBench.outcomes;
import static io.m2mgate.store.StoreBench.provision;
import static io.m2mgate.store.StoreBench.serial;
import static io.m2mgate.store.StoreBench.session;
import static io.m2mgate.store.StoreBench.unit;
import static org.assertj.core.api.Assertions.assertThat;

import io.m2mgate.peer.Await;
import io.m2mgate.peer.StallingProxy;
import io.m2mgate.store.CommitUnit.Outcome;
import io.m2mgate.store.sql.SqlStore;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A commit that is still on its way to the server when the store has given it up. */
class PostgresStalledLineIT {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final int OPEN = 4_000;
  private static final int ANSWER = 5_000;
  private static final String BACKENDS = "FROM pg_stat_activity WHERE application_name = 'm2mgate'";
  private static final String WRITERS = BACKENDS + " AND query LIKE '%INSERT INTO session%'";
  /** The lock of one writer has one key of 64 bits; that of the store's users, beside it, has two. */
  private static final String LOCKS = "FROM pg_locks WHERE locktype = 'advisory' AND objsubid = 1";

  @TempDir
  Path directory;

  private final Vertx vertx = Vertx.vertx();
  private PostgresInstance server;
  private StallingProxy line;
  private Statement watching;
  private Store store;

  @BeforeEach
  void open() throws SQLException {
    server = PostgresInstance.in(directory);
    line = new StallingProxy(server.port());
    watching = DriverManager.getConnection(server.jdbcUrl()).createStatement();
    String url = "postgresql://postgres:postgres@127.0.0.1:" + line.port() + "/postgres";
    store = await(SqlStore.open(
        vertx, StoreOptions.of(url, new SimpleMeterRegistry()).withPatience(OPEN, ANSWER)));
    application(store, "app");
    provision(store, "app", 1, 2);
    committed(store, stamped(1));
  }

  @AfterEach
  void close() throws SQLException {
    await(vertx.close());
    watching.getConnection().close();
    line.close();
    server.close();
  }

  private static Change stamped(long timestamp) {
    return new Change.PutSession(serial(1), session(timestamp, true));
  }

  private void unavailable(Change change) {
    assertThat(outcomes(append(store, unit(change)))).containsExactly(Outcome.UNAVAILABLE);
  }

  // Verifies that a session's row which arrives late does not overwrite the one that was stored
  // meanwhile, and that the connection it came by is gone.
  @Test
  void keepsTheNewerSession() {
    long writer = number("SELECT pid " + WRITERS);
    // GIVEN a commit that the line holds back until the store gives it up
    line.stall();
    long began = System.nanoTime();
    unavailable(stamped(2));
    assertThat(Duration.ofNanos(System.nanoTime() - began))
        .as("time after which it is given up, as it was told and not as usual")
        .isBetween(Duration.ofMillis(ANSWER - 100), Duration.ofSeconds(14));
    // WHEN a later one is stored over another connection, and then the line goes on
    committed(store, stamped(3));
    line.release();
    Await.until(
        "end of the connection that was given up",
        PATIENCE,
        () -> number("SELECT count(*) FROM pg_stat_activity WHERE pid = " + writer) == 0);
    // THEN the later one stands, and one connection writes
    assertThat(number("SELECT last_timestamp FROM session")).isEqualTo(3);
    assertThat(number("SELECT count(*) " + WRITERS)).isEqualTo(1);
    committed(store, stamped(4));
    await(store.close());
  }

  // Verifies that connections which were given up before they could be used leave none behind.
  @Test
  @Tag("long")
  void leavesNoConnectionBehind() {
    // GIVEN a commit and two attempts to connect that were given up
    line.stallAll();
    unavailable(stamped(2));
    unavailable(stamped(3));
    unavailable(stamped(4));
    // WHEN the line goes on THEN the next commit is stored, and one connection writes
    line.release();
    committed(store, stamped(5));
    Await.until("one writer", PATIENCE, () -> number("SELECT count(*) " + LOCKS) == 1);
    Await.until(
        "nobody else but the pool", PATIENCE, () -> number("SELECT count(*) " + BACKENDS) <= 1 + 3);
    assertThat(number("SELECT last_timestamp FROM session")).isEqualTo(5);
    await(store.close());
    Await.until("end of all", PATIENCE, () -> number("SELECT count(*) " + BACKENDS) == 0);
  }

  // Verifies that what waits behind a group without an answer is told together with it, not group
  // by
  // group.
  @Test
  @Tag("long")
  void refusesAllThatWaitsAtOnce() {
    // WHEN more units wait than a dozen groups hold
    line.stallAll();
    CommitUnit[] units =
        IntStream.range(2, 2_500).mapToObj(i -> unit(stamped(i))).toArray(CommitUnit[]::new);
    long began = System.nanoTime();
    var waiting = append(store, units);
    Await.until("outcome of all", PATIENCE.multipliedBy(3), waiting::isDone);
    // THEN each is refused within the time of one or two of them
    assertThat(outcomes(waiting)).containsOnly(Outcome.UNAVAILABLE);
    assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(PATIENCE.multipliedBy(2));
    line.release();
    committed(store, stamped(5_000));
    await(store.close());
  }

  private long number(String query) {
    try (ResultSet rows = watching.executeQuery(query)) {
      assertThat(rows.next()).as("a row of %s", query).isTrue();
      return rows.getLong(1);
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
  }
}
