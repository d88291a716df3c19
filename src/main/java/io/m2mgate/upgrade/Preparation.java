package io.m2mgate.upgrade;

import io.m2mgate.store.Page;
import io.m2mgate.store.Store;
import io.m2mgate.store.StoredUpgrade;
import io.m2mgate.store.StoredUpgrade.Progress;
import io.m2mgate.store.StoredUpgrade.State;
import io.m2mgate.store.TerminalStore.TerminalFilter;
import io.m2mgate.store.TerminalStore.TerminalRow;
import io.m2mgate.store.UpgradeItem;
import io.m2mgate.store.UpgradeStore.Count;
import io.vertx.core.Future;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Finds the terminals of a campaign, a page at a time; what was found stays found. Stateless but for its parts. */
final class Preparation {
  private static final int PAGE = 1000;

  private final Store store;
  private final InstantSource clock;

  Preparation(Store store, InstantSource clock) {
    this.store = store;
    this.clock = clock;
  }

  /** One page further. Always true: there is more to do at once. */
  Future<Boolean> go(StoredUpgrade upgrade, UpgradeSpec spec) {
    TerminalFilter filter = spec.filter().orElseThrow();
    if (upgrade.progress().groupSizes().isEmpty()) {
      return store
          .terminals()
          .count(filter)
          .compose(total -> store
              .upgrades()
              .move(
                  at(upgrade, State.PREPARING, CampaignPlan.sizes(spec, total), ""),
                  State.PREPARING));
    }
    String from = upgrade.progress().filledTo();
    Optional<String> cursor = from.isEmpty() ? Optional.empty() : Optional.of(from);
    return store
        .upgrades()
        .counts(upgrade.id())
        .compose(counts -> store
            .terminals()
            .list(filter, cursor, PAGE)
            .compose(page -> fill(upgrade, page, found(counts))))
        .map(true);
  }

  private Future<Void> fill(StoredUpgrade upgrade, Page<TerminalRow> page, int before) {
    List<Integer> sizes = upgrade.progress().groupSizes();
    List<UpgradeItem> items = new ArrayList<>();
    for (TerminalRow row : page.items()) {
      int group = CampaignPlan.group(sizes, before + items.size());
      items.add(CampaignPlan.waiting(upgrade.id(), row.terminal().serial(), group, clock.millis()));
    }
    State next = page.next().isPresent() ? State.PREPARING : State.RUNNING;
    return store.upgrades().fill(at(upgrade, next, sizes, page.next().orElse("")), items);
  }

  private static int found(List<Count> counts) {
    return counts.stream().mapToInt(Count::count).sum();
  }

  private StoredUpgrade at(StoredUpgrade upgrade, State state, List<Integer> sizes, String to) {
    Progress progress = upgrade.progress();
    return upgrade.at(new Progress(
        state,
        "",
        progress.group(),
        sizes,
        to,
        0,
        state == State.RUNNING ? clock.millis() : 0,
        clock.millis(),
        0));
  }
}
