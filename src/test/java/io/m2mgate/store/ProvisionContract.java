package io.m2mgate.store;

import static io.m2mgate.store.StoreBench.application;
import static io.m2mgate.store.StoreBench.await;
import static io.m2mgate.store.StoreBench.committed;
import static io.m2mgate.store.StoreBench.provision;
import static io.m2mgate.store.StoreBench.serial;
import static io.m2mgate.store.StoreBench.session;
import static io.m2mgate.store.StoreBench.terminal;
import static org.assertj.core.api.Assertions.assertThat;

import io.m2mgate.session.SecretSet.Expiries;
import io.m2mgate.session.SessionState;
import io.m2mgate.session.TerminalRecord;
import io.m2mgate.store.Provision.Result;
import io.m2mgate.store.SecurityStore.NewRotation;
import io.m2mgate.store.SecurityStore.Used;
import io.m2mgate.store.TerminalStore.TerminalFilter;
import io.m2mgate.store.TerminalStore.TerminalPatch;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What every store does with batches of terminals, and with lists of many. */
abstract class ProvisionContract extends StoreContract {

  private static Provision asked(TerminalRecord terminal, int secret, boolean update) {
    return asked(terminal, secret, update, false);
  }

  private static Provision asked(
      TerminalRecord terminal, int secret, boolean update, boolean overwriteSecrets) {
    byte[] sealed = {(byte) secret};
    var secrets = new SealedSecrets(sealed, new byte[0], new byte[0]);
    var patch = new TerminalPatch(
        Optional.of(terminal.imei()),
        Optional.of(terminal.imsi()),
        Optional.of(terminal.app()),
        Optional.of(terminal.profile()),
        Optional.of(terminal.msisdn()),
        Optional.of(terminal.enabled()),
        Optional.of(sealed),
        Optional.empty(),
        Optional.empty());
    return new Provision(
        terminal,
        secrets,
        patch,
        stored -> Arrays.equals(stored.uplinkPassword(), sealed),
        update,
        overwriteSecrets);
  }

  private static TerminalRecord with(TerminalRecord t, String imei, String app) {
    return new TerminalRecord(
        t.serial(), imei, t.imsi(), app, t.profile(), t.msisdn(), t.enabled(), 1_000, 1_000, 1);
  }

  private List<Result> batch(Provision... rows) {
    return await(store.terminals().provision(List.of(rows)));
  }

  /** Verifies that each row of a batch has its own result, that refused ones leave the others alone, and what is stored. */
  @Test
  void rowsOfABatchAreIndependent() {
    application(store, "app");
    provision(store, "app", 1, 2);
    TerminalRecord two = terminal(2, "app");

    List<Result> results = batch(
        asked(two, 7, false),
        asked(with(terminal(3, "app"), terminal(1, "app").imei(), "app"), 0, false),
        asked(with(terminal(4, "app"), two.imei(), "app"), 0, false),
        asked(terminal(5, "none"), 0, false),
        asked(two, 7, false),
        asked(two, 8, false),
        asked(terminal(6, "app"), 9, false));

    assertThat(results)
        .containsExactly(
            Result.CREATED,
            Result.taken("imei"),
            Result.taken("imei"),
            Result.NO_APPLICATION,
            Result.UNCHANGED,
            Result.taken("serial"),
            Result.CREATED);
    var loaded = await(store
        .terminals()
        .load(IntStream.range(1, 7).mapToObj(StoreBench::serial).toList()));
    assertThat(loaded)
        .extracting(t -> t.record().serial())
        .containsExactlyInAnyOrder(serial(1), serial(2), serial(6));
    assertThat(loaded)
        .filteredOn(t -> t.record().serial().equals(serial(2)))
        .allSatisfy(t -> assertThat(t.security().secrets().uplinkPassword()).containsExactly(7));
  }

  /** Verifies that an update changes what differs, counts a revision, may free a number for a later row, and else does nothing. */
  @Test
  void updatesTakeEffectInOrder() {
    application(store, "app");
    application(store, "other");
    batch(asked(terminal(1, "app"), 1, false), asked(terminal(2, "app"), 2, false));
    String free = "990000000000001";

    List<Result> results = batch(
        asked(with(terminal(1, "app"), free, "other"), 3, true),
        asked(with(terminal(2, "app"), terminal(1, "app").imei(), "app"), 2, true),
        asked(with(terminal(2, "app"), terminal(1, "app").imei(), "app"), 2, true),
        asked(terminal(9, "app"), 4, true));
    List<Result> again = batch(asked(with(terminal(1, "app"), free, "other"), 3, true));

    assertThat(results)
        .containsExactly(Result.UPDATED, Result.UPDATED, Result.UNCHANGED, Result.CREATED);
    assertThat(again).containsExactly(Result.UNCHANGED);
    var one = await(store.terminals().load(List.of(serial(1)))).get(0);
    assertThat(one.record().imei()).isEqualTo(free);
    assertThat(one.record().app()).isEqualTo("other");
    assertThat(one.record().revision()).isEqualTo(2);
    assertThat(one.security().secrets().uplinkPassword()).containsExactly(3);
  }

