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
import io.m2mgate.store.ApplicationStore.ApiKeyHash;
import io.m2mgate.store.ApplicationStore.ApplicationPatch;
import io.m2mgate.store.CommitUnit.Outcome;
import io.m2mgate.store.TerminalStore.TerminalFilter;
import io.m2mgate.store.TerminalStore.TerminalPatch;
import io.m2mgate.store.sql.SqlStore;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every store does, whatever its engine. */
abstract class StoreContract {
  private static final TerminalFilter ALL =
      new TerminalFilter(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());
  private static final TerminalPatch NOTHING = new TerminalPatch(
      Optional.empty(),
      Optional.empty(),
      Optional.empty(),
      Optional.empty(),
      Optional.empty(),
      Optional.empty(),
      Optional.empty(),
      Optional.empty(),
      Optional.empty());

  protected Vertx vertx;
  protected Store store;

  /** Options of a database of this test's own; the same one within a test. */
  abstract StoreOptions options();

  @BeforeEach
  void openStore() {
    vertx = Vertx.vertx();
    store = await(SqlStore.open(vertx, options()));
  }

  @AfterEach
  void closeStore() {
    await(store.close());
    await(vertx.close());
  }

  protected void reopen(StoreOptions options) {
    await(store.close());
    store = await(SqlStore.open(vertx, options));
  }

  /** Verifies that a terminal comes back as it was created, with secrets, sessions, synchronised list and marks. */
  @Test
  void aTerminalIsLoadedWhole() {
    application(store, "app");
    SealedSecrets secrets =
        new SealedSecrets(new byte[] {1, 2}, new byte[0], new byte[] {(byte) 0xff, 0});
    TerminalRecord created = await(store.terminals().create(terminal(1, "app"), secrets));
    provision(store, "app", 2, 3);
    committed(
        store,
        new Change.PutSession(serial(1), session(3_000_000_000L, true)),
        new Change.PutSyncList(serial(1), new byte[] {9, 0, 9}),
        marked("app", serial(1), 1));

    List<StoredTerminal> loaded =
        await(store.terminals().load(List.of(serial(1), serial(2), serial(3), serial(1))));

    assertThat(loaded).hasSize(2);
    StoredTerminal first = loaded.stream()
        .filter(t -> t.record().serial().equals(serial(1)))
        .findFirst()
        .orElseThrow();
    StoredTerminal second = loaded.stream()
        .filter(t -> t.record().serial().equals(serial(2)))
        .findFirst()
        .orElseThrow();
    assertThat(first.record()).isEqualTo(created).isEqualTo(terminal(1, "app"));
    assertThat(first.secrets().uplinkPassword()).containsExactly(1, 2);
    assertThat(first.secrets().downlinkPassword()).isEmpty();
    assertThat(first.secrets().baseKey()).containsExactly(0xff, 0);
    assertThat(first.sessions()).isEqualTo(session(3_000_000_000L, true));
    assertThat(first.sealedSyncList()).containsExactly(9, 0, 9);
    assertThat(first.recent()).containsExactly(marked("app", serial(1), 1).mark());
    assertThat(second.sessions()).isEqualTo(SessionState.NONE);
    assertThat(second.sealedSyncList()).isEmpty();
    assertThat(second.recent()).isEmpty();
    assertThat(await(store.terminals().load(List.of()))).isEmpty();
  }

  /** Verifies that a batched read finds more terminals than one statement takes. */
  @Test
  void manyTerminalsAreLoadedAtOnce() {
    application(store, "app");
    IntStream.range(0, 600)
        .mapToObj(i -> store.terminals().create(terminal(i, "app"), SealedSecrets.NONE))
        .toList()
        .forEach(StoreBench::await);

    List<String> serials = IntStream.range(0, 600).mapToObj(StoreBench::serial).toList();

    assertThat(await(store.terminals().load(serials)))
        .extracting(t -> t.record().serial())
        .containsExactlyInAnyOrderElementsOf(serials);
  }

