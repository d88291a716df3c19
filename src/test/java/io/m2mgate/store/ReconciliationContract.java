package io.m2mgate.store;

import static io.m2mgate.store.StoreBench.application;
import static io.m2mgate.store.StoreBench.await;
import static io.m2mgate.store.StoreBench.committed;
import static io.m2mgate.store.StoreBench.provision;
import static io.m2mgate.store.StoreBench.serial;
import static io.m2mgate.store.StoreBench.session;
import static org.assertj.core.api.Assertions.assertThat;

import io.m2mgate.store.DesiredSet.Desired;
import io.m2mgate.store.Reconciliation.Ask;
import io.m2mgate.store.Reconciliation.Item;
import io.m2mgate.store.Reconciliation.Progress;
import io.m2mgate.store.Reconciliation.Stage;
import io.m2mgate.store.Reconciliation.State;
import io.m2mgate.store.TerminalStore.TerminalFilter;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every store does for reconciliations: keeps them, their terminals and their progress, and finds who is to be looked at. */
abstract class ReconciliationContract extends StoreContract {
  private static final int MANY = 10;
  private static final Store.Retention FOR_A_SECOND =
      new Store.Retention(10_000, 1_000, 1 << 20, 1_000, 1 << 20, 1_000, 1_000, 1);

  @BeforeEach
  void provisionSome() {
    application(store, "app");
    application(store, "other");
    provision(store, "app", 1, 6);
    provision(store, "other", 6, 7);
  }

  private static TerminalFilter of(String app, TerminalState state, String query) {
    return new TerminalFilter(
        Optional.of(app),
        Optional.ofNullable(state),
        Optional.empty(),
        Optional.empty(),
        Optional.ofNullable(query));
  }

  private static Ask ask(String id, TerminalFilter filter, String... serials) {
    return new Ask(
        id, "admin", "app", filter, List.of(serials), 10, 100, true, false, 1_000, 9_000);
  }

  private static Item item(int terminal, Stage stage, String reason, String command) {
    return new Item(
        serial(terminal), stage, reason, List.of("heartbeat-interval", "apn"), command, 2_000);
  }

  private static Progress progress(String after, Map<Stage, Long> counts) {
    return new Progress(State.RUNNING, "", after, true, true, 7, counts, 3_000, 0);
  }

  private void desire(int terminal) {
    var value = new Desired(0x11, "heartbeat-interval", "60", 1, "C", false, List.of(), "", 0);
    committed(
        store,
        new Change.PutDesired(serial(terminal), DesiredSet.NONE.asked(List.of(value), List.of())));
  }

  private List<String> desiring(
      TerminalFilter filter, List<String> serials, String after, int limit) {
    return await(store.parameters().desiring(filter, serials, after, limit)).stream()
        .map(row -> row.terminal().serial())
        .toList();
  }

  /** Verifies that what was asked comes back as it was, over a restart, and that so many may be open. */
  @Test
  void keepsWhatWasAsked() {
    Ask first = ask("R1", of("app", TerminalState.ONLINE, "T00"), serial(1), serial(3));
    Ask second = ask("R2", of("app", null, null));
    assertThat(await(store.reconciliations().create(first, 2))).isTrue();
    assertThat(await(store.reconciliations().create(second, 2))).isTrue();
    assertThat(await(store.reconciliations().create(ask("R3", of("app", null, null)), 2)))
        .isFalse();
    reopen(options());
    assertThat(await(store.reconciliations().open()))
        .extracting(Reconciliation::ask)
        .containsExactly(first, second);
    Progress begun = await(store.reconciliations().read("R1")).orElseThrow().progress();
    assertThat(begun.state()).isEqualTo(State.RUNNING);
    assertThat(begun.scanned()).isFalse();
    assertThat(begun.count(Stage.WAITING)).isZero();
    assertThat(await(store.reconciliations().read("R3"))).isEmpty();
    var page = await(store.reconciliations().list(Optional.empty(), 1));
    assertThat(page.items()).extracting(Reconciliation::id).containsExactly("R2");
    assertThat(await(store.reconciliations().list(page.next(), 1)).items())
        .extracting(Reconciliation::id)
        .containsExactly("R1");
  }

