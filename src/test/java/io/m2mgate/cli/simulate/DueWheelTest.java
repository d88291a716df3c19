package io.m2mgate.cli.simulate;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class DueWheelTest {
  private static final long BEGIN = Long.MAX_VALUE - 1_000;
  private static final long TURN = TimeUnit.MILLISECONDS.toNanos(DueWheel.SLOT_MILLIS);

  private final DueWheel<Due> wheel = new DueWheel<>(BEGIN);
  private final List<Due> looked = new ArrayList<>();
  private long now = BEGIN;

  private static final class Due extends DueWheel.Entry {
    private long atNanos;
  }

  private void turn() {
    now += TURN;
    wheel.turn(now, (due, time) -> looked.add(due));
  }

  private Due put(long waitNanos) {
    var due = new Due();
    due.atNanos = now + waitNanos;
    wheel.put(due, now, waitNanos);
    return due;
  }

  // Verifies that everybody is looked at once, not before his time and not more than a turn behind
  // it,
  // however often he was moved, also where the clock overflows.
  @Test
  void looksInTime() {
    var random = new SplittableRandom(1);
    List<Due> waiting = new ArrayList<>();
    for (int i = 0; i < 2_000; i++) {
      waiting.add(put(random.nextLong(TURN * 500)));
    }
    for (int turns = 0; turns < 600; turns++) {
      if (turns < 100) {
        Due moved = waiting.get(random.nextInt(waiting.size()));
        long wait = random.nextLong(TURN * 300);
        moved.atNanos = now + wait;
        wheel.put(moved, now, wait);
      }
      turn();
      for (Due due : looked) {
        assertThat(now - due.atNanos).isBetween(0L, 2 * TURN);
        assertThat(waiting.remove(due)).isTrue();
      }
      looked.clear();
    }
    assertThat(waiting).isEmpty();
  }

  // Verifies that who is taken out is not looked at, and who is put in while others are looked at
  // waits for the next turn.
  @Test
  void leavesOutAndPutsOff() {
    Due out = put(0);
    Due in = put(0);
    wheel.remove(out);
    now += TURN;
    wheel.turn(now, (due, time) -> {
      looked.add(due);
      wheel.put(due, time, 0);
    });
    assertThat(looked).containsExactly(in);
    turn();
    assertThat(looked).containsExactly(in, in);
  }

  // Verifies that who is due further away than the wheel reaches is looked at too soon rather than
  // never.
  @Test
  void looksEarlyAtWhatIsFar() {
    Due far = put(TimeUnit.DAYS.toNanos(1));
    for (int turns = 0; turns < 5_000; turns++) {
      turn();
    }
    assertThat(looked).containsExactly(far);
  }
}