  /** Verifies that the recent marks are the last eight over all logs, newest first, without the events nobody asked for. */
  @Test
  void recentMarksAreTheLastEightOverAllLogs() {
    application(store, "a");
    application(store, "b");
    provision(store, "a", 1, 2);
    for (int i = 1; i <= 20; i++) {
      committed(store, marked(i % 3 == 0 ? "b" : "a", serial(1), i), event("a", serial(1), "{}"));
    }

    List<UplinkMark> recent =
        await(store.terminals().load(List.of(serial(1)))).get(0).recent();

    assertThat(recent)
        .extracting(UplinkMark::sequence)
        .containsExactly(20, 19, 18, 17, 16, 15, 14, 13);
    assertThat(recent.get(0)).isEqualTo(marked("b", serial(1), 20).mark());
  }

  /** Verifies that a conflict names its field, and a missing application itself. */
  @Test
  void conflictsNameTheField() {
    application(store, "app");
    provision(store, "app", 1, 3);
    TerminalRecord one = terminal(1, "app");
    TerminalRecord nine = terminal(9, "app");

    StoreFault serial = refused(store
        .terminals()
        .create(with(nine, one.serial(), nine.imei(), nine.imsi()), SealedSecrets.NONE));
    StoreFault imei = refused(store
        .terminals()
        .create(with(nine, nine.serial(), one.imei(), nine.imsi()), SealedSecrets.NONE));
    StoreFault imsi = refused(store
        .terminals()
        .create(with(nine, nine.serial(), nine.imei(), one.imsi()), SealedSecrets.NONE));
    StoreFault update =
        refused(store.terminals().update(serial(2), imsiPatch(one.imsi()), Optional.empty()));
    StoreFault app = refused(store.terminals().create(terminal(9, "none"), SealedSecrets.NONE));
    StoreFault code = refused(store
        .applications()
        .create(
            new ApplicationStore.Application("app", "", Set.of(), true, 0),
            new ApiKeyHash("k", "h", 0)));

    assertThat(List.of(serial, imei, imsi, update, code))
        .extracting(StoreFault::kind)
        .containsOnly(StoreFault.Kind.CONFLICT);
    assertThat(List.of(serial, imei, imsi, update, code))
        .extracting(StoreFault::subject)
        .containsExactly("serial", "imei", "imsi", "imsi", "appCode");
    assertThat(app.kind()).isEqualTo(StoreFault.Kind.NOT_FOUND);
    assertThat(app.subject()).isEqualTo("application");
    assertThat(await(store
                .terminals()
                .create(
                    with(nine, nine.serial(), nine.imei(), Optional.empty()), SealedSecrets.NONE))
            .imsi())
        .isEmpty();
  }

  private static TerminalRecord with(
      TerminalRecord t, String serial, String imei, Optional<String> imsi) {
    return new TerminalRecord(
        serial,
        imei,
        imsi,
        t.app(),
        t.profile(),
        t.msisdn(),
        t.enabled(),
        t.createdMillis(),
        t.updatedMillis(),
        t.revision());
  }

