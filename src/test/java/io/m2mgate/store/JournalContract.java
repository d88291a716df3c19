package io.m2mgate.store;

import static io.m2mgate.store.StoreBench.append;
import static io.m2mgate.store.StoreBench.application;
import static io.m2mgate.store.StoreBench.await;
import static io.m2mgate.store.StoreBench.committed;
import static io.m2mgate.store.StoreBench.event;
import static io.m2mgate.store.StoreBench.marked;
import static io.m2mgate.store.StoreBench.outcomes;
import static io.m2mgate.store.StoreBench.page;
import static io.m2mgate.store.StoreBench.provision;
import static io.m2mgate.store.StoreBench.refused;
import static io.m2mgate.store.StoreBench.serial;
import static io.m2mgate.store.StoreBench.session;
import static io.m2mgate.store.StoreBench.terminal;
import static io.m2mgate.store.StoreBench.unit;
import static org.assertj.core.api.Assertions.assertThat;

import io.m2mgate.api.Event;
import io.m2mgate.session.SessionState;
import io.m2mgate.session.TerminalRecord;
import io.m2mgate.session.UplinkMark;
import io.m2mgate.store.CommitUnit.Outcome;
import io.m2mgate.store.sql.SqlStore;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** What every store does with commits and logs. */
abstract class JournalContract extends StoreContract {
  /** Verifies that a unit for what is gone is rejected while the others of its batch are committed. */
  @Test
  void rejectionDoesNotTouchOthers() {
    application(store, "app");
    provision(store, "app", 1, 2);

    List<Outcome> outcomes = outcomes(append(
        store,
        unit(event("app", serial(1), "{}")),
        unit(event("app", serial(1), "{}"), event("none", serial(1), "{}")),
        unit(event("app", serial(9), "{}")),
        unit(new Change.PutSession(serial(9), SessionState.NONE)),
        unit(),
        unit(event("app", serial(1), "{}"))));

    assertThat(outcomes)
        .containsExactly(
            Outcome.COMMITTED,
            Outcome.REJECTED,
            Outcome.REJECTED,
            Outcome.REJECTED,
            Outcome.COMMITTED,
            Outcome.COMMITTED);
    assertThat(page(store, "app", 0, 10).events()).extracting(Event::tseq).containsExactly(1L, 2L);
    assertThat(outcomes(append(store))).isEmpty();
  }

  /** Verifies that a unit whose values cannot be stored is refused alone, whatever group it came in. */
  @Test
  void aPoisonUnitStandsAlone() {
    application(store, "app");
    provision(store, "app", 1, 2);
    CommitUnit[] units = IntStream.range(0, 50)
        .mapToObj(i -> i == 17
            ? unit(new Change.AppendEvent("app", serial(1), null, 0, "{}", UplinkMark.NONE))
            : unit(event("app", serial(1), "{\"n\":" + i + "}")))
        .toArray(CommitUnit[]::new);

    List<Outcome> outcomes = outcomes(append(store, units));

    assertThat(outcomes.get(17)).isEqualTo(Outcome.REJECTED);
    assertThat(outcomes).filteredOn(outcome -> outcome == Outcome.COMMITTED).hasSize(49);
    assertThat(page(store, "app", 0, 100).events())
        .extracting(Event::dataJson)
        .containsExactlyElementsOf(IntStream.range(0, 50)
            .filter(i -> i != 17)
            .mapToObj(i -> "{\"n\":" + i + "}")
            .toList());
    assertThat(page(store, "app", 0, 100).events())
        .extracting(Event::offset)
        .containsExactlyElementsOf(LongStream.rangeClosed(1, 49).boxed().toList());
  }

