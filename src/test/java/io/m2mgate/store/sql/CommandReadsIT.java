package io.m2mgate.store.sql;

import static io.m2mgate.store.StoreBench.application;
import static io.m2mgate.store.StoreBench.await;
import static io.m2mgate.store.StoreBench.provision;
import static io.m2mgate.store.StoreBench.serial;
import static io.m2mgate.store.StoreBench.unit;
import static org.assertj.core.api.Assertions.assertThat;

import io.m2mgate.bus.CommandEvents;
import io.m2mgate.store.Change;
import io.m2mgate.store.CommitUnit;
import io.m2mgate.store.Store;
import io.m2mgate.store.StoreOptions;
import io.m2mgate.store.StoredCommand;
import io.m2mgate.store.StoredCommand.Mode;
import io.m2mgate.store.StoredCommand.State;
import io.m2mgate.store.StoredCommand.Step;
import io.m2mgate.store.StoredCommand.Type;
import io.m2mgate.store.StoredCommand.Wake;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What of the commands SQLite looks through for each that is asked, and for each terminal that is looked at. */
class CommandReadsIT {
  @TempDir
  Path directory;

  private Vertx vertx;
  private SqliteSession session;

  /** The plans of the queries that a work makes, which are made, too. */
  private static final class Explained implements SqlTx {
    private final SqlTx real;
    private final List<String> plans = new ArrayList<>();

    Explained(SqlTx real) {
      this.real = real;
    }

    @Override
    public Future<List<SqlRow>> query(String sql, Object... values) {
      return real.query("EXPLAIN QUERY PLAN " + sql, values).compose(rows -> {
        rows.forEach(row -> plans.add(row.text(3)));
        return real.query(sql, values);
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

    /** How the table of commands is looked through. */
    List<String> ofCommands() {
      return plans.stream()
          .filter(plan -> plan.matches("(SEARCH|SCAN) (command|c) .*"))
          .toList();
    }
  }

  @BeforeEach
  void open() {
    vertx = Vertx.vertx();
    Path file = directory.resolve("store.db");
    Store store =
        await(SqlStore.open(vertx, StoreOptions.of("sqlite:" + file, new SimpleMeterRegistry())));
    application(store, "app");
    provision(store, "app", 1, 2);
    await(store.close());
    session = new SqliteSession(file, true);
  }

  @AfterEach
  void close() {
    session.close();
    await(vertx.close());
  }

  private static StoredCommand asked() {
    return StoredCommand.asked(new StoredCommand.Head(
        "A",
        serial(1),
        "app",
        Type.CONTROL,
        "application",
        Mode.QUEUE,
        Wake.SMS,
        true,
        false,
        "{}",
        new byte[0],
        "key",
        -77,
        1_000,
        9_000));
  }

  private List<String> writersPlans(CommitUnit unit) {
    LogCounters counters = new LogCounters();
    return await(session.transaction(tx -> {
      Explained explained = new Explained(tx);
      return counters
          .load(tx, List.of(unit))
          .compose(done -> CommandPlan.load(explained, counters, List.of(unit)))
          .map(done -> explained.ofCommands());
    }));
  }

  // Verifies that the writer finds what it needs for a new command by the key, by the terminal's
  // open ones and by the number of the application's, not among all that were ever asked.
  @Test
  void looksForAKeyAmongKeys() {
    CommitUnit unit = unit(CommandEvents.created(asked(), 100, 1_000).toArray(Change[]::new));

    assertThat(writersPlans(unit))
        .hasSize(3)
        .anyMatch(plan -> plan.contains("command_open (serial=?)"))
        .anyMatch(plan -> plan.contains("command_open_app (app_id=?)"))
        .anyMatch(plan -> plan.contains("command_idem_key (app_id=? AND idem_key=?)"));
  }

  // Verifies that the writer finds a command that goes on by its id.
  @Test
  void looksForACommandById() {
    Change step =
        new Change.StepCommand(serial(1), "A", Step.to(State.CANCELLED, "asked for", 2_000));

    assertThat(writersPlans(unit(step))).hasSize(1).allMatch(plan -> plan.endsWith("(id=?)"));
  }

  // Verifies that what waits for a terminal is found among its open commands, not among all that
  // it ever had.
  @Test
  void looksForWhatIsOpenAmongTheOpen() {
    List<String> plans = new ArrayList<>();
    for (Set<Type> types : List.of(Set.<Type>of(), Set.of(Type.DATA))) {
      SqlText sql = SqlCommands.openText(serial(1), types, "", 8);
      plans.addAll(await(session.transaction(tx -> {
        Explained explained = new Explained(tx);
        return explained.query(sql.sql(), sql.values()).map(rows -> explained.ofCommands());
      })));
    }

    assertThat(plans).hasSize(2).allMatch(plan -> plan.contains("command_open (serial=?)"));
  }
}
