package io.m2mgate.store;

import static io.m2mgate.store.StoreBench.application;
import static io.m2mgate.store.StoreBench.await;
import static io.m2mgate.store.StoreBench.committed;
import static io.m2mgate.store.StoreBench.serial;
import static io.m2mgate.store.StoreBench.session;
import static org.assertj.core.api.Assertions.assertThat;

import io.m2mgate.store.AlarmStore.Stage;
import io.m2mgate.store.EventHistory.View;
import io.m2mgate.store.TerminalStore.TerminalFilter;
import io.m2mgate.store.TerminalStore.TerminalQuery;
import io.m2mgate.store.sql.SqlStore;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a page of each list costs among 200,000 terminals, 400,000 alarms and 600,000 events; prints it. */
@Tag("long")
@Tag("alone")
class QueryScaleIT {
  private static final int TERMINALS = 200_000;
  private static final int EVENTS = 600_000;
  private static final int LIMIT = 100;
  private static final int DEEP_PAGES = 40;
  private static final int ROUNDS = 60;

  /** Far beyond what any of them needs on a busy machine, and far below what a look at every row takes there. */
  private static final double MOST_MILLIS = 1_000;

  private static final Optional<String> APP = Optional.of("app");

  @TempDir
  private Path directory;

  /** A list of which a page can be had. */
  private interface Paged {
    Future<? extends Page<?>> page(Optional<String> cursor, int limit);
  }

  private record Timed(String name, Paged list) {}

  // Verifies that no page takes long, the first or one far behind, in a large fleet on SQLite.
  @Test
  void sqlite() throws SQLException {
    Path file = directory.resolve("store.db");
    run("sqlite:" + file, "jdbc:sqlite:" + file, "PRAGMA synchronous = OFF");
  }

  private void run(String url, String jdbc, String before) throws SQLException {
    Vertx vertx = Vertx.vertx();
    Store empty = open(vertx, url);
    application(empty, "app");
    application(empty, "other");
    await(empty.close());
    try (Connection connection = DriverManager.getConnection(jdbc);
        Statement statement = connection.createStatement()) {
      statement.execute(before);
      statement.execute(terminals());
    }
    Store one = open(vertx, url);
    committed(one, new Change.PutSession(serial(1), session(5, true)));
    await(one.close());
    try (Connection connection = DriverManager.getConnection(jdbc);
        Statement statement = connection.createStatement()) {
      statement.execute(before);
      for (String fill : fills()) {
        statement.execute(fill);
      }
    }
    Store store = open(vertx, url);
    try {
      System.out.printf(
          "%s%n%-52s %8s %8s %8s %8s%n",
          url.substring(0, 6), "list, pages of 100: ms", "p50", "p99", "deep p50", "deep p99");
      for (Timed timed : lists(store)) {
        measure(timed);
      }
    } finally {
      await(store.close());
      await(vertx.close());
    }
  }

  private static Store open(Vertx vertx, String url) {
    return await(SqlStore.open(vertx, StoreOptions.of(url, new SimpleMeterRegistry())));
  }

  private static String numbers(int last) {
    return " WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < " + last
        + ") SELECT ";
  }

  private static String padded(String number) {
    return "substr(CAST(1000000000000000 + " + number + " AS TEXT), 2)";
  }

  private static String terminals() {
    return "INSERT INTO terminal (serial, imei, imsi, app_id, profile, msisdn, enabled, created, updated, revision, state)"
        + numbers(TERMINALS) + "'T' || " + padded("i") + ", " + padded("i")
        + ", NULL, CASE WHEN i % 4 = 0 THEN 2 ELSE 1 END, CASE WHEN i % 1000 = 1 THEN 'lenient' ELSE 'wmmp-3' END,"
        + " '138' || CAST(i AS TEXT), 1, 1, 1, 1, CASE WHEN i % 10 = 2 THEN 1 WHEN i % 10 = 1 THEN 2 ELSE 3 END FROM n";
  }