  /**
   * Verifies, with several producers and a reader at once, that each lane's order is kept, that offsets and per-terminal
   * counters have no holes, and that the reader never sees one.
   */
  @Test
  void producersAtOnceKeepOrderWithoutHoles() throws Exception {
    int lanes = 4;
    int batches = 150;
    application(store, "app");
    provision(store, "app", 0, lanes);
    AtomicBoolean done = new AtomicBoolean();
    CompletableFuture<List<Event>> reader = CompletableFuture.supplyAsync(() -> follow(done));
    List<CompletableFuture<Void>> producers = IntStream.range(0, lanes)
        .mapToObj(lane -> CompletableFuture.runAsync(() -> produce(lane, batches)))
        .toList();

    for (CompletableFuture<Void> producer : producers) {
      producer.get(60, TimeUnit.SECONDS);
    }
    done.set(true);
    List<Event> events = reader.get(60, TimeUnit.SECONDS);

    assertThat(events).hasSize(lanes * batches * 3);
    for (int lane = 0; lane < lanes; lane++) {
      String serial = serial(lane);
      List<Event> own = events.stream().filter(e -> e.serial().equals(serial)).toList();
      assertThat(own)
          .extracting(Event::tseq)
          .containsExactlyElementsOf(
              LongStream.rangeClosed(1, own.size()).boxed().toList());
      assertThat(own)
          .extracting(Event::dataJson)
          .containsExactlyElementsOf(
              IntStream.range(0, batches * 3).mapToObj(i -> "{\"n\":" + i + "}").toList());
    }
  }

  private void produce(int lane, int batches) {
    List<CompletableFuture<CommitBatch>> open = new ArrayList<>();
    for (int i = 0; i < batches; i++) {
      int first = i * 3;
      open.add(append(
          store,
          unit(
              event("app", serial(lane), "{\"n\":" + first + "}"),
              event("app", serial(lane), "{\"n\":" + (first + 1) + "}")),
          unit(event("app", serial(lane), "{\"n\":" + (first + 2) + "}"))));
      if (i % 7 == 0) {
        outcomes(open.get(i));
      }
    }
    open.forEach(batch -> assertThat(outcomes(batch)).containsOnly(Outcome.COMMITTED));
  }

  private List<Event> follow(AtomicBoolean done) {
    List<Event> events = new ArrayList<>();
    boolean last = false;
    while (true) {
      EventLog.EventPage page = page(store, "app", events.size(), 100);
      for (Event event : page.events()) {
        assertThat(event.offset()).isEqualTo(events.size() + 1);
        events.add(event);
      }
      assertThat(page.last()).isGreaterThanOrEqualTo(events.size());
      if (page.events().isEmpty()) {
        if (last) {
          return events;
        }
        last = done.get();
      }
    }
  }

  /** Verifies that everything is back after closing and opening again, and that the counters go on. */
  @Test
  void everythingIsBackAfterReopening() {
    application(store, "app");
    provision(store, "app", 1, 3);
    committed(
        store,
        new Change.PutSession(serial(1), session(7, true)),
        new Change.PutSyncList(serial(1), new byte[] {4}));
    for (int i = 1; i <= 10; i++) {
      committed(store, marked("app", serial(1), i));
    }
    await(store.consumers().put("app", new ConsumerStore.Cursor("c", "mqtt", 4, "{}", 1)));
    StoredTerminal before = await(store.terminals().load(List.of(serial(1)))).get(0);
    EventLog.EventPage events = page(store, "app", 0, 100);

    reopen(options());
    committed(store, marked("app", serial(1), 11), marked("app", serial(2), 1));

    StoredTerminal after = await(store.terminals().load(List.of(serial(1)))).get(0);
    assertThat(after.record()).isEqualTo(before.record());
    assertThat(after.sessions()).isEqualTo(before.sessions());
    assertThat(after.sealedSyncList()).containsExactly(4);
    assertThat(after.recent())
        .extracting(UplinkMark::sequence)
        .containsExactly(11, 10, 9, 8, 7, 6, 5, 4);
    assertThat(page(store, "app", 0, 10).events()).containsExactlyElementsOf(events.events());
    assertThat(page(store, "app", 10, 10).events())
        .extracting(Event::offset)
        .containsExactly(11L, 12L);
    assertThat(page(store, "app", 10, 10).events())
        .extracting(Event::tseq)
        .containsExactly(11L, 1L);
    assertThat(await(store.consumers().read("app", "c")).orElseThrow().offset()).isEqualTo(4);
  }