  /** Verifies that progress and terminals are kept together, a terminal once, and are found by stage and page. */
  @Test
  void keepsHowFarItCame() {
    await(store.reconciliations().create(ask("R1", of("app", null, null)), MANY));
    Item asked = item(1, Stage.ASKED, "", "C1");
    Item waits = item(2, Stage.WAITING, "it is not there", "");
    Item skipped = item(3, Stage.SKIPPED, "why", "");
    Progress now = progress(
        serial(3),
        Map.of(
            Stage.WAITING,
            1L,
            Stage.ASKED,
            1L,
            Stage.CONFIRMED,
            0L,
            Stage.DRIFT,
            0L,
            Stage.SKIPPED,
            1L));
    assertThat(await(store.reconciliations().save("R1", now, List.of(asked, waits, skipped))))
        .isTrue();
    assertThat(await(store.reconciliations().read("R1")).orElseThrow().progress())
        .isEqualTo(now);
    assertThat(await(store.reconciliations().unsettled("R1", "", 9))).containsExactly(asked, waits);
    assertThat(await(store.reconciliations().unsettled("R1", serial(1), 9))).containsExactly(waits);

    Item confirmed = item(1, Stage.CONFIRMED, "", "C1");
    await(store.reconciliations().save("R1", now, List.of(confirmed)));
    assertThat(await(store.reconciliations().unsettled("R1", "", 9))).containsExactly(waits);
    var page = await(store.reconciliations().items("R1", Optional.empty(), Optional.empty(), 2));
    assertThat(page.items()).containsExactly(confirmed, waits);
    assertThat(await(store.reconciliations().items("R1", Optional.empty(), page.next(), 2))
            .items())
        .containsExactly(skipped);
    assertThat(await(store
                .reconciliations()
                .items("R1", Optional.of(Stage.SKIPPED), Optional.empty(), 2))
            .items())
        .containsExactly(skipped);
  }

  /** Verifies that all terminals of a turn are kept, however many. */
  @Test
  void keepsManyAtOnce() {
    await(store.reconciliations().create(ask("R1", of("app", null, null)), MANY));
    List<Item> all =
        IntStream.range(0, 90).mapToObj(i -> item(i, Stage.ASKED, "", "C" + i)).toList();
    await(store.reconciliations().save("R1", progress("", Map.of()), all));
    await(store.reconciliations().save("R1", progress("", Map.of()), all.subList(0, 70)));
    assertThat(await(store.reconciliations().unsettled("R1", "", 100))).isEqualTo(all);
  }

  /** Verifies that one ends once, keeps what its last turn still brought, and goes with its terminals when retention says so. */
  @Test
  void endsOnce() {
    await(store.reconciliations().create(ask("R1", of("app", null, null)), 1));
    await(store.reconciliations().create(ask("R2", of("app", null, null)), MANY));
    assertThat(await(store.reconciliations().end("R1", State.CANCELLED, "why", 5_000)))
        .isTrue();
    assertThat(await(store.reconciliations().end("R1", State.FINISHED, "", 6_000)))
        .isFalse();
    Item late = item(1, Stage.ASKED, "", "C1");
    assertThat(await(store
            .reconciliations()
            .save("R1", progress(serial(1), Map.of(Stage.ASKED, 1L)), List.of(late))))
        .isFalse();
    await(store.reconciliations().save("R2", progress("", Map.of()), List.of(late)));
    Progress ended = await(store.reconciliations().read("R1")).orElseThrow().progress();
    assertThat(ended.state()).isEqualTo(State.CANCELLED);
    assertThat(ended.reason()).isEqualTo("why");
    assertThat(ended.finishedMillis()).isEqualTo(5_000);
    assertThat(ended.count(Stage.ASKED)).isEqualTo(1);
    assertThat(await(store.reconciliations().open()))
        .extracting(Reconciliation::id)
        .containsExactly("R2");

    await(store.sweep(FOR_A_SECOND));
    assertThat(await(store.reconciliations().read("R1"))).isEmpty();
    assertThat(await(store.reconciliations().items("R1", Optional.empty(), Optional.empty(), 9))
            .items())
        .isEmpty();
    assertThat(await(store.reconciliations().unsettled("R2", "", 9))).containsExactly(late);
  }

  /** Verifies that those are found of which something is desired, by filter and by serial, page by page. */
  @Test
  void findsWhoIsDesiring() {
    List.of(1, 2, 4, 6).forEach(this::desire);
    committed(
        store,
        new Change.PutDesired(
            serial(2),
            await(store.parameters().read(serial(2))).desired().asked(List.of(), List.of(0x11))));
    committed(store, new Change.PutSession(serial(4), session(2_000, true)));
    TerminalFilter all = of("app", null, null);
    assertThat(desiring(all, List.of(), "", 9)).containsExactly(serial(1), serial(4));
    assertThat(desiring(all, List.of(), "", 1)).containsExactly(serial(1));
    assertThat(desiring(all, List.of(), serial(1), 9)).containsExactly(serial(4));
    assertThat(desiring(all, List.of(serial(4), serial(5), serial(6)), "", 9))
        .containsExactly(serial(4));
    assertThat(desiring(of("app", TerminalState.NEVER, null), List.of(), "", 9))
        .containsExactly(serial(1));
    assertThat(desiring(of("app", null, "T000000000000004"), List.of(), "", 9))
        .containsExactly(serial(4));
    assertThat(desiring(of("other", null, null), List.of(), "", 9)).containsExactly(serial(6));
    assertThat(await(store.parameters().desiring(all, List.of(), serial(1), 9))
            .get(0)
            .sessions()
            .online())
        .isTrue();
  }
}