  private static List<String> fills() {
    return List.of(
        "INSERT INTO session (serial, last_timestamp, online, heard, tokens, facts)"
            + " SELECT t.serial, 5, CASE WHEN t.state = 3 THEN 1 ELSE 0 END,"
            + " 1700000000000 + 1000 * CAST(substr(t.serial, 8) AS BIGINT), s.tokens, s.facts"
            + " FROM terminal t JOIN session s ON s.serial = '" + serial(1)
            + "' WHERE t.serial <> '" + serial(1) + "' AND t.state > 1",
        "INSERT INTO credential (serial, app_id, uplink_expiry)" + " SELECT serial, app_id,"
            + " CASE WHEN CAST(substr(serial, 8) AS BIGINT) % 20 = 1 THEN 1800000000 + CAST(substr(serial, 8) AS BIGINT)"
            + " ELSE 4294967295 END FROM terminal",
        "INSERT INTO alarm (id, serial, app_id, code, name, type, type_name, occurrences, raised, last, cleared,"
            + " cleared_by, acked)"
            + numbers(2 * TERMINALS) + padded("i") + ", 'T' || "
            + padded("1 + i / 2 % " + TERMINALS)
            + ", CASE WHEN (1 + i / 2) % 4 = 0 THEN 2 ELSE 1 END, i % 7, 'name-' || CAST(i % 7 AS TEXT), i % 5, 'kind',"
            + " 1, 1700000000000 + 10 * i, 1700000000000, CASE WHEN i % 8 = 0 THEN 0 ELSE 1800000000000 END, '',"
            + " CASE WHEN i % 80 = 0 THEN 1 ELSE 0 END FROM n",
        "INSERT INTO event (pos, app_id, log_offset, id, type, serial, tseq, time_ms, size, session, seq, hash, result,"
            + " accepted, data)"
            + numbers(EVENTS) + "i, 1, i, " + padded("i")
            + ", CASE WHEN i % 20 = 0 THEN 'm2m.terminal.login' WHEN i % 20 = 2 THEN 'm2m.report' ELSE 'm2m.data.up' END,"
            + " CASE WHEN i % 6 = 0 THEN '" + serial(1) + "' ELSE 'T' || " + padded("2 + i % 50000")
            + " END, i, 1700000000000 + i, 100, 0, 0, 0, -1, 0, '{}' FROM n",
        "UPDATE application SET last_offset = " + EVENTS + ", last_pos = " + EVENTS
            + " WHERE id = 1");
  }

  private static TerminalFilter filter(
      Optional<String> app,
      Optional<TerminalState> state,
      Optional<String> profile,
      Optional<String> query) {
    return new TerminalFilter(app, state, Optional.empty(), profile, query);
  }

