package io.m2mgate.store;

import static io.m2mgate.store.StoreBench.application;
import static io.m2mgate.store.StoreBench.await;
import static io.m2mgate.store.StoreBench.provision;
import static io.m2mgate.store.StoreBench.serial;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.m2mgate.store.StoredUpgrade.Progress;
import io.m2mgate.store.StoredUpgrade.State;
import io.m2mgate.store.TerminalStore.TerminalPatch;
import io.m2mgate.store.UpgradeStore.Count;
import io.m2mgate.store.UpgradeStore.Step;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What every store does with campaigns. */
abstract class UpgradeContract extends StoreContract {
  private static final Optional<String> NOTHING = Optional.empty();

  private StoredUpgrade campaign(String id, String app, String packageId, int terminals) {
    List<UpgradeItem> items = new ArrayList<>();
    for (int i = 1; i <= terminals; i++) {
      items.add(new UpgradeItem(
          id, serial(i), i == 1 ? 1 : 2, UpgradeItem.State.WAITING, "", 0, 0, "", "", 5, 0));
    }
    var progress = new Progress(State.RUNNING, "", 1, List.of(1, terminals - 1), "", 0, 5, 5, 0);
    return await(store
        .upgrades()
        .create(
            new StoredUpgrade(id, app, packageId, "name", "{\"k\":1}", 5, "admin", progress),
            items));
  }

  private void ready(int terminals) {
    application(store, "app");
    application(store, "other");
    provision(store, "app", 1, terminals + 1);
    await(store
        .packages()
        .create(new StoredPackage(
            "p1", "app", "meter", "1.0", "1.0", "", "", 7, 1, 2, "ab", "", 11, "admin")));
  }

  private List<UpgradeItem> items(String id) {
    return await(store.upgrades().items(id, Set.of(), Optional.empty(), NOTHING, 1000))
        .items()
        .stream()
        .map(UpgradeStore.Standing::item)
        .toList();
  }

  // Verifies that a campaign and its items come back as they were made, to its application alone.
  @Test
  void keepsCampaigns() {
    ready(3);
    StoredUpgrade made = campaign("u1", "app", "p1", 3);
    assertThat(await(store.upgrades().read("u1", Optional.of("app")))).contains(made);
    assertThat(await(store.upgrades().read("u1", Optional.of("other")))).isEmpty();
    assertThat(items("u1")).extracting(UpgradeItem::serial).hasSize(3).isSorted();
    assertThat(await(store.upgrades().counts("u1")))
        .containsExactlyInAnyOrder(
            new Count(1, UpgradeItem.State.WAITING, 1), new Count(2, UpgradeItem.State.WAITING, 2));
    assertThatThrownBy(() -> campaign("u2", "other", "p1", 0)).isInstanceOf(StoreFault.class);
    assertThatThrownBy(() -> await(store.packages().delete("p1", NOTHING)))
        .isInstanceOf(StoreFault.class)
        .hasMessageContaining("upgrade");
  }

  // Verifies that of two who move it on one is told that he came too late.
  @Test
  void movesOnce() {
    ready(1);
    StoredUpgrade made = campaign("u1", "app", "p1", 1);
    assertThat(await(store.upgrades().move(made.to(State.PAUSED, "why", 9), State.RUNNING)))
        .isTrue();
    assertThat(await(store.upgrades().move(made.to(State.FINISHED, "", 9), State.RUNNING)))
        .isFalse();
    StoredUpgrade now = await(store.upgrades().read("u1", NOTHING)).orElseThrow();
    assertThat(now).isEqualTo(made.to(State.PAUSED, "why", 9));
    assertThat(await(store.upgrades().open("", 10))).containsExactly(now);
    assertThat(await(store.upgrades().delete("u1", NOTHING))).isFalse();
    await(store.upgrades().move(now.to(State.CANCELLED, "", 10), State.PAUSED));
    assertThat(await(store.upgrades().open("", 10))).isEmpty();
    assertThat(await(store.upgrades().delete("u1", Optional.of("app")))).isTrue();
    assertThat(await(store.packages().delete("p1", NOTHING))).isTrue();
  }

  // Verifies that an announced item gets a transaction id of its terminal's own, which comes again
  // only after all others, and that a step from another state is not written.
  @Test
  void givesTransactions() {
    ready(2);
    campaign("u1", "app", "p1", 2);
    List<UpgradeItem> before = items("u1");
    List<Step> steps = before.stream()
        .map(item -> new Step(item, item.announced("c" + item.serial(), "0.9", 7)))
        .toList();
    assertThat(await(store.upgrades().write(steps))).isEqualTo(Map.of(serial(1), 1, serial(2), 1));
    assertThat(await(store.upgrades().write(steps))).isEmpty();
    UpgradeItem active = items("u1").get(0);
    assertThat(active).isEqualTo(steps.get(0).after());
    UpgradeItem back = active.to(UpgradeItem.State.WAITING, "again", 3, 8);
    assertThat(await(store.upgrades().write(List.of(new Step(active, back)))))
        .isEqualTo(Map.of(serial(1), 0));
    assertThat(await(
            store.upgrades().write(List.of(new Step(back, back.announced("c9", "0.9", 9))))))
        .isEqualTo(Map.of(serial(1), 2));
  }