  /** Verifies that a batch leaves secrets alone that a terminal was given since, unless it is told not to, and says so. */
  @Test
  void keepsWhatARotationGave() {
    application(store, "app");
    batch(asked(terminal(1, "app"), 1, false));
    byte[] given = {42};
    var set = new SealedSecrets(given, given, given);
    var rotation = await(store
        .security()
        .open(new NewRotation(
            "R",
            serial(1),
            Rotation.Origin.OPERATOR,
            Set.of("uplinkPassword"),
            set,
            Expiries.NEVER,
            1_000,
            9_000)));
    var used = new Used(rotation.generation(), set, Expiries.NEVER);
    await(store.security().settle(serial(1), used, Optional.empty(), 2_000));
    TerminalRecord moved = with(terminal(1, "app"), "990000000000001", "app");

    assertThat(batch(
            asked(terminal(1, "app"), 1, false),
            asked(moved, 1, true),
            asked(moved, 1, true),
            asked(moved, 42, true)))
        .containsExactly(
            Result.UNCHANGED.keepingSecrets(true),
            Result.UPDATED.keepingSecrets(true),
            Result.UNCHANGED.keepingSecrets(true),
            Result.UNCHANGED);
    assertThat(uplinkPassword(1)).isEqualTo(given);
    assertThat(batch(asked(moved, 1, true, true))).containsExactly(Result.UPDATED);
    assertThat(uplinkPassword(1)).containsExactly(1);
  }

  private byte[] uplinkPassword(int number) {
    var loaded = await(store.terminals().load(List.of(serial(number)))).get(0);
    return loaded.security().secrets().uplinkPassword();
  }

  /** Verifies that a batch larger than a statement's list is stored whole, and found unchanged when it comes again. */
  @Test
  void largeBatchesAreRepeatable() {
    application(store, "app");
    var rows = IntStream.range(0, 700)
        .mapToObj(i -> asked(terminal(i, "app"), i, false))
        .toList();

    assertThat(await(store.terminals().provision(rows)))
        .containsOnly(Result.CREATED)
        .hasSize(700);
    assertThat(await(store.terminals().provision(rows))).containsOnly(Result.UNCHANGED);
    assertThat(await(store.terminals().provision(List.of()))).isEmpty();
  }

  /** Verifies that lists by state follow sessions and records, and page without holes or short pages. */
  @Test
  void statesPage() {
    application(store, "app");
    provision(store, "app", 0, 60);
    for (int i = 0; i < 60; i += 3) {
      committed(store, new Change.PutSession(serial(i), session(5, i % 2 == 0)));
    }
    committed(store, new Change.PutSession(serial(1), SessionState.NONE));
    enable(3, false);
    enable(9, false);
    enable(9, true);
    committed(store, new Change.PutSession(serial(3), session(6, true)));

    assertThat(pages(TerminalState.DISABLED)).containsExactly(serial(3));
    assertThat(pages(TerminalState.ONLINE)).hasSize(10).contains(serial(0), serial(6));
    assertThat(pages(TerminalState.OFFLINE)).hasSize(9).contains(serial(9), serial(15));
    assertThat(pages(TerminalState.NEVER)).hasSize(40).contains(serial(1), serial(59));
    enable(3, true);
    assertThat(pages(TerminalState.ONLINE)).contains(serial(3));
  }

  /** Verifies that a prefix that fits more terminals than are sorted is found in the same order as one that fits few. */
  @Test
  void broadPrefixesPageInOrder() {
    application(store, "app");
    var rows = IntStream.range(0, 2_500)
        .mapToObj(i -> asked(terminal(i, "app"), 1, false))
        .toList();
    await(store.terminals().provision(rows));

    var broad = page(new TerminalFilter(
        Optional.of("app"),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.of("86000")));
    var few = page(new TerminalFilter(
        Optional.empty(),
        Optional.of(TerminalState.NEVER),
        Optional.empty(),
        Optional.empty(),
        Optional.of("46000000000240")));

    assertThat(broad)
        .containsExactlyElementsOf(
            IntStream.range(0, 10).mapToObj(StoreBench::serial).toList());
    assertThat(few)
        .containsExactlyElementsOf(
            IntStream.range(2_400, 2_410).mapToObj(StoreBench::serial).toList());
  }

  /** Verifies that a prefix is looked for in serial, IMEI, IMSI and number, and is no pattern. */
  @Test
  void prefixesRestrictLists() {
    application(store, "a");
    provision(store, "a", 1, 6);

    assertThat(page(query("T00000000000000"))).hasSize(5);
    assertThat(page(query("860000000000005"))).containsExactly(serial(5));
    assertThat(page(query("46000000000000" + 1))).containsExactly(serial(1));
    assertThat(page(query("1384"))).containsExactly(serial(4));
    assertThat(page(query("%"))).isEmpty();
  }

  private static TerminalFilter query(String text) {
    return new TerminalFilter(
        Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), Optional.of(text));
  }

  private List<String> page(TerminalFilter filter) {
    return await(store.terminals().list(filter, Optional.empty(), 10)).items().stream()
        .map(row -> row.terminal().serial())
        .toList();
  }

  private void enable(int number, boolean enabled) {
    var patch = new TerminalPatch(
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.of(enabled),
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
    await(store.terminals().update(serial(number), patch, Optional.empty()));
  }

  private List<String> pages(TerminalState state) {
    var filter = new TerminalFilter(
        Optional.of("app"),
        Optional.of(state),
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
    var seen = new ArrayList<String>();
    Optional<String> cursor = Optional.empty();
    do {
      var page = await(store.terminals().list(filter, cursor, 7));
      page.items().forEach(row -> {
        assertThat(TerminalState.of(row)).isEqualTo(state);
        seen.add(row.terminal().serial());
      });
      assertThat(page.next().isEmpty() || page.items().size() == 7).isTrue();
      cursor = page.next();
    } while (cursor.isPresent());
    assertThat(seen).isSorted().doesNotHaveDuplicates();
    return seen;
  }
}
