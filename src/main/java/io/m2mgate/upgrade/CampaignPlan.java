package io.m2mgate.upgrade;

import io.m2mgate.store.StoredUpgrade;
import io.m2mgate.store.StoredUpgrade.Progress;
import io.m2mgate.store.StoredUpgrade.State;
import io.m2mgate.store.UpgradeItem;
import io.m2mgate.store.UpgradeStore.Count;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** How terminals are dealt out to groups, and how a campaign goes on. Stateless. */
public final class CampaignPlan {
  private CampaignPlan() {}

  /** How many terminals each group gets. */
  public static List<Integer> sizes(UpgradeSpec spec, int total) {
    int[] sizes = new int[spec.groups().size()];
    for (int i = 0; i < total; i++) {
      sizes[spec.groupOf(i, total) - 1]++;
    }
    return Arrays.stream(sizes).boxed().toList();
  }

  /** The group of the terminal of this place, from 1; more than were counted belong to the last. */
  static int group(List<Integer> sizes, int index) {
    int upTo = 0;
    for (int i = 0; i < sizes.size(); i++) {
      upTo += sizes.get(i);
      if (index < upTo) {
        return i + 1;
      }
    }
    return sizes.size();
  }

  /** @param serials in their order */
  public static List<UpgradeItem> items(
      String upgrade, List<String> serials, List<Integer> sizes, long nowMillis) {
    List<UpgradeItem> items = new ArrayList<>();
    for (int i = 0; i < serials.size(); i++) {
      items.add(waiting(upgrade, serials.get(i), group(sizes, i), nowMillis));
    }
    return items;
  }

  static UpgradeItem waiting(String upgrade, String serial, int group, long nowMillis) {
    return new UpgradeItem(
        upgrade, serial, group, UpgradeItem.State.WAITING, "", 0, 0, "", "", nowMillis, 0);
  }

  /** What somebody lets go on: what has failed so far does not count again. */
  public static StoredUpgrade resumed(
      StoredUpgrade upgrade, int groups, List<Count> counts, long nowMillis) {
    Progress progress = upgrade.progress();
    GroupFigures its = GroupFigures.of(progress.group(), counts);
    boolean over = its.open() == 0 && progress.group() < groups;
    return upgrade.at(new Progress(
        State.RUNNING,
        "",
        over ? progress.group() + 1 : progress.group(),
        progress.groupSizes(),
        progress.filledTo(),
        over ? 0 : its.failed(),
        progress.startedMillis(),
        nowMillis,
        0));
  }
}