  /** Verifies that past its bound the journal refuses at once, and serves again when it has caught up. */
  @Test
  void aFullQueueRefusesAtOnce() {
    application(store, "app");
    provision(store, "app", 1, 2);
    reopen(options().withQueuedUnits(50));

    List<CompletableFuture<CommitBatch>> batches = IntStream.range(0, 400)
        .mapToObj(i -> append(
            store,
            IntStream.range(0, 20)
                .mapToObj(k -> unit(event("app", serial(1), "{}")))
                .toArray(CommitUnit[]::new)))
        .toList();
    List<Outcome> outcomes =
        batches.stream().flatMap(batch -> outcomes(batch).stream()).toList();

    assertThat(outcomes)
        .contains(Outcome.UNAVAILABLE, Outcome.COMMITTED)
        .doesNotContain(Outcome.REJECTED, Outcome.PENDING);
    long committed =
        outcomes.stream().filter(outcome -> outcome == Outcome.COMMITTED).count();
    assertThat(await(store.events().extent("app")).last()).isEqualTo(committed);
    committed(store, event("app", serial(1), "{}"));
  }

  /** Verifies that closing commits what was appended and refuses what comes later. */
  @Test
  void closingCommitsWhatWasAppended() {
    application(store, "app");
    provision(store, "app", 1, 2);
    List<CompletableFuture<CommitBatch>> batches = IntStream.range(0, 500)
        .mapToObj(i -> append(store, unit(event("app", serial(1), "{}"))))
        .toList();

    await(store.close());

    assertThat(batches).allSatisfy(batch -> assertThat(batch).isDone());
    batches.forEach(batch -> assertThat(outcomes(batch)).containsExactly(Outcome.COMMITTED));
    assertThat(outcomes(append(store, unit(event("app", serial(1), "{}")))))
        .containsExactly(Outcome.UNAVAILABLE);
    store = await(SqlStore.open(vertx, options()));
    assertThat(await(store.events().extent("app")).last()).isEqualTo(500);
  }

  /** Verifies that administration goes on beside a busy journal, and that refusals among it stay their own. */
  @Test
  void administrationRunsBesideTheJournal() {
    application(store, "app");
    provision(store, "app", 0, 1);
    CompletableFuture<Void> producer = CompletableFuture.runAsync(() -> produce(0, 200));

    List<io.vertx.core.Future<TerminalRecord>> created = IntStream.range(1, 300)
        .mapToObj(i ->
            store.terminals().create(terminal(i % 10 == 0 ? 0 : i, "app"), SealedSecrets.NONE))
        .toList();
    created.forEach(future -> future.otherwiseEmpty());
    created.forEach(
        future -> await(future.transform(done -> io.vertx.core.Future.succeededFuture())));
    producer.join();

    assertThat(created.stream().filter(io.vertx.core.Future::failed)).hasSize(29);
    assertThat(
            await(store.terminals().list(TerminalStore.TerminalFilter.ALL, Optional.empty(), 1_000))
                .items())
        .hasSize(271);
    await(store.probe());
  }

