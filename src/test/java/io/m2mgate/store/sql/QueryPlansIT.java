package io.m2mgate.store.sql;

import static io.m2mgate.store.StoreBench.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.m2mgate.store.AlarmStore;
import io.m2mgate.store.AlarmStore.Stage;
import io.m2mgate.store.EventHistory;
import io.m2mgate.store.EventHistory.View;
import io.m2mgate.store.ExpiryStore;
import io.m2mgate.store.PostgresServer;
import io.m2mgate.store.StoreOptions;
import io.m2mgate.store.TerminalState;
import io.m2mgate.store.TerminalStore.TerminalFilter;
import io.m2mgate.store.TerminalStore.TerminalQuery;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.net.URI;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** By which index each list is read on both engines, and that none of them sorts what it reads. */
class QueryPlansIT {
  @TempDir
  static Path directory;

  private static final int LIMIT = 100;
  private static final Optional<String> BEHIND =
      Optional.of(Keyset.cursor(new TimeKey(1_000, "7").text()));
  private static final AlarmStore.Filter ALARMS = filter(Optional.of("app"), Optional.empty());

  private static Connection sqlite;
  private static Connection postgres;

  /** A list, and the index that serves it. */
  private record Expected(String what, SqlText sql, String index) {
    @Override
    public String toString() {
      return what;
    }
  }

  /** Takes down what a page asks of the database, which finds nothing. */
  private static final class Asked implements SqlTx {
    private final List<SqlText> texts = new ArrayList<>();

    @Override
    public Future<List<SqlRow>> query(String sql, Object... values) {
      texts.add(new SqlText(sql));
      return Future.succeededFuture(
          sql.startsWith("SELECT COUNT") ? List.of(new SqlRow(new Object[] {0L})) : List.of());
    }

    @Override
    public Future<Integer> update(String sql, Object... values) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Future<Void> append(GroupRows rows) {
      throw new UnsupportedOperationException();
    }
  }

  @BeforeAll
  static void open() throws SQLException {
    Vertx vertx = Vertx.vertx();
    Path file = directory.resolve("store.db");
    String url = PostgresServer.freshUrl();
    for (String store : List.of("sqlite:" + file, url)) {
      await(await(SqlStore.open(vertx, StoreOptions.of(store, new SimpleMeterRegistry())))
          .close());
    }
    await(vertx.close());
    URI server = URI.create(url);
    sqlite = DriverManager.getConnection("jdbc:sqlite:" + file);
    postgres = DriverManager.getConnection(
        "jdbc:postgresql://localhost:" + server.getPort() + server.getPath(),
        "postgres",
        "postgres");
    try (Statement statement = postgres.createStatement()) {
      // The tables are empty: what the planner would do with many rows.
      for (String off : List.of("seqscan", "sort", "bitmapscan", "hashjoin", "mergejoin")) {
        statement.execute("SET enable_" + off + " = off");
      }
      statement.execute("SET plan_cache_mode = force_generic_plan");
    }
  }

  @AfterAll
  static void close() throws SQLException {
    sqlite.close();
    postgres.close();
  }

  private static AlarmStore.Filter filter(Optional<String> app, Optional<Stage> stage) {
    return new AlarmStore.Filter(
        app,
        Optional.empty(),
        stage,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        0,
        Long.MAX_VALUE);
  }

  private static AlarmStore.Filter alarms(
      Optional<String> serial,
      Optional<Integer> code,
      Optional<String> name,
      Optional<Integer> type) {
    return new AlarmStore.Filter(
        ALARMS.app(), serial, Optional.empty(), code, name, type, 10, 2_000);
  }

  private static Expected alarm(String what, AlarmStore.Filter filter, String index) {
    return new Expected("alarms " + what, SqlAlarms.text(filter, BEHIND, LIMIT), index);
  }

  private static Expected stage(Stage stage, String index) {
    return alarm(stage.text(), filter(Optional.of("app"), Optional.of(stage)), index);
  }

  private static Expected history(String what, View view, Set<String> types, String index) {
    Asked asked = new Asked();
    EventHistory.Query query =
        new EventHistory.Query("app", "T000000000000001", view, types, 5, 2_000, 1_000);
    await(new SqlHistory.Walk(asked, 1, query).page(BEHIND, LIMIT));
    return new Expected("history " + what, asked.texts.get(asked.texts.size() - 1), index);
  }

  private static TerminalFilter terminals(
      Optional<String> app, Optional<TerminalState> state, Optional<String> profile) {
    return new TerminalFilter(app, state, Optional.empty(), profile, Optional.empty());
  }