  private static TerminalPatch imsiPatch(Optional<String> imsi) {
    return new TerminalPatch(
        Optional.empty(),
        Optional.of(imsi),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }

  /** Verifies that an update changes what it names, clears what it empties, counts revisions and refuses stale ones. */
  @Test
  void updatesChangeOnlyWhatTheyName() {
    application(store, "app");
    application(store, "other");
    await(store
        .terminals()
        .create(
            terminal(1, "app"), new SealedSecrets(new byte[] {1}, new byte[] {2}, new byte[] {3})));
    TerminalPatch patch = new TerminalPatch(
        Optional.of("990000000000001"),
        Optional.of(Optional.empty()),
        Optional.of("other"),
        Optional.of("lenient"),
        Optional.of(Optional.of("42")),
        Optional.of(false),
        Optional.of(new byte[] {7}),
        Optional.empty(),
        Optional.of(new byte[0]));

    TerminalRecord updated = await(store.terminals().update(serial(1), patch, Optional.of(1L)));

    assertThat(updated.imei()).isEqualTo("990000000000001");
    assertThat(updated.imsi()).isEmpty();
    assertThat(updated.app()).isEqualTo("other");
    assertThat(updated.profile()).isEqualTo("lenient");
    assertThat(updated.msisdn()).contains("42");
    assertThat(updated.enabled()).isFalse();
    assertThat(updated.revision()).isEqualTo(2);
    assertThat(updated.createdMillis()).isEqualTo(1_000);
    assertThat(updated.updatedMillis()).isGreaterThan(1_000);
    StoredTerminal loaded = await(store.terminals().load(List.of(serial(1)))).get(0);
    assertThat(loaded.record()).isEqualTo(updated);
    assertThat(loaded.secrets().uplinkPassword()).containsExactly(7);
    assertThat(loaded.secrets().downlinkPassword()).containsExactly(2);
    assertThat(loaded.secrets().baseKey()).isEmpty();
    assertThat(refused(store.terminals().update(serial(1), NOTHING, Optional.of(1L)))
            .kind())
        .isEqualTo(StoreFault.Kind.STALE);
    assertThat(refused(store.terminals().update(serial(9), NOTHING, Optional.empty()))
            .kind())
        .isEqualTo(StoreFault.Kind.NOT_FOUND);
    assertThat(await(store.terminals().byImei("990000000000001"))).contains(updated);
    assertThat(await(store.terminals().byImsi("460000000000001"))).isEmpty();
  }

  /** Verifies that lists page by key, see what was added behind the cursor, and end. */
  @Test
  void listsPageByKey() {
    application(store, "app");
    provision(store, "app", 0, 25);
    List<String> seen = new ArrayList<>();
    Optional<String> cursor = Optional.empty();
    do {
      Page<TerminalStore.TerminalRow> page = await(store.terminals().list(ALL, cursor, 10));
      assertThat(page.items()).hasSizeLessThanOrEqualTo(10);
      page.items().forEach(row -> seen.add(row.terminal().serial()));
      if (seen.size() == 10) {
        await(store.terminals().delete(serial(3)));
        provision(store, "app", 25, 30);
      }
      cursor = page.next();
    } while (cursor.isPresent());

    assertThat(seen)
        .containsExactlyElementsOf(
            IntStream.range(0, 30).mapToObj(StoreBench::serial).toList());
    assertThat(refused(store.terminals().list(ALL, Optional.of("*"), 10)).subject())
        .isEqualTo("cursor");
  }

  /** Verifies that each criterion restricts a list and that an application sees its own terminals only. */
  @Test
  void filtersRestrictLists() {
    application(store, "a");
    application(store, "b");
    provision(store, "a", 1, 4);
    provision(store, "b", 4, 6);
    await(store
        .terminals()
        .update(
            serial(2),
            new TerminalPatch(
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.of(false),
                Optional.empty(),
                Optional.empty(),
                Optional.empty()),
            Optional.empty()));
    committed(
        store,
        new Change.PutSession(serial(3), session(5, true)),
        new Change.PutSession(serial(4), session(5, true)));
    committed(store, new Change.PutSession(serial(1), session(5, false)));

    assertThat(list(new TerminalFilter(
            Optional.of("b"), Optional.empty(), Optional.empty(), Optional.empty())))
        .containsExactly(serial(4), serial(5));
    assertThat(list(new TerminalFilter(
            Optional.empty(), Optional.of(true), Optional.empty(), Optional.empty())))
        .containsExactly(serial(3), serial(4));
    assertThat(list(new TerminalFilter(
            Optional.empty(), Optional.of(false), Optional.empty(), Optional.empty())))
        .containsExactly(serial(1), serial(2), serial(5));
    assertThat(list(new TerminalFilter(
            Optional.of("a"), Optional.empty(), Optional.of(false), Optional.empty())))
        .containsExactly(serial(2));
    assertThat(list(query("T00000000000000"))).hasSize(5);
    assertThat(list(query("860000000000005"))).containsExactly(serial(5));
    assertThat(list(query("46000000000000" + 1))).containsExactly(serial(1));
    assertThat(list(query("1384"))).containsExactly(serial(4));
    assertThat(list(query("%"))).isEmpty();
    assertThat(await(store.terminals().read(serial(1), Optional.of("a")))).isPresent();
    assertThat(await(store.terminals().read(serial(1), Optional.of("b")))).isEmpty();
    assertThat(await(store.terminals().read(serial(1), Optional.empty()))
            .orElseThrow()
            .sessions())
        .isEqualTo(session(5, false));
    assertThat(await(store.terminals().onlineAfter("", 1))).containsExactly(serial(3));
    assertThat(await(store.terminals().onlineAfter(serial(3), 10))).containsExactly(serial(4));
  }

  private static TerminalFilter query(String text) {
    return new TerminalFilter(
        Optional.empty(), Optional.empty(), Optional.empty(), Optional.of(text));
  }

  private List<String> list(TerminalFilter filter) {
    return await(store.terminals().list(filter, Optional.empty(), 100)).items().stream()
        .map(row -> row.terminal().serial())
        .toList();
  }

  /** Verifies that reported values merge by tag and are read in tag order. */
  @Test
  void reportedValuesMergeByTag() {
    application(store, "app");
    provision(store, "app", 1, 2);
    committed(store, reported(5, "old"), reported(0xE001, "x"), reported(5, "new"));
    committed(store, reported(3, "y"));

    assertThat(await(store.terminals().reported(serial(1))))
        .containsExactly(value(3, "y"), value(5, "new"), value(0xE001, "x"));
  }

  private static ReportedValue value(int tag, String text) {
    return new ReportedValue(tag, "name", "\"" + text + "\"", 77);
  }

  private static Change reported(int tag, String text) {
    return new Change.PutReported(serial(1), List.of(value(tag, text)));
  }

  /** Verifies that a deleted terminal leaves nothing but its events, whose counters go on when it comes back. */
  @Test
  void countersOutliveTheTerminal() {
    application(store, "app");
    provision(store, "app", 1, 2);
    committed(
        store,
        event("app", serial(1), "{}"),
        event("app", serial(1), "{}"),
        reported(5, "v"),
        new Change.PutSession(serial(1), session(5, true)),
        new Change.PutSyncList(serial(1), new byte[] {1}));

    assertThat(await(store.terminals().delete(serial(1)))).isTrue();
    assertThat(await(store.terminals().delete(serial(1)))).isFalse();
    assertThat(outcomes(append(store, unit(event("app", serial(1), "{}")))))
        .containsExactly(Outcome.REJECTED);
    assertThat(await(store.terminals().reported(serial(1)))).isEmpty();
    provision(store, "app", 1, 2);
    committed(store, event("app", serial(1), "{}"));

    assertThat(page(store, "app", 0, 10).events())
        .extracting(Event::offset)
        .containsExactly(1L, 2L, 3L);
    assertThat(page(store, "app", 0, 10).events())
        .extracting(Event::tseq)
        .containsExactly(1L, 2L, 3L);
    assertThat(await(store.terminals().load(List.of(serial(1)))).get(0).sessions())
        .isEqualTo(SessionState.NONE);
  }

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
    return await(
        store.events().read(new EventLog.EventQuery("app", after, limit, maxBytes, types, serial)));
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

  /** Verifies that retention removes the oldest by age and by size, and that counters and marks survive it. */
  @Test
  void retentionRemovesTheOldest() {
    application(store, "app");
    application(store, "big");
    provision(store, "app", 1, 3);
    CommitUnit[] units = IntStream.rangeClosed(1, 1_500)
        .mapToObj(i ->
            unit(new Change.AppendEvent("app", serial(1), "m2m.data.up", i, "{}", UplinkMark.NONE)))
        .toArray(CommitUnit[]::new);
    outcomes(append(store, units));
    CommitUnit[] large = IntStream.rangeClosed(1, 20)
        .mapToObj(i -> unit(new Change.AppendEvent(
            "big",
            serial(2),
            "m2m.data.up",
            5_000,
            "\"" + "x".repeat(998) + "\"",
            UplinkMark.NONE)))
        .toArray(CommitUnit[]::new);
    outcomes(append(store, large));

    long removed = await(store.sweep(new Store.Retention(6_000, 4_500, 10_000, 1, 1)));

    EventLog.Extent big = await(store.events().extent("big"));
    assertThat(await(store.events().extent("app")))
        .isEqualTo(new EventLog.Extent(1_501 - 1, 1_500));
    assertThat(big.last()).isEqualTo(20);
    assertThat(big.oldest()).isBetween(10L, 15L);
    assertThat(removed).isEqualTo(1_499 + big.oldest() - 1);
    assertThat(page(store, "big", 0, 100).events()).hasSize((int) (21 - big.oldest()));
    assertThat(page(store, "big", 0, 100).oldest()).isEqualTo(big.oldest());

    await(store.sweep(new Store.Retention(100_000, 1, 1L << 40, 1, 1)));
    assertThat(await(store.events().extent("app"))).isEqualTo(new EventLog.Extent(1_501, 1_500));
    assertThat(page(store, "app", 0, 10).events()).isEmpty();
    assertThat(page(store, "app", 0, 10).next()).isEqualTo(1_500);
    reopen(options());
    committed(store, event("app", serial(1), "{}"));
    assertThat(page(store, "app", 0, 10).events())
        .extracting(Event::offset)
        .containsExactly(1_501L);
    assertThat(page(store, "app", 0, 10).events()).extracting(Event::tseq).containsExactly(1_501L);
  }

  /** Verifies that applications and keys are created, read, changed and listed. */
  @Test
  void applicationsAndKeys() {
    application(store, "b");
    application(store, "a");
    await(store.applications().addKey("a", new ApiKeyHash("second", "h2", 9)));

    assertThat(await(store.applications().key("second")).orElseThrow())
        .isEqualTo(new ApplicationStore.KeyOwner("a", new ApiKeyHash("second", "h2", 9)));
    assertThat(await(store.applications().keys("a")))
        .extracting(ApiKeyHash::keyId)
        .containsExactly("key-a", "second");
    assertThat(await(store.applications().removeKey("b", "second"))).isFalse();
    assertThat(await(store.applications().removeKey("a", "second"))).isTrue();
    assertThat(await(store.applications().key("second"))).isEmpty();
    assertThat(refused(store.applications().addKey("none", new ApiKeyHash("x", "h", 0)))
            .subject())
        .isEqualTo("application");
    ApplicationStore.Application changed = await(store
        .applications()
        .update(
            "a",
            new ApplicationPatch(Optional.of("New"), Optional.of(Set.of()), Optional.of(false))));
    assertThat(await(store.applications().read("a"))).contains(changed);
    assertThat(changed).isEqualTo(new ApplicationStore.Application("a", "New", Set.of(), false, 5));
    assertThat(await(store.applications().read("b")).orElseThrow().scopes())
        .containsExactlyInAnyOrder("read", "write");
    assertThat(await(store.applications().all()))
        .extracting(ApplicationStore.Application::appCode)
        .containsExactly("a", "b");
    Page<ApplicationStore.Application> page = await(store.applications().list(Optional.empty(), 1));
    assertThat(page.items()).extracting(ApplicationStore.Application::appCode).containsExactly("a");
    assertThat(await(store.applications().list(page.next(), 1)).next()).isEmpty();
  }

  /** Verifies that an application in use stays, and that a deleted one takes its log along and frees its code. */
  @Test
  void aDeletedApplicationFreesItsCode() {
    application(store, "app");
    application(store, "home");
    provision(store, "app", 1, 2);
    CommitUnit[] units = IntStream.range(0, 1_000)
        .mapToObj(i -> unit(event("app", serial(1), "{}")))
        .toArray(CommitUnit[]::new);
    outcomes(append(store, units));
    assertThat(refused(store.applications().delete("app")).kind())
        .isEqualTo(StoreFault.Kind.IN_USE);
    await(store
        .terminals()
        .update(
            serial(1),
            new TerminalPatch(
                Optional.empty(),
                Optional.empty(),
                Optional.of("home"),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty()),
            Optional.empty()));

    assertThat(await(store.applications().delete("app"))).isTrue();

    assertThat(await(store.applications().delete("app"))).isFalse();
    assertThat(await(store.applications().read("app"))).isEmpty();
    assertThat(await(store.applications().key("key-app"))).isEmpty();
    assertThat(outcomes(append(store, unit(event("app", serial(1), "{}")))))
        .containsExactly(Outcome.REJECTED);
    application(store, "app");
    committed(store, event("app", serial(1), "{\"new\":1}"));
    await(store.sweep(new Store.Retention(0, 1, 1L << 40, 1, 1)));
    assertThat(page(store, "app", 0, 10).events())
        .extracting(Event::dataJson)
        .containsExactly("{\"new\":1}");
    assertThat(page(store, "app", 0, 10).events()).extracting(Event::tseq).containsExactly(1L);
  }

  /** Verifies that profiles are kept by name and that one in use stays. */
  @Test
  void profiles() {
    application(store, "app");
    provision(store, "app", 1, 2);
    await(store.profiles().put("standard", "{}"));
    await(store.profiles().put("mine", "{\"a\":1}"));
    await(store.profiles().put("mine", "{\"a\":2}"));

    assertThat(await(store.profiles().all()))
        .isEqualTo(Map.of("standard", "{}", "mine", "{\"a\":2}"));
    assertThat(refused(store.profiles().delete("standard")).kind())
        .isEqualTo(StoreFault.Kind.IN_USE);
    assertThat(await(store.profiles().delete("mine"))).isTrue();
    assertThat(await(store.profiles().delete("mine"))).isFalse();
  }

  /** Verifies that a cursor moves forward only. */
  @Test
  void cursorsMoveForward() {
    application(store, "app");
    ConsumerStore.Cursor cursor = new ConsumerStore.Cursor("client", "mqtt", 5, "{\"s\":[]}", 77);
    await(store.consumers().put("app", cursor));
    assertThat(await(store.consumers().read("app", "client"))).contains(cursor);

    await(store.consumers().commit("app", "client", 9));
    await(store.consumers().commit("app", "client", 3));
    await(store.consumers().commit("app", "nobody", 3));

    assertThat(await(store.consumers().read("app", "client")).orElseThrow().offset())
        .isEqualTo(9);
    assertThat(refused(store.consumers().put("none", cursor)).subject()).isEqualTo("application");
    assertThat(await(store.consumers().delete("app", "client"))).isTrue();
    assertThat(await(store.consumers().delete("app", "client"))).isFalse();
    assertThat(await(store.consumers().read("app", "client"))).isEmpty();
  }

  /** Verifies that audit entries are listed newest first, page by page, and swept by age. */
  @Test
  void auditIsListedNewestFirst() {
    for (int i = 1; i <= 5; i++) {
      await(store
          .audit()
          .append(
              new AuditLog.Entry("01" + i, i * 1_000, "admin", "terminal.create", "t" + i, "{}")));
    }

    Page<AuditLog.Entry> first = await(store.audit().list(Optional.empty(), 3));
    Page<AuditLog.Entry> second = await(store.audit().list(first.next(), 3));

    assertThat(first.items()).extracting(AuditLog.Entry::target).containsExactly("t5", "t4", "t3");
    assertThat(first.items().get(0))
        .isEqualTo(new AuditLog.Entry("015", 5_000, "admin", "terminal.create", "t5", "{}"));
    assertThat(second.items()).extracting(AuditLog.Entry::target).containsExactly("t2", "t1");
    assertThat(second.next()).isEmpty();
    await(store.sweep(new Store.Retention(6_000, 1, 1, 2_500, 1L << 40)));
    assertThat(await(store.audit().list(Optional.empty(), 10)).items())
        .extracting(AuditLog.Entry::target)
        .containsExactly("t5", "t4");
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
    assertThat(list(ALL)).hasSize(100);
    await(store.probe());
  }

  /** Verifies that the text form of the options holds no password. */
  @Test
  void optionsDoNotTellPasswords() {
    StoreOptions secret = StoreOptions.of(
        "postgresql://joe:hush@db:5432/m2m?password=hush", options().metrics());

    assertThat(secret.toString()).doesNotContain("hush").contains("db:5432/m2m");
    assertThat(Arrays.asList(
            secret.withCredentials(Optional.of("joe"), Optional.of("hush2")).toString()))
        .noneMatch(text -> text.contains("hush"));
  }
}
