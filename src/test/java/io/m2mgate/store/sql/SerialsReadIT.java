package io.m2mgate.store.sql;

import static io.m2mgate.store.StoreBench.append;
import static io.m2mgate.store.StoreBench.application;
import static io.m2mgate.store.StoreBench.await;
import static io.m2mgate.store.StoreBench.event;
import static io.m2mgate.store.StoreBench.outcomes;
import static io.m2mgate.store.StoreBench.provisionMany;
import static io.m2mgate.store.StoreBench.serial;
import static io.m2mgate.store.StoreBench.unit;
import static org.assertj.core.api.Assertions.assertThat;

import io.m2mgate.store.CommitUnit;
import io.m2mgate.store.EventLog.EventPage;
import io.m2mgate.store.EventLog.EventQuery;
import io.m2mgate.store.EventLog.Extent;
import io.m2mgate.store.Store;
import io.m2mgate.store.StoreOptions;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What SQLite looks through for a few terminals of many, and for the list of consumers. */
class SerialsReadIT {
  private static final int TERMINALS = 10_000;
  private static final int ROUNDS = 3;

  @TempDir
  Path directory;

  /** Counts the rows that come, and notes the plans. */
  private static final class Counted implements SqlTx {
    private final SqlTx real;
    private final List<String> plans = new ArrayList<>();
    private int rows;

    Counted(SqlTx real) {
      this.real = real;
    }

    @Override
    public Future<List<SqlRow>> query(String sql, Object... values) {
      return real.query("EXPLAIN QUERY PLAN " + sql, values).compose(plan -> {
        plan.forEach(row -> plans.add(row.text(3)));
        return real.query(sql, values).onSuccess(found -> rows += found.size());
      });
    }

    @Override
    public Future<Integer> update(String sql, Object... values) {
      return real.update(sql, values);
    }

    @Override
    public Future<Void> append(GroupRows rows) {
      return real.append(rows);
    }
  }

  // Verifies that a replay of three terminals of ten thousand reads what these said and hardly
  // more,
  // by the index of terminals alone, and that consumers are listed by theirs.
  @Test
  void readsFewRows() {
    Vertx vertx = Vertx.vertx();
    Path file = directory.resolve("store.db");
    Store store =
        await(SqlStore.open(vertx, StoreOptions.of("sqlite:" + file, new SimpleMeterRegistry())));
    application(store, "app");
    provisionMany(store, "app", 0, TERMINALS);
    for (int round = 0; round < ROUNDS; round++) {
      outcomes(append(
          store,
          IntStream.range(0, TERMINALS)
              .mapToObj(i -> unit(event("app", serial(i), "{}")))
              .toArray(CommitUnit[]::new)));
    }
    await(store.close());
    SqliteSession session = new SqliteSession(file, true);
    try {
      Set<String> three = Set.of(serial(5), serial(5_000), serial(9_000));
      EventQuery query = new EventQuery("app", 0, 500, 1 << 20, Set.of(), three);
      await(session.transaction(tx -> {
        Counted counted = new Counted(tx);
        return new PageRead(counted, query, 1, new Extent(1, (long) ROUNDS * TERMINALS))
            .run()
            .map(page -> judged(page, counted));
      }));
      SqlText list = SqlConsumers.listText(1, Optional.of("named"), Optional.of("a"), 10);
      List<String> plans = await(session.transaction(tx -> {
        Counted counted = new Counted(tx);
        return counted.query(list.sql(), list.values()).map(rows -> counted.plans);
      }));
      assertThat(plans).allMatch(plan -> plan.contains("consumer_kind"));
    } finally {
      session.close();
      await(vertx.close());
    }
  }

  private static EventPage judged(EventPage page, Counted counted) {
    assertThat(page.events()).hasSize(3 * ROUNDS);
    assertThat(page.next()).isEqualTo(page.last());
    assertThat(counted.rows).isLessThan(3 * 3 * ROUNDS);
    assertThat(counted.plans)
        .filteredOn(plan -> plan.contains(" event"))
        .allMatch(plan -> plan.contains("event_serial (serial=? AND pos")
            || plan.contains("(app_id=? AND log_offset=?)"));
    return page;
  }
}
