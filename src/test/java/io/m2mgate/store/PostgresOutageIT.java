package io.m2mgate.store;

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
import io.m2mgate.store.sql.SqlStore;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Vertx;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** PostgreSQL that goes away and comes back. */
class PostgresOutageIT {
  private static final long RECOVERY_NANOS = TimeUnit.SECONDS.toNanos(60);

  @TempDir
  Path directory;

  /**
   * Verifies that, while the server is stopped and started again under load, units are refused and nothing else; that the
   * journal goes on by itself; and that what was called durable is in the log once, in order, without holes.
   */
  @Test
  void theJournalSurvivesARestartOfTheServer() throws Exception {
    EmbeddedPostgres server = start(0);
    int port = server.getPort();
    Vertx vertx = Vertx.vertx();
    String url = "postgresql://postgres:postgres@localhost:" + port + "/postgres";
    Store store = await(SqlStore.open(vertx, StoreOptions.of(url, new SimpleMeterRegistry())));
    application(store, "app");
    provision(store, "app", 1, 2);
    committed(store, event("app", serial(1), "{\"n\":0}"));

    AtomicBoolean done = new AtomicBoolean();
    CountDownLatch refusedOnce = new CountDownLatch(1);
    CountDownLatch running = new CountDownLatch(20);
    CompletableFuture<List<Integer>> producer =
        CompletableFuture.supplyAsync(() -> produce(store, done, running, refusedOnce));
    assertThat(running.await(30, TimeUnit.SECONDS)).isTrue();
    server.close();
    assertThat(refusedOnce.await(60, TimeUnit.SECONDS)).isTrue();
    assertThat(refused(store.terminals().read(serial(1), java.util.Optional.empty()))
            .kind())
        .isEqualTo(StoreFault.Kind.UNAVAILABLE);
    assertThat(refused(store.probe()).kind()).isEqualTo(StoreFault.Kind.UNAVAILABLE);
    EmbeddedPostgres again = start(port);
    long until = System.nanoTime() + RECOVERY_NANOS;
    while (outcomes(append(store, unit(event("app", serial(1), "{\"n\":-1}")))).get(0)
        != Outcome.COMMITTED) {
      assertThat(System.nanoTime()).isLessThan(until);
    }
    done.set(true);
    List<Integer> durable = producer.get(30, TimeUnit.SECONDS);

    List<Event> events = all(store);
    assertThat(events)
        .extracting(Event::offset)
        .containsExactlyElementsOf(
            LongStream.rangeClosed(1, events.size()).boxed().toList());
    assertThat(events)
        .extracting(Event::tseq)
        .containsExactlyElementsOf(
            LongStream.rangeClosed(1, events.size()).boxed().toList());
    List<String> data = events.stream()
        .map(Event::dataJson)
        .filter(text -> !text.contains("-1"))
        .toList();
    Set<String> expected =
        new HashSet<>(durable.stream().map(n -> "{\"n\":" + n + "}").toList());
    assertThat(data).doesNotHaveDuplicates().containsAll(expected);
    assertThat(data.stream().filter(expected::contains).toList())
        .containsExactlyElementsOf(
            durable.stream().map(n -> "{\"n\":" + n + "}").toList());
    await(store.probe());
    await(store.close());
    await(vertx.close());
    again.close();
  }

  /** Gives the numbers that were called durable. */
  private static List<Integer> produce(
      Store store, AtomicBoolean done, CountDownLatch running, CountDownLatch refused) {
    List<Integer> durable = new ArrayList<>();
    for (int n = 1; !done.get(); n++) {
      Outcome outcome = outcomes(append(store, unit(event("app", serial(1), "{\"n\":" + n + "}"))))
          .get(0);
      assertThat(outcome).isIn(Outcome.COMMITTED, Outcome.UNAVAILABLE);
      running.countDown();
      if (outcome == Outcome.COMMITTED) {
        durable.add(n);
      } else {
        refused.countDown();
      }
    }
    return durable;
  }

  private static List<Event> all(Store store) {
    List<Event> events = new ArrayList<>();
    EventLog.EventPage page;
    do {
      page = page(store, "app", events.size(), 1_000);
      events.addAll(page.events());
    } while (!page.events().isEmpty());
    return events;
  }

  private EmbeddedPostgres start(int port) throws IOException {
    EmbeddedPostgres.Builder builder = EmbeddedPostgres.builder()
        .setDataDirectory(directory.resolve("pg"))
        .setCleanDataDirectory(false);
    if (port != 0) {
      builder.setPort(port);
    }
    return builder.start();
  }
}
