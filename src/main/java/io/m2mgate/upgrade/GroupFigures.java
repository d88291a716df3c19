package io.m2mgate.upgrade;

import io.m2mgate.store.UpgradeItem.State;
import io.m2mgate.store.UpgradeStore.Count;
import java.util.List;
import java.util.Optional;

/**
 * How one group of a campaign stands.
 *
 * @param total of its terminals
 * @param succeeded that have the version, those that had it before too
 * @param failed for good
 * @param open that wait or are under way
 */
record GroupFigures(int group, int total, int succeeded, int failed, int open) {

  static GroupFigures of(int group, List<Count> counts) {
    int total = 0;
    int succeeded = 0;
    int failed = 0;
    int open = 0;
    for (Count count : counts) {
      if (count.group() == group) {
        total += count.count();
        succeeded +=
            count.state() == State.SUCCEEDED || count.state() == State.SKIPPED ? count.count() : 0;
        failed += count.state().isFailure() ? count.count() : 0;
        open += count.state().isEnd() ? 0 : count.count();
      }
    }
    return new GroupFigures(group, total, succeeded, failed, open);
  }

  /**
   * Why the campaign is to pause; empty while it may go on.
   *
   * @param forgiven failures that were seen when somebody let it go on
   */
  Optional<String> tooManyFailures(UpgradeSpec.Group rule, long forgiven) {
    long counted = failed - forgiven;
    if (total == 0 || counted <= 0 || counted * 100 < (long) rule.error() * total) {
      return Optional.empty();
    }
    return Optional.of("group " + group + ": " + counted + " of " + total
        + " terminals failed" + (forgiven > 0 ? " since it was resumed" : "")
        + ", the error threshold is " + rule.error() + " %");
  }

  boolean isDone(UpgradeSpec.Group rule) {
    return (long) succeeded * 100 >= (long) rule.success() * total;
  }

  /** Why the next group does not begin though nothing of this one is open; empty where it may. */
  Optional<String> tooFewSuccesses(UpgradeSpec.Group rule) {
    return open > 0 || isDone(rule)
        ? Optional.empty()
        : Optional.of("group " + group + ": " + succeeded + " of " + total
            + " terminals have the version, the success threshold is " + rule.success() + " %");
  }
}