  private static Expected terminal(String what, TerminalQuery query, String index) {
    Asked asked = new Asked();
    await(TerminalSearch.plan(asked, query.filter())
        .compose(search -> new TerminalPage(asked, search, query, "T1").read(LIMIT)));
    return new Expected("terminals " + what, asked.texts.get(asked.texts.size() - 1), index);
  }

  static Stream<Expected> lists() {
    Optional<String> app = Optional.of("app");
    TerminalFilter own = terminals(app, Optional.empty(), Optional.empty());
    return Stream.of(
        alarm("of an application", ALARMS, "alarm_app"),
        alarm("of all", filter(Optional.empty(), Optional.empty()), "alarm_raised"),
        stage(Stage.OPEN, "alarm_open"),
        stage(Stage.RAISED, "alarm_unseen"),
        stage(Stage.ACKNOWLEDGED, "alarm_seen"),
        stage(Stage.CLEARED, "alarm_ended"),
        alarm(
            "of a terminal",
            alarms(Optional.of("T1"), Optional.empty(), Optional.empty(), Optional.empty()),
            "alarm_serial"),
        alarm(
            "by code",
            alarms(Optional.empty(), Optional.of(5), Optional.empty(), Optional.empty()),
            "alarm_code"),
        alarm(
            "by name",
            alarms(Optional.empty(), Optional.empty(), Optional.of("x"), Optional.empty()),
            "alarm_name"),
        alarm(
            "by type",
            alarms(Optional.empty(), Optional.empty(), Optional.empty(), Optional.of(1)),
            "alarm_type"),
        history("reports", View.REPORTS, Set.of(), "event_report"),
        history("notices", View.NOTICES, Set.of(), "event_notice"),
        history("notices by type", View.NOTICES, Set.of("m2m.terminal.login"), "event_notice"),
        history("everything", View.ALL, Set.of(), "event_serial"),
        history("everything by type", View.ALL, Set.of("m2m.data.up"), "event_serial"),
        terminal("of an application", TerminalQuery.of(own), "terminal_app"),
        terminal(
            "by state",
            TerminalQuery.of(terminals(app, Optional.of(TerminalState.ONLINE), Optional.empty())),
            "terminal_app_state"),
        terminal(
            "by profile",
            TerminalQuery.of(terminals(app, Optional.empty(), Optional.of("lenient"))),
            "terminal_app_profile"),
        terminal(
            "of all by state",
            TerminalQuery.of(
                terminals(Optional.empty(), Optional.of(TerminalState.SILENT), Optional.empty())),
            "terminal_state"),
        terminal(
            "by when they were heard",
            new TerminalQuery(own, Set.of(), Optional.of(5L), Optional.of(9L)),
            "terminal_app"),
        new Expected(
            "secrets that expire",
            SqlExpiries.text(
                1, new ExpiryStore.Query("app", Optional.empty(), 1, 9), Optional.empty(), LIMIT),
            "credential_uplink_expiry"));
  }

  // Verifies that SQLite reads the list by its index, in its order.
  @ParameterizedTest
  @MethodSource("lists")
  void sqliteReadsByTheIndex(Expected list) throws SQLException {
    List<String> plan = rows(sqlite, "EXPLAIN QUERY PLAN " + list.sql().sql(), 4);

    assertThat(plan)
        .anyMatch(line -> line.matches("SEARCH .* USING .*INDEX " + list.index() + " .*"));
    if (!list.index().startsWith("credential")) {
      assertThat(plan).noneMatch(line -> line.contains("TEMP B-TREE"));
    }
  }

  // Verifies that PostgreSQL reads the list by its index, in its order.
  @ParameterizedTest
  @MethodSource("lists")
  void postgresReadsByTheIndex(Expected list) throws SQLException {
    String sql = list.sql().sql();
    int count =
        (int) IntStream.rangeClosed(1, 99).filter(i -> sql.contains("$" + i)).count();
    List<String> plan;
    try (Statement statement = postgres.createStatement()) {
      statement.execute("PREPARE list AS " + sql);
      String nulls = String.join(",", java.util.Collections.nCopies(count, "NULL"));
      plan = rows(postgres, "EXPLAIN EXECUTE list(" + nulls + ")", 1);
      statement.execute("DEALLOCATE list");
    }

    assertThat(plan)
        .anyMatch(line -> line.matches(".*Index (Only )?Scan.* using " + list.index() + " .*"));
    if (!list.index().startsWith("credential")) {
      assertThat(plan).noneMatch(line -> line.contains("Sort"));
    }
  }

  private static List<String> rows(Connection connection, String sql, int column)
      throws SQLException {
    try (Statement statement = connection.createStatement();
        var found = statement.executeQuery(sql)) {
      List<String> rows = new ArrayList<>();
      while (found.next()) {
        rows.add(found.getString(column));
      }
      return rows;
    }
  }
}
