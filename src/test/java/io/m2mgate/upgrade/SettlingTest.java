package io.m2mgate.upgrade;

import static org.assertj.core.api.Assertions.assertThat;

import io.m2mgate.store.StoredCommand;
import io.m2mgate.store.StoredCommand.Head;
import io.m2mgate.store.StoredCommand.Mode;
import io.m2mgate.store.StoredCommand.Progress;
import io.m2mgate.store.StoredCommand.Type;
import io.m2mgate.store.StoredCommand.Wake;
import io.m2mgate.store.StoredUpgrade;
import io.m2mgate.store.TerminalState;
import io.m2mgate.store.UpgradeItem;
import io.m2mgate.store.UpgradeItem.State;
import io.m2mgate.store.UpgradeStore.Standing;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** What becomes of a terminal's part when its command ends, and what is said of it. */
class SettlingTest {
  private static final long RETRY = 60_000;
  private static final UpgradeItem ACTIVE =
      new UpgradeItem("u", "S", 1, State.WAITING, "", 0, 0, "", "", 1, 0).announced("c", "1.0", 2);

  private static Standing standing(StoredCommand.State state, String reason, String result) {
    var head = new Head(
        "c",
        "S",
        "app",
        Type.UPGRADE,
        "upgrade:u",
        Mode.QUEUE,
        Wake.NONE,
        false,
        true,
        "{}",
        null,
        "",
        0,
        2,
        9);
    var progress = new Progress(state, reason, 1, 7, "tcp", -1, result, 3, 3, 3, 0);
    return new Standing(
        ACTIVE, Optional.of(new StoredCommand(head, progress)), Optional.of(TerminalState.ONLINE));
  }

  // Verifies that an announcement that never became a command was no attempt, so that a kill costs
  // a terminal none of its retries.
  @Test
  void countsOnlyWhatWasStored() {
    var lost = new Standing(ACTIVE, Optional.empty(), Optional.of(TerminalState.ONLINE));
    UpgradeItem again = Settling.settled(lost, 0, RETRY, 5);
    assertThat(again.state()).isEqualTo(State.WAITING);
    assertThat(again.attempts()).isZero();
    assertThat(again.notBeforeMillis()).isZero();
  }

  // Verifies that a refusal says what the terminal answered, and when it is told anew.
  @Test
  void saysWhatTheTerminalAnswered() {
    var refused = standing(
        StoredCommand.State.REJECTED,
        "failed",
        "{\"code\":5,\"name\":\"failed\",\"phase\":\"failed\"}");
    assertThat(Settling.settled(refused, 0, RETRY, 5))
        .isEqualTo(ACTIVE.to(State.FAILED, "the terminal answered 5 (failed)", 0, 5));
    UpgradeItem again = Settling.settled(refused, 1, RETRY, 5);
    assertThat(again.state()).isEqualTo(State.WAITING);
    assertThat(again.reason()).isEqualTo("attempt 1 failed: the terminal answered 5 (failed)");
    assertThat(again.notBeforeMillis()).isEqualTo(5 + RETRY);
    var given = standing(
        StoredCommand.State.FAILED, "aborted", "{\"phase\":\"aborted\",\"cause\":\"full\"}");
    assertThat(Settling.settled(given, 0, RETRY, 5))
        .isEqualTo(ACTIVE.to(State.ABORTED, "full", 0, 5));
  }

  // Verifies that one that installs is said to install, and why where the command knows.
  @Test
  void explainsWhoInstalls() {
    assertThat(why("{\"phase\":\"installing\"}")).isEqualTo("the terminal installs");
    assertThat(why("{\"cause\":\"it still has 1.0\"}")).isEqualTo("it still has 1.0");
  }

  private static String why(String result) {
    var spec =
        new UpgradeSpec(Optional.empty(), List.of(), 0, 0, List.of(), ZoneOffset.UTC, 1, 0, 0, 0);
    var upgrade = new StoredUpgrade(
        "u",
        "app",
        "p",
        "",
        spec.toJson(),
        1,
        "admin",
        new StoredUpgrade.Progress(StoredUpgrade.State.RUNNING, "", 1, List.of(1), "", 0, 1, 1, 0));
    return Explanation.why(
        standing(StoredCommand.State.ACKED, "installing", result), upgrade, spec, Instant.EPOCH);
  }

  // Verifies that as many steps as a fleet of millions takes end, and that a failure ends them.
  @Test
  void takesManySteps() {
    Queue<Promise<Boolean>> asked = new ArrayDeque<>();
    AtomicInteger left = new AtomicInteger(50_000);
    Future<Void> all = Steps.repeat(() -> {
      Promise<Boolean> step = Promise.promise();
      asked.add(step);
      return step.future();
    });
    while (!asked.isEmpty()) {
      asked.remove().complete(left.decrementAndGet() > 0);
    }
    assertThat(all.succeeded()).isTrue();
    assertThat(left).hasValue(0);
    assertThat(Steps.repeat(() -> Future.failedFuture("away")).failed()).isTrue();
  }
}
