package io.m2mgate.store.sql;

import static io.m2mgate.store.StoreBench.application;
import static io.m2mgate.store.StoreBench.await;
import static io.m2mgate.store.StoreBench.event;
import static io.m2mgate.store.StoreBench.marked;
import static io.m2mgate.store.StoreBench.outcomes;
import static io.m2mgate.store.StoreBench.page;
import static io.m2mgate.store.StoreBench.provision;
import static io.m2mgate.store.StoreBench.serial;
import static io.m2mgate.store.StoreBench.unit;
import static org.assertj.core.api.Assertions.assertThat;

import io.m2mgate.api.Event;
import io.m2mgate.bus.CommandEvents;
import io.m2mgate.store.Change;
import io.m2mgate.store.CommitBatch;
import io.m2mgate.store.CommitUnit;
import io.m2mgate.store.CommitUnit.Outcome;
import io.m2mgate.store.Store;
import io.m2mgate.store.StoreOptions;
import io.m2mgate.store.StoredCommand;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A commit that came through although the connection broke before its answer. */
class AmbiguousCommitIT {
  @TempDir
  Path directory;

  /** An engine that can lose the answer of a commit. */
  private static final class LossyEngine implements SqlEngine {
    private final SqlEngine inner;
    private volatile boolean losing;

    LossyEngine(SqlEngine inner) {
      this.inner = inner;
    }

    @Override
    public Future<Void> group(SqlWork<Void> work) {
      boolean lost = losing;
      return inner
          .group(work)
          .compose(
              done -> lost ? Future.failedFuture(SqlFault.away("lost")) : Future.succeededFuture());
    }

    @Override
    public <T> Future<T> read(SqlWork<T> work) {
      return inner.read(work);
    }

    @Override
    public <T> Future<T> write(SqlWork<T> work) {
      return inner.write(work);
    }

    @Override
    public <T> Future<T> exclusive(SqlWork<T> work) {
      return inner.exclusive(work);
    }

    @Override
    public void serve(WriterLane.Groups groups) {
      inner.serve(groups);
    }

    @Override
    public void wake() {
      inner.wake();
    }

    @Override
    public Future<Long> bytes() {
      return inner.bytes();
    }

    @Override
    public Future<Void> close() {
      return inner.close();
    }
  }

  private Vertx vertx;
  private Store reader;
  private LossyEngine engine;
  private CommitQueue queue;

  @BeforeEach
  void open() {
    vertx = Vertx.vertx();
    Path file = directory.resolve("store.db");
    reader =
        await(SqlStore.open(vertx, StoreOptions.of("sqlite:" + file, new SimpleMeterRegistry())));
    application(reader, "app");
    provision(reader, "app", 1, 3);
    engine = new LossyEngine(new SqliteEngine(file, 1, 10, () -> {}));
    StoreMetrics metrics = new StoreMetrics(new SimpleMeterRegistry());
    queue = new CommitQueue(200, 2, 100, metrics, engine::wake);
    Followers followers = new Followers(vertx.getOrCreateContext());
    engine.serve(
        new GroupWriter(engine, queue, new LogCounters(), followers, metrics, new Outage("test")));
  }

  @AfterEach
  void close() {
    queue.close();
    await(engine.close());
    await(reader.close());
    await(vertx.close());
  }

  /** Verifies that such a group is UNAVAILABLE, that an exact repeat is not appended again, and that numbers have no holes. */
  @Test
  void aLostAnswerNeitherLiesNorDoubles() {
    assertThat(append(unit(marked("app", serial(1), 1)))).containsExactly(Outcome.COMMITTED);
    engine.losing = true;
    assertThat(append(unit(marked("app", serial(1), 2)), unit(event("app", serial(1), "{}"))))
        .containsOnly(Outcome.UNAVAILABLE);
    engine.losing = false;
    assertThat(append(unit(marked("app", serial(1), 2)), unit(marked("app", serial(1), 3))))
        .containsOnly(Outcome.COMMITTED);

    List<Event> events = page(reader, "app", 0, 10).events();
    assertThat(events).extracting(Event::offset).containsExactly(1L, 2L, 3L, 4L);
    assertThat(events).extracting(Event::tseq).containsExactly(1L, 2L, 3L, 4L);
    assertThat(events)
        .extracting(Event::dataJson)
        .containsExactly("{\"n\":1}", "{\"n\":2}", "{}", "{\"n\":3}");
  }

  /** Verifies that a repeat asks nothing again of another terminal, and is no refusal though there is no room by then. */
  @Test
  void aLostAnswerAsksNobodyTwice() {
    engine.losing = true;
    assertThat(append(relaying("A"))).containsOnly(Outcome.UNAVAILABLE);
    engine.losing = false;
    assertThat(append(relaying("B"))).containsOnly(Outcome.COMMITTED);

    assertThat(await(reader.commands().openOf(serial(2), "", 10)))
        .extracting(StoredCommand::id)
        .containsExactly("A");
    assertThat(page(reader, "app", 0, 10).events())
        .extracting(Event::type)
        .containsExactly("m2m.data.up", "m2m.command.updated");
  }

  /** What the first terminal sends to the second, which has room for one. */
  private static CommitUnit relaying(String id) {
    List<Change> changes = new ArrayList<>(List.of(marked("app", serial(1), 1)));
    StoredCommand command = StoredCommand.asked(new StoredCommand.Head(
        id,
        serial(2),
        "app",
        StoredCommand.Type.DATA,
        StoredCommand.Head.FROM_TERMINAL + serial(1),
        StoredCommand.Mode.QUEUE,
        StoredCommand.Wake.NONE,
        false,
        false,
        "{\"payload\":\"AQ==\"}",
        new byte[0],
        "",
        0,
        1_000,
        9_000));
    changes.addAll(CommandEvents.created(command, 1, 1));
    return unit(changes.toArray(Change[]::new));
  }

  private List<Outcome> append(CommitUnit... units) {
    CompletableFuture<CommitBatch> done = new CompletableFuture<>();
    queue.append(new CommitBatch(List.of(units), done::complete));
    return outcomes(done);
  }
}
