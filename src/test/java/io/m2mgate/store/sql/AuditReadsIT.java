package io.m2mgate.store.sql;

import static io.m2mgate.store.StoreBench.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.m2mgate.store.AuditLog.Filter;
import io.m2mgate.store.Store;
import io.m2mgate.store.StoreOptions;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What of the audit SQLite looks through for a filter. */
class AuditReadsIT {
  @TempDir
  Path directory;

  private Vertx vertx;
  private SqliteSession session;

  @BeforeEach
  void open() {
    vertx = Vertx.vertx();
    Path file = directory.resolve("store.db");
    Store store =
        await(SqlStore.open(vertx, StoreOptions.of("sqlite:" + file, new SimpleMeterRegistry())));
    await(store.close());
    session = new SqliteSession(file, true);
  }

  @AfterEach
  void close() {
    session.close();
    await(vertx.close());
  }

  // Verifies that every filter is served by an index that has what is asked next to each other and
  // newest last: nothing is sorted, and nothing of others is looked at.
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'' | '' | '' | (id>? AND id<?)",
        "a | '' | '' | audit_actor (<expr>=? AND id>? AND id<?)",
        "'' | b | '' | audit_action (<expr>=? AND id>? AND id<?)",
        "'' | '' | c | audit_target (<expr>=? AND id>? AND id<?)",
        "a | b | '' | audit_actor_action (actor=? AND action=? AND id>? AND id<?)",
        "a | '' | c | audit_target_actor (target=? AND actor=? AND id>? AND id<?)",
        "'' | b | c | audit_target_action (target=? AND action=? AND id>? AND id<?)"
      })
  void looksByIndex(String actor, String action, String target, String expected) {
    Filter filter = new Filter(
        given(actor), given(action), given(target), Optional.of(1L), Optional.of(1_000L));
    SqlText sql = SqlAudit.text(filter, Optional.of("01"), 10);

    List<String> plan = await(
            session.transaction(tx -> tx.query("EXPLAIN QUERY PLAN " + sql.sql(), sql.values())))
        .stream()
        .map(row -> row.text(3))
        .toList();

    assertThat(plan).singleElement().asString().startsWith("SEARCH audit").endsWith(expected);
  }

  private static Optional<String> given(String text) {
    return Optional.of(text).filter(one -> !one.isEmpty());
  }
}