  private static List<Timed> lists(Store store) {
    Optional<String> none = Optional.empty();
    Optional<TerminalState> any = Optional.empty();
    List<Timed> all = new ArrayList<>();
    all.add(terminals(store, "all", filter(none, any, none, none)));
    all.add(terminals(store, "of an application", filter(APP, any, none, none)));
    all.add(
        terminals(store, "offline", filter(APP, Optional.of(TerminalState.OFFLINE), none, none)));
    all.add(terminals(store, "profile of 200", filter(APP, any, Optional.of("lenient"), none)));
    all.add(terminals(store, "q fits one", filter(APP, any, none, Optional.of(serial(4_711)))));
    all.add(terminals(store, "q fits all", filter(APP, any, none, Optional.of("T"))));
    TerminalFilter own = filter(APP, any, none, none);
    all.add(heard(store, "heard: half", own, Optional.of(1_700_100_000_000L), Optional.empty()));
    all.add(heard(store, "heard: nobody", own, Optional.empty(), Optional.of(1L)));
    all.add(new Timed(
        "counts by state of an application",
        (cursor, limit) -> store
            .terminals()
            .states(APP)
            .map(states -> new Page<>(List.copyOf(states.keySet()), Optional.empty()))));
    all.add(new Timed(
        "counts by state of all",
        (cursor, limit) -> store
            .terminals()
            .states(none)
            .map(states -> new Page<>(List.copyOf(states.keySet()), Optional.empty()))));
    all.add(alarms(store, "of an application", Optional.empty(), Optional.empty(), none));
    for (Stage stage : Stage.values()) {
      all.add(alarms(store, stage.text(), Optional.of(stage), Optional.empty(), none));
    }
    all.add(alarms(store, "by code", Optional.empty(), Optional.of(3), none));
    all.add(
        alarms(store, "of a terminal", Optional.empty(), Optional.empty(), Optional.of(serial(5))));
    all.add(history(store, "reports of a busy terminal", View.REPORTS, Set.of()));
    all.add(history(store, "notices of a busy terminal", View.NOTICES, Set.of()));
    all.add(history(
        store, "notices of a type it never had", View.NOTICES, Set.of("m2m.terminal.locked")));
    all.add(history(store, "events of a busy terminal", View.ALL, Set.of()));
    all.add(new Timed(
        "secrets that expire",
        (cursor, limit) ->
            store.expiries().list(new ExpiryStore.Query("app", none, 0, 1L << 32), cursor, limit)));
    return all;
  }

  private static Timed terminals(Store store, String name, TerminalFilter filter) {
    return new Timed(
        "terminals: " + name, (cursor, limit) -> store.terminals().list(filter, cursor, limit));
  }

  private static Timed heard(
      Store store, String name, TerminalFilter own, Optional<Long> from, Optional<Long> before) {
    TerminalQuery query = new TerminalQuery(own, Set.of(), from, before);
    return new Timed(
        "terminals " + name, (cursor, limit) -> store.terminals().list(query, cursor, limit));
  }

  private static Timed alarms(
      Store store,
      String name,
      Optional<Stage> stage,
      Optional<Integer> code,
      Optional<String> serial) {
    var filter = new AlarmStore.Filter(
        APP, serial, stage, code, Optional.empty(), Optional.empty(), 0, Long.MAX_VALUE);
    return new Timed(
        "alarms: " + name, (cursor, limit) -> store.alarms().list(filter, cursor, limit));
  }

  private static Timed history(Store store, String name, View view, Set<String> types) {
    var query = new EventHistory.Query("app", serial(1), view, types, 0, Long.MAX_VALUE, 1 << 20);
    return new Timed(name, (cursor, limit) -> store.history().list(query, cursor, limit));
  }

  private static void measure(Timed timed) {
    Optional<String> deep = Optional.empty();
    Optional<String> cursor = Optional.empty();
    for (int page = 0; page < DEEP_PAGES; page++) {
      cursor = await(timed.list().page(cursor, 1_000)).next();
      if (cursor.isEmpty()) {
        break;
      }
      deep = cursor;
    }
    double[] first = times(timed.list(), Optional.empty());
    double[] behind = times(timed.list(), deep);
    System.out.printf(
        "%-52s %8.2f %8.2f %8.2f %8.2f%n", timed.name(), first[0], first[1], behind[0], behind[1]);
    assertThat(first[0]).as(timed.name()).isLessThan(MOST_MILLIS);
    assertThat(behind[0]).as(timed.name() + ", far behind").isLessThan(MOST_MILLIS);
  }

  /** Median and 99th percentile in milliseconds. */
  private static double[] times(Paged list, Optional<String> cursor) {
    double[] times = new double[ROUNDS];
    for (int i = -10; i < ROUNDS; i++) {
      long started = System.nanoTime();
      await(list.page(cursor, LIMIT));
      times[Math.max(i, 0)] =
          (System.nanoTime() - started) / (double) TimeUnit.MILLISECONDS.toNanos(1);
    }
    Arrays.sort(times);
    return new double[] {times[ROUNDS / 2], times[ROUNDS - 1]};
  }
}
