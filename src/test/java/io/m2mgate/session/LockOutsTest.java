package io.m2mgate.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.m2mgate.session.LockOuts.Consequence;
import io.m2mgate.session.LockOuts.Pass;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Behaviour 5.4.5, "Lock". */
class LockOutsTest {
  private static final long T0 = 1_700_000_000_000L;
  private static final int MOST = 5;
  private static final long WINDOW = 600_000;
  private static final long LOCK = 300_000;
  private static final int PER_SECOND = 3;
  private static final int ENTRIES = 1000;
  private static final String HERE = "192.0.2.1";
  private static final String THERE = "192.0.2.2";

  private final LockOuts lockOuts =
      new LockOuts(new LockOuts.Limits(MOST, WINDOW, LOCK, PER_SECOND, ENTRIES));

  private Set<Consequence> wrong(String serial, String source, long nowMillis) {
    return lockOuts.wrong(serial, source, false, nowMillis);
  }

  // Verifies that the n-th failure locks, that source for that terminal only, until the time is
  // over.
  @Test
  void locksOneSourceForOneTerminal() {
    for (int i = 1; i < MOST; i++) {
      assertThat(wrong("A", HERE, T0)).isEmpty();
      assertThat(lockOuts.pass("A", HERE, T0)).isEqualTo(Pass.OPEN);
    }
    assertThat(wrong("A", HERE, T0)).containsExactly(Consequence.SOURCE_LOCKED);
    assertThat(lockOuts.pass("A", HERE, T0)).isEqualTo(Pass.LOCKED);
    assertThat(lockOuts.pass("A", THERE, T0)).isEqualTo(Pass.OPEN);
    assertThat(lockOuts.pass("B", HERE, T0)).isEqualTo(Pass.OPEN);
    assertThat(lockOuts.pass("A", HERE, T0 + LOCK - 1)).isEqualTo(Pass.LOCKED);
    assertThat(lockOuts.pass("A", HERE, T0 + LOCK)).isEqualTo(Pass.OPEN);
  }

  // Verifies that only failures within the window count together, wherever it begins.
  @Test
  void countsWithinTheWindow() {
    for (int i = 0; i < 20; i++) {
      assertThat(wrong("A", HERE, T0 + i * WINDOW / (MOST - 1))).isEmpty();
    }
    assertThat(wrong("A", HERE, T0 + 20 * WINDOW / (MOST - 1) - 10))
        .containsExactly(Consequence.SOURCE_LOCKED);
  }

  // Verifies that after a lock the counting starts anew.
  @Test
  void startsAnewAfterALock() {
    for (int i = 0; i < MOST; i++) {
      wrong("A", HERE, T0);
    }
    for (int i = 1; i < MOST; i++) {
      assertThat(wrong("A", HERE, T0 + LOCK)).isEmpty();
    }
    assertThat(wrong("A", HERE, T0 + LOCK)).containsExactly(Consequence.SOURCE_LOCKED);
  }

  // Verifies that a good proof clears what its source got wrong, and nobody else.
  @Test
  void isClearedByAGoodProof() {
    for (int i = 1; i < MOST; i++) {
      wrong("A", HERE, T0);
      wrong("A", THERE, T0);
    }
    lockOuts.good("A", HERE);
    assertThat(wrong("A", HERE, T0)).isEmpty();
    assertThat(wrong("A", THERE, T0)).containsExactly(Consequence.SOURCE_LOCKED);
  }

  // Verifies that a terminal's own address is never locked, whatever is sent from there.
  @Test
  void neverLocksTheTerminalsOwnAddress() {
    for (int i = 0; i < 10 * MOST; i++) {
      assertThat(lockOuts.wrong("A", HERE, true, T0)).isEmpty();
    }
    assertThat(lockOuts.pass("A", HERE, T0)).isEqualTo(Pass.OPEN);
  }

  // Verifies that failures from many sources throttle the terminal's proofs to one a second, tell
  // of
  // the attack once a window, and end with the window.
  @Test
  void throttlesAnAttackedTerminal() {
    int failures = 0;
    while (failures < 10 * MOST) {
      assertThat(wrong("A", "192.0.2." + failures++, T0)).isEmpty();
      assertThat(lockOuts.pass("A", THERE, T0)).isEqualTo(Pass.OPEN);
    }
    assertThat(wrong("A", "192.0.2." + failures, T0))
        .containsExactly(Consequence.TERMINAL_ATTACKED);
    assertThat(wrong("A", "192.0.2.100", T0)).isEmpty();
    assertThat(lockOuts.pass("A", "192.0.2.200", T0 + 1000)).isEqualTo(Pass.OPEN);
    assertThat(lockOuts.pass("A", "192.0.2.201", T0 + 1999)).isEqualTo(Pass.THROTTLED);
    assertThat(lockOuts.pass("A", "192.0.2.202", T0 + 2000)).isEqualTo(Pass.OPEN);
    assertThat(lockOuts.pass("B", "192.0.2.202", T0 + 2000)).isEqualTo(Pass.OPEN);
    assertThat(lockOuts.pass("A", "192.0.2.203", T0 + WINDOW)).isEqualTo(Pass.OPEN);
    assertThat(lockOuts.pass("A", "192.0.2.204", T0 + WINDOW)).isEqualTo(Pass.OPEN);
  }

  // Verifies that a source that is wrong for many terminals is throttled, and never locked.
  @Test
  void throttlesASourceThatAttacksManyTerminals() {
    for (int i = 0; i < 10 * MOST; i++) {
      assertThat(wrong("T" + i, HERE, T0)).isEmpty();
    }
    assertThat(wrong("T", HERE, T0)).containsExactly(Consequence.SOURCE_THROTTLED);
    for (int i = 0; i < PER_SECOND; i++) {
      assertThat(lockOuts.pass("U" + i, HERE, T0)).isEqualTo(Pass.OPEN);
    }
    assertThat(lockOuts.pass("V", HERE, T0)).isEqualTo(Pass.THROTTLED);
    assertThat(lockOuts.pass("V", THERE, T0)).isEqualTo(Pass.OPEN);
    assertThat(lockOuts.pass("V", HERE, T0 + 1000)).isEqualTo(Pass.OPEN);
  }

  // Verifies that an operator can lift a lock, of one terminal and no other.
  @Test
  void isLiftedByAnOperator() {
    for (int i = 0; i < MOST; i++) {
      wrong("A", HERE, T0);
      wrong("B", HERE, T0);
    }
    assertThat(lockOuts.unlock("A")).isTrue();
    assertThat(lockOuts.unlock("A")).isFalse();
    assertThat(lockOuts.pass("A", HERE, T0)).isEqualTo(Pass.OPEN);
    assertThat(lockOuts.pass("B", HERE, T0)).isEqualTo(Pass.LOCKED);
  }

  // Verifies that its memory is bounded: what was used longest ago goes first.
  @Test
  void isBounded() {
    for (int i = 0; i < MOST; i++) {
      wrong("first", HERE, T0);
    }
    for (int i = 0; i < 10 * ENTRIES; i++) {
      wrong("T" + i, "192.0.2." + i, T0);
      lockOuts.pass("first", HERE, T0);
    }
    assertThat(lockOuts.size()).isEqualTo(ENTRIES);
    assertThat(lockOuts.pass("first", HERE, T0)).isEqualTo(Pass.LOCKED);
  }
}
