package io.m2mgate.upgrade;

import static org.assertj.core.api.Assertions.assertThat;

import io.m2mgate.store.StoredUpgrade;
import io.m2mgate.store.TerminalState;
import io.m2mgate.store.TerminalStore.TerminalFilter;
import io.m2mgate.store.UpgradeItem.State;
import io.m2mgate.store.UpgradeStore.Count;
import io.m2mgate.upgrade.UpgradeSpec.Group;
import java.time.DayOfWeek;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What a campaign does next, by its figures. */
class CampaignRulesTest {
  private static final Group TENTH = new Group(10, 80, 20);
  private static final Group REST = new Group(90, 80, 20);

  private static UpgradeSpec spec(Group... groups) {
    return new UpgradeSpec(
        Optional.empty(),
        List.of(groups),
        0,
        0,
        List.of(),
        ZoneId.of("UTC"),
        100,
        2,
        60_000,
        600_000);
  }

  // Verifies that the rules come back as they were stored.
  @Test
  void keepsItsRules() {
    var filter = new TerminalFilter(
        Optional.of("app"),
        Optional.of(TerminalState.ONLINE),
        Optional.of(true),
        Optional.of("wmmp-3"),
        Optional.of("A97"));
    var rules = new UpgradeSpec(
        Optional.of(filter),
        List.of(TENTH, REST),
        17,
        18,
        List.of(new Window(LocalTime.of(1, 30), LocalTime.of(4, 0), Set.of(DayOfWeek.MONDAY))),
        ZoneId.of("Asia/Shanghai"),
        7,
        3,
        4_000,
        5_000);
    assertThat(UpgradeSpec.of(rules.toJson(), "app")).isEqualTo(rules);
    assertThat(UpgradeSpec.of(spec(REST).toJson(), "app")).isEqualTo(spec(REST));
  }

  // Verifies that shares are rounded up, that they come to the whole, and that nobody is left out.
  @Test
  void dealsTerminalsOut() {
    var rules = spec(TENTH, REST);
    assertThat(CampaignPlan.sizes(rules, 1000)).containsExactly(100, 900);
    assertThat(CampaignPlan.sizes(rules, 7)).containsExactly(1, 6);
    assertThat(CampaignPlan.sizes(rules, 0)).containsExactly(0, 0);
    var thirds = spec(new Group(33, 0, 1), new Group(33, 0, 1), new Group(34, 0, 1));
    for (int total : new int[] {1, 2, 3, 10, 101, 99_999}) {
      assertThat(CampaignPlan.sizes(thirds, total).stream()
              .mapToInt(Integer::intValue)
              .sum())
          .isEqualTo(total);
    }
    assertThat(IntStream.range(0, 8).map(i -> CampaignPlan.group(List.of(1, 6), i)))
        .containsExactly(1, 2, 2, 2, 2, 2, 2, 2);
  }

  // Verifies that it pauses with the failure that reaches the threshold and not before, and after
  // a resume only for new ones.
  @Test
  void pausesAtItsThreshold() {
    assertThat(figures(0, 19, 81).tooManyFailures(TENTH, 0)).isEmpty();
    assertThat(figures(0, 20, 80).tooManyFailures(TENTH, 0))
        .hasValueSatisfying(why -> assertThat(why).contains("20 of 100", "20 %"));
    assertThat(figures(0, 39, 61).tooManyFailures(TENTH, 20)).isEmpty();
    assertThat(figures(0, 40, 60).tooManyFailures(TENTH, 20)).isPresent();
    assertThat(figures(0, 0, 0).tooManyFailures(TENTH, 0)).isEmpty();
  }

  private static GroupFigures figures(int succeeded, int failed, int open) {
    return GroupFigures.of(
        1,
        List.of(
            new Count(1, State.SUCCEEDED, succeeded),
            new Count(1, State.FAILED, failed),
            new Count(1, State.WAITING, open),
            new Count(2, State.FAILED, 1_000)));
  }

  // Verifies when the next group begins, and that a group which cannot get there any more says so.
  @Test
  void waitsForSuccess() {
    assertThat(figures(79, 5, 16).isDone(TENTH)).isFalse();
    assertThat(figures(80, 5, 15).isDone(TENTH)).isTrue();
    assertThat(figures(79, 5, 16).tooFewSuccesses(TENTH)).isEmpty();
    assertThat(figures(79, 21, 0).tooFewSuccesses(TENTH)).isPresent();
    assertThat(figures(0, 0, 0).isDone(TENTH)).isTrue();
  }

  // Verifies that a resumed campaign forgives what has failed, and leaves a group behind of which
  // nothing is open.
  @Test
  void resumes() {
    var counts = List.of(new Count(1, State.FAILED, 30), new Count(1, State.WAITING, 70));
    assertThat(resumed(counts))
        .extracting(StoredUpgrade.Progress::group, StoredUpgrade.Progress::forgiven)
        .containsExactly(1, 30L);
    assertThat(resumed(List.of(new Count(1, State.FAILED, 30))))
        .extracting(StoredUpgrade.Progress::group, StoredUpgrade.Progress::forgiven)
        .containsExactly(2, 0L);
  }

  private static StoredUpgrade.Progress resumed(List<Count> counts) {
    var progress = new StoredUpgrade.Progress(
        StoredUpgrade.State.PAUSED, "why", 1, List.of(100, 900), "", 0, 1, 1, 0);
    var upgrade = new StoredUpgrade("id", "app", "p", "", "{}", 1, "admin", progress);
    return CampaignPlan.resumed(upgrade, 2, counts, 9).progress();
  }
}
