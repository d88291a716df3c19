package io.m2mgate.store.sql;

import static io.m2mgate.store.StoreBench.append;
import static io.m2mgate.store.StoreBench.application;
import static io.m2mgate.store.StoreBench.await;
import static io.m2mgate.store.StoreBench.committed;
import static io.m2mgate.store.StoreBench.event;
import static io.m2mgate.store.StoreBench.outcomes;
import static io.m2mgate.store.StoreBench.page;
import static io.m2mgate.store.StoreBench.provision;
import static io.m2mgate.store.StoreBench.refused;
import static io.m2mgate.store.StoreBench.serial;
import static io.m2mgate.store.StoreBench.unit;
import static org.assertj.core.api.Assertions.assertThat;

import io.m2mgate.api.Event;
import io.m2mgate.store.CommitUnit.Outcome;
import io.m2mgate.store.Store;
import io.m2mgate.store.StoreFault;
import io.m2mgate.store.StoreOptions;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Vertx;
import java.lang.reflect.Field;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** SQLite when it cannot write. */
class SqliteOutageIT {
  @TempDir
  Path directory;

  private final SimpleMeterRegistry metrics = new SimpleMeterRegistry();
  private Vertx vertx;
  private Store store;

  @BeforeEach
  void open() {
    vertx = Vertx.vertx();
    store = await(
        SqlStore.open(vertx, StoreOptions.of("sqlite:" + directory.resolve("store.db"), metrics)));
    application(store, "app");
    provision(store, "app", 1, 2);
    committed(store, event("app", serial(1), "{}"));
  }

  @AfterEach
  void close() {
    await(store.close());
    await(vertx.close());
  }

  /** Verifies that a full disk refuses units and administration, and that the journal goes on without holes when it is not full any more. */
  @Test
  void aFullDiskRefusesUntilThereIsRoom() throws Exception {
    limitPages(1);
    String large = "\"" + "x".repeat(10_000) + "\"";

    List<Outcome> full = outcomes(
        append(store, unit(event("app", serial(1), large)), unit(event("app", serial(1), large))));
    StoreFault refusal = refused(store.profiles().put("p", large));
    assertThat(page(store, "app", 0, 10).events()).hasSize(1);
    limitPages(1_000_000);
    committed(store, event("app", serial(1), large));

    assertThat(full).containsOnly(Outcome.UNAVAILABLE);
    assertThat(refusal.kind()).isEqualTo(StoreFault.Kind.UNAVAILABLE);
    assertThat(metrics.get("m2mgate.store.units.unavailable").counter().count()).isEqualTo(2);
    assertThat(page(store, "app", 0, 10).events())
        .extracting(Event::offset)
        .containsExactly(1L, 2L);
    assertThat(page(store, "app", 0, 10).events()).extracting(Event::tseq).containsExactly(1L, 2L);
    await(store.probe());
  }

  /** Verifies that a file that another process holds locked refuses units until it is let go. */
  @Test
  void aLockedFileRefusesUntilItIsLetGo() throws Exception {
    try (Connection other =
            DriverManager.getConnection("jdbc:sqlite:" + directory.resolve("store.db"));
        Statement statement = other.createStatement()) {
      statement.execute("BEGIN IMMEDIATE");
      assertThat(outcomes(append(store, unit(event("app", serial(1), "{}")))))
          .containsExactly(Outcome.UNAVAILABLE);
      assertThat(page(store, "app", 0, 10).events()).hasSize(1);
      statement.execute("ROLLBACK");
    }

    committed(store, event("app", serial(1), "{}"));
    assertThat(page(store, "app", 0, 10).events()).extracting(Event::tseq).containsExactly(1L, 2L);
  }

  /** Verifies that events that another process has appended meanwhile are counted, not overwritten. */
  @Test
  void aForeignWriterDoesNotBreakTheCounters() {
    Store second = await(SqlStore.open(
        vertx,
        StoreOptions.of("sqlite:" + directory.resolve("store.db"), new SimpleMeterRegistry())));
    committed(second, event("app", serial(1), "{}"), event("app", serial(1), "{}"));
    committed(store, event("app", serial(1), "{}"));
    committed(second, event("app", serial(1), "{}"));
    await(second.close());

    assertThat(page(store, "app", 0, 10).events())
        .extracting(Event::offset)
        .containsExactlyElementsOf(LongStream.rangeClosed(1, 5).boxed().toList());
    assertThat(page(store, "app", 0, 10).events())
        .extracting(Event::tseq)
        .containsExactlyElementsOf(LongStream.rangeClosed(1, 5).boxed().toList());
  }

  private void limitPages(int pages) throws ReflectiveOperationException {
    Field engine = SqlStore.class.getDeclaredField("engine");
    engine.setAccessible(true);
    await(((SqlEngine) engine.get(store))
        .exclusive(tx -> tx.query("PRAGMA max_page_count = " + pages)));
  }
}
