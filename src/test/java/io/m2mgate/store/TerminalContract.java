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
import io.m2mgate.store.CommitUnit.Outcome;
import io.m2mgate.store.TerminalStore.TerminalFilter;
import io.m2mgate.store.TerminalStore.TerminalPatch;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What every store does with terminals. */
abstract class TerminalContract extends StoreContract {
  private static final TerminalFilter ALL = TerminalFilter.ALL;
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
    assertThat(first.security().secrets().uplinkPassword()).containsExactly(1, 2);
    assertThat(first.security().secrets().downlinkPassword()).isEmpty();
    assertThat(first.security().secrets().baseKey()).containsExactly(0xff, 0);
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
    assertThat(loaded.security().secrets().uplinkPassword()).containsExactly(7);
    assertThat(loaded.security().secrets().downlinkPassword()).containsExactly(2);
    assertThat(loaded.security().secrets().baseKey()).isEmpty();
    assertThat(refused(store.terminals().update(serial(1), NOTHING, Optional.of(1L)))
            .kind())
        .isEqualTo(StoreFault.Kind.STALE);
    assertThat(refused(store.terminals().update(serial(9), NOTHING, Optional.empty()))
            .kind())
        .isEqualTo(StoreFault.Kind.NOT_FOUND);
    assertThat(await(store.terminals().byImei("990000000000001"))).contains(updated);
    assertThat(await(store.terminals().byImsi("460000000000001"))).isEmpty();
    assertThat(await(store.terminals().byMsisdn(List.of("+42", "42"), 2))).containsExactly(updated);
    assertThat(await(store.terminals().byMsisdn(List.of("+42"), 2))).isEmpty();
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
    for (String noCursor : List.of("*", "abcd", "AAAA", "Cg")) {
      assertThat(refused(store.terminals().list(ALL, Optional.of(noCursor), 10)).subject())
          .isEqualTo("cursor");
    }
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
            Optional.of("b"),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty())))
        .containsExactly(serial(4), serial(5));
    assertThat(list(state(TerminalState.ONLINE))).containsExactly(serial(3), serial(4));
    assertThat(list(state(TerminalState.OFFLINE))).containsExactly(serial(1));
    assertThat(list(state(TerminalState.NEVER))).containsExactly(serial(5));
    assertThat(list(state(TerminalState.DISABLED))).containsExactly(serial(2));
    assertThat(list(new TerminalFilter(
            Optional.of("a"),
            Optional.empty(),
            Optional.of(false),
            Optional.of("standard"),
            Optional.empty())))
        .containsExactly(serial(2));
    assertThat(list(new TerminalFilter(
            Optional.empty(),
            Optional.empty(),
            Optional.of(true),
            Optional.of("lenient"),
            Optional.empty())))
        .isEmpty();
    assertThat(await(store.terminals().read(serial(1), Optional.of("a")))).isPresent();
    assertThat(await(store.terminals().read(serial(1), Optional.of("b")))).isEmpty();
    assertThat(await(store.terminals().read(serial(1), Optional.empty()))
            .orElseThrow()
            .sessions())
        .isEqualTo(session(5, false));
    assertThat(await(store.terminals().onlineAfter("", 1))).containsExactly(serial(3));
    assertThat(await(store.terminals().onlineAfter(serial(3), 10))).containsExactly(serial(4));
  }

  private static TerminalFilter state(TerminalState state) {
    return new TerminalFilter(
        Optional.empty(), Optional.of(state), Optional.empty(), Optional.empty(), Optional.empty());
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
}