  // Verifies that nobody is announced once somebody has paused the campaign, and that what has
  // begun
  // still ends.
  @Test
  void announcesOnlyWhileItRuns() {
    ready(2);
    StoredUpgrade made = campaign("u1", "app", "p1", 2);
    List<UpgradeItem> before = items("u1");
    UpgradeItem begun = before.get(0).announced("c1", "", 7);
    await(store.upgrades().write(List.of(new Step(before.get(0), begun))));
    await(store.upgrades().move(made.to(State.PAUSED, "asked for", 8), State.RUNNING));
    UpgradeItem late = before.get(1).announced("c2", "", 9);
    assertThat(await(store.upgrades().write(List.of(new Step(before.get(1), late)))))
        .isEmpty();
    assertThat(items("u1")).containsExactly(begun, before.get(1));
    UpgradeItem ended = begun.to(UpgradeItem.State.FAILED, "why", 0, 9);
    assertThat(await(store.upgrades().write(List.of(new Step(begun, ended))))).hasSize(1);
  }

  // Verifies that terminals that were announced and gave no sign are found by that.
  @Test
  void findsThoseThatGaveNoSign() {
    ready(2);
    campaign("u1", "app", "p1", 2);
    UpgradeItem first = items("u1").get(0);
    await(store.upgrades().write(List.of(new Step(first, first.announced("c1", "", 7)))));
    var active = Set.of(UpgradeItem.State.ACTIVE);
    assertThat(await(store
                .upgrades()
                .items("u1", active, Optional.of(Set.of("queued", "notified")), NOTHING, 9))
            .items())
        .hasSize(1);
    assertThat(
            await(store.upgrades().items("u1", active, Optional.of(Set.of("notified")), NOTHING, 9))
                .items())
        .isEmpty();
  }

  // Verifies that only terminals that are there and whose time has come are due, and that an
  // announcement without its command is found.
  @Test
  void findsWhatIsToBeDone() {
    ready(3);
    campaign("u1", "app", "p1", 3);
    assertThat(await(store.upgrades().due("u1", 2, 10, 10))).isEmpty();
    assertThat(await(store.upgrades().waiting("u1", 2))).hasSize(2);
    UpgradeItem first = items("u1").get(0);
    await(store.upgrades().write(List.of(new Step(first, first.announced("c1", "", 7)))));
    assertThat(await(store.upgrades().ended("u1", 10)))
        .singleElement()
        .satisfies(it -> assertThat(it.command()).isEmpty());
    assertThat(await(store.upgrades().active("u1", "", 10))).isEmpty();
    assertThat(await(store.upgrades().phases("u1"))).isEqualTo(Map.of("queued", 1));
    assertThat(await(store.upgrades().busy(first.serial(), "u2"))).isEmpty();
    assertThat(await(store.upgrades().item("u1", first.serial()))).isPresent();
    assertThat(await(store.upgrades().item("u1", serial(9)))).isEmpty();
  }

  // Verifies that a terminal that is another application's is due whatever its state is, and that
  // the
  // state is not told.
  @Test
  void keepsQuietOfOthersTerminals() {
    ready(2);
    campaign("u1", "app", "p1", 2);
    UpgradeItem moved = items("u1").get(1);
    var to = new TerminalPatch(
        Optional.empty(),
        Optional.empty(),
        Optional.of("other"),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
    await(store.terminals().update(moved.serial(), to, Optional.empty()));
    assertThat(await(store.upgrades().due("u1", 2, 10, 10))).containsExactly(moved);
    assertThat(await(store.upgrades().item("u1", moved.serial())).orElseThrow().state())
        .isEmpty();
    UpgradeItem stayed = items("u1").get(0);
    assertThat(await(store.upgrades().item("u1", stayed.serial())).orElseThrow().state())
        .contains(TerminalState.NEVER);
  }

  // Verifies that what was found stays found, and that a page that comes twice adds nothing.
  @Test
  void fillsPageByPage() {
    ready(3);
    StoredUpgrade made = campaign("u1", "app", "p1", 0);
    StoredUpgrade preparing = made.to(State.PREPARING, "", 6);
    await(store.upgrades().move(preparing, State.RUNNING));
    UpgradeItem item =
        new UpgradeItem("u1", serial(2), 1, UpgradeItem.State.WAITING, "", 0, 0, "", "", 5, 0);
    await(store.upgrades().fill(preparing, List.of(item)));
    await(store.upgrades().fill(made.to(State.RUNNING, "", 7), List.of(item)));
    assertThat(items("u1")).containsExactly(item);
    await(store.upgrades().fill(preparing, List.of()));
    assertThat(
            await(store.upgrades().read("u1", NOTHING)).orElseThrow().progress().state())
        .isEqualTo(State.RUNNING);
    await(store.terminals().delete(serial(2)));
    assertThat(items("u1")).isEmpty();
  }
}