  /** Verifies that events read as they were appended, and that limit, size, type and terminal restrict a page. */
  @Test
  void readingHonoursItsLimits() {
    application(store, "app");
    provision(store, "app", 1, 3);
    for (int i = 1; i <= 40; i++) {
      committed(
          store,
          new Change.AppendEvent(
              "app",
              serial(1 + i % 2),
              i % 10 == 0 ? "m2m.terminal.login" : "m2m.data.up",
              i,
              "{\"t\":\"é" + i + "\"}",
              UplinkMark.NONE));
    }

    EventLog.EventPage first = page(store, "app", 0, 15);
    assertThat(first.events()).hasSize(15);
    Event seventh = first.events().get(6);
    assertThat(seventh)
        .isEqualTo(
            new Event(seventh.id(), "m2m.data.up", serial(2), 7, "app", 7, 4, "{\"t\":\"é7\"}"));
    assertThat(seventh.id()).hasSize(26);
    assertThat(first.events()).extracting(Event::id).isSorted().doesNotHaveDuplicates();
    assertThat(first.next()).isEqualTo(15);
    assertThat(first.oldest()).isEqualTo(1);
    assertThat(first.last()).isEqualTo(40);

    EventLog.EventPage small = read(0, 100, 30, Set.of(), Optional.empty());
    assertThat(small.events()).hasSize(3);
    assertThat(small.next()).isEqualTo(3);

    EventLog.EventPage logins =
        read(5, 3, 1 << 20, Set.of("m2m.terminal.login", "m2m.none"), Optional.empty());
    assertThat(logins.events()).extracting(Event::offset).containsExactly(10L, 20L, 30L);
    assertThat(logins.next()).isEqualTo(30);
    EventLog.EventPage none = read(5, 3, 1 << 20, Set.of("m2m.none"), Optional.empty());
    assertThat(none.events()).isEmpty();
    assertThat(none.next()).isEqualTo(40);

    EventLog.EventPage own = read(6, 5, 1 << 20, Set.of(), Optional.of(serial(1)));
    assertThat(own.events()).extracting(Event::offset).containsExactly(8L, 10L, 12L, 14L, 16L);
    EventLog.EventPage ownLogins =
        read(8, 100, 1 << 20, Set.of("m2m.terminal.login"), Optional.of(serial(1)));
    assertThat(ownLogins.events()).extracting(Event::offset).containsExactly(10L, 20L, 30L, 40L);
    assertThat(ownLogins.next()).isEqualTo(40);

    assertThat(page(store, "app", 40, 10).events()).isEmpty();
    assertThat(page(store, "app", 40, 10).next()).isEqualTo(40);
    assertThat(await(store.events().extent("app"))).isEqualTo(new EventLog.Extent(1, 40));
    assertThat(refused(store.events().extent("none")).kind()).isEqualTo(StoreFault.Kind.NOT_FOUND);
  }

  private EventLog.EventPage read(
      long after, int limit, int maxBytes, Set<String> types, Optional<String> serial) {
    return await(store
        .events()
        .read(new EventLog.EventQuery(
            "app", after, limit, maxBytes, types, serial.map(Set::of).orElseGet(Set::of))));
  }

  /** Verifies that a filter over a long log moves on page by page rather than scanning it at once. */
  @Test
  void aThinFilterMovesOn() {
    application(store, "app");
    provision(store, "app", 1, 2);
    CommitUnit[] units = IntStream.range(0, 21_000)
        .mapToObj(i -> unit(event("app", serial(1), "{}")))
        .toArray(CommitUnit[]::new);
    assertThat(outcomes(append(store, units))).containsOnly(Outcome.COMMITTED);

    EventLog.EventPage first = read(0, 100, 1 << 20, Set.of("m2m.none"), Optional.empty());
    EventLog.EventPage second =
        read(first.next(), 100, 1 << 20, Set.of("m2m.none"), Optional.empty());

    assertThat(first.events()).isEmpty();
    assertThat(first.next()).isBetween(1L, 20_999L);
    assertThat(second.next()).isEqualTo(21_000);
    assertThat(page(store, "app", 20_000, 2_000).events()).hasSize(1_000);
  }

  /** Verifies that a follower hears of appends, and of nothing once it has ended. */
  @Test
  void followersHearOfAppends() throws InterruptedException {
    application(store, "app");
    application(store, "other");
    provision(store, "app", 1, 2);
    LinkedBlockingQueue<Long> heard = new LinkedBlockingQueue<>();
    LinkedBlockingQueue<Long> ended = new LinkedBlockingQueue<>();
    EventLog.Subscription subscription = store.events().follow("app", heard::add);
    store.events().follow("app", ended::add).close();

    committed(store, event("other", serial(1), "{}"));
    committed(store, event("app", serial(1), "{}"), event("app", serial(1), "{}"));

    assertThat(heard.poll(10, TimeUnit.SECONDS)).isEqualTo(2);
    assertThat(page(store, "app", 0, 10).last()).isEqualTo(2);
    subscription.close();
    committed(store, event("app", serial(1), "{}"));
    assertThat(heard).isEmpty();
    assertThat(ended).isEmpty();
  }
}
