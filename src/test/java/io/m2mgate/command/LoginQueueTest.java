package io.m2mgate.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.m2mgate.bus.Opening;
import io.m2mgate.bus.Opening.Proof;
import io.m2mgate.dictionary.Command;
import io.m2mgate.security.RequestFrames;
import io.m2mgate.session.FakeOrigin;
import io.m2mgate.session.Inbound;
import io.m2mgate.session.SampleTerminal;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Behaviour 5.3.2, "Overload". */
class LoginQueueTest {
  private static final long T0 = 1_700_000_000_000L;

  /** 100 a second, bursts of 10, four may wait for 12 s. */
  private final LoginQueue queue = new LoginQueue(100, 4, 12_000, T0);

  private static Opening login(int sequence) {
    var frame = RequestFrames.unsigned(RequestFrames.of(Command.LOGIN, sequence));
    return new Opening(
        new Inbound(frame, FakeOrigin.at("a"), T0),
        Optional.empty(),
        RequestFrames.DIALECT,
        RequestFrames.DIALECT.command(Command.LOGIN),
        frame.bodyOffset(),
        frame.bodyLength(),
        Proof.good(SampleTerminal.identity(), false));
  }

  private void drain() {
    while (queue.admit(T0)) {
      assertThat(queue.isEmpty()).isTrue();
    }
  }

  // Verifies that a burst is admitted at once and then the rate, neither more nor less.
  @Test
  void admitsAtItsRate() {
    int atOnce = 0;
    while (queue.admit(T0)) {
      atOnce++;
    }
    assertThat(atOnce).isEqualTo(5);

    int admitted = 0;
    for (int milli = 1; milli <= 10_000; milli++) {
      admitted += queue.admit(T0 + milli) ? 1 : 0;
    }
    assertThat(admitted).isBetween(999, 1000);
  }

  // Verifies that a long pause saves up no more than one burst.
  @Test
  void savesOneBurst() {
    drain();
    int admitted = 0;
    while (queue.admit(T0 + 3_600_000)) {
      admitted++;
    }
    assertThat(admitted).isEqualTo(5);
  }

  // Verifies that a queue of many begins with few, and has its rate when it has served as many.
  @Test
  void beginsSlowly() {
    LoginQueue many = new LoginQueue(2_000, 10, 12_000, T0);
    int first = 0;
    int later = 0;
    for (int milli = 0; milli < 6_000; milli++) {
      for (int i = 0; i < 10 && many.admit(T0 + milli); i++) {
        first += milli < 1_000 ? 1 : 0;
        later += milli >= 5_000 ? 1 : 0;
      }
    }
    assertThat(first).isBetween(200, 400);
    assertThat(later).isBetween(1_990, 2_010);
  }

  // Verifies that a clock that is put back does not stop logins for as long as it was ahead.
  @Test
  void survivesAClockPutBack() {
    drain();

    assertThat(queue.admit(T0 - 3_600_000)).isFalse();
    assertThat(queue.admit(T0 - 3_600_000 + 20)).isTrue();
  }

  // Verifies that nobody overtakes those that wait, that they come in order, and spared ones first.
  @Test
  void keepsOrder() {
    Opening first = login(1);
    Opening second = login(2);
    Opening spared = login(3);
    drain();
    queue.await(first, false, T0);
    queue.await(second, false, T0);
    queue.await(spared, true, T0);

    assertThat(queue.next(T0)).isEmpty();
    assertThat(queue.admit(T0 + 1000)).isFalse();
    assertThat(queue.next(T0 + 1000)).containsSame(spared);
    assertThat(queue.next(T0 + 1000)).containsSame(first);
    assertThat(queue.next(T0 + 1000)).containsSame(second);
    assertThat(queue.next(T0 + 1000)).isEmpty();
    assertThat(queue.isEmpty()).isTrue();
    assertThat(queue.admit(T0 + 1000)).isTrue();
  }

  // Verifies that no more wait than may, and that either kind has its half.
  @Test
  void boundsWhatWaits() {
    int others = 0;
    while (queue.await(login(others), false, T0)) {
      others++;
    }
    assertThat(others).isBetween(2, 4);

    assertThat(queue.await(login(5), true, T0)).isTrue();
    assertThat(queue.await(login(6), true, T0)).isTrue();
  }

  // Verifies that patience ends at its time, for either kind.
  @Test
  void losesPatience() {
    Opening spared = login(1);
    Opening other = login(2);
    queue.await(other, false, T0);
    queue.await(spared, true, T0 + 1);

    assertThat(queue.overdue(T0 + 11_999)).isEmpty();
    assertThat(queue.overdue(T0 + 12_000)).containsSame(other);
    assertThat(queue.overdue(T0 + 12_000)).isEmpty();
    assertThat(queue.overdue(T0 + 12_001)).containsSame(spared);
    assertThat(queue.isEmpty()).isTrue();
  }

  // Verifies that a rate below ten still admits one login at a time.
  @Test
  void admitsAtLeastOne() {
    LoginQueue slow = new LoginQueue(0.5, 4, 12_000, T0);

    assertThat(slow.admit(T0)).isTrue();
    assertThat(slow.admit(T0 + 1999)).isFalse();
    assertThat(slow.admit(T0 + 2001)).isTrue();
  }
}
