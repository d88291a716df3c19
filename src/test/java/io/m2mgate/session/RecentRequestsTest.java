package io.m2mgate.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.m2mgate.session.RecentRequest.Stage;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Ground rule 3, "Window per terminal", and ground rule 4, "copies join". */
class RecentRequestsTest {
  private static final long SESSION = 1_700_000_000;
  private static final long HASH = 0x1234_5678_9ABC_DEF0L;
  private static final long T0 = 1_700_000_000_000L;
  private static final long RETRY = 270_000;

  private final RecentRequests recent = new RecentRequests();
  private final Origin origin = FakeOrigin.at("a");

  // Verifies that the same sequence and content of one session is a copy, answered or not.
  @Test
  void knowsTheSameBytes() {
    RecentRequest first = recent.add(SESSION, 5, HASH, origin, T0);

    assertThat(recent.copyOf(SESSION, 5, HASH, T0)).containsSame(first);

    first.done(0);
    first.markAnswered();
    assertThat(recent.copyOf(SESSION, 5, HASH, T0 + 1)).containsSame(first);
  }

  // Verifies that another content under the same sequence is no copy.
  @Test
  void tellsContentsApart() {
    recent.add(SESSION, 5, HASH, origin, T0);

    assertThat(recent.copyOf(SESSION, 5, HASH + 1, T0 + 20_000)).isEmpty();
  }

  // Verifies that a new sequence joins an unanswered request, but no sooner than ten seconds later.
  @Test
  void joinsNewSequenceWhileUnanswered() {
    RecentRequest first = recent.add(SESSION, 5, HASH, origin, T0);

    assertThat(recent.copyOf(SESSION, 6, HASH, T0 + 9_999)).isEmpty();
    assertThat(recent.copyOf(SESSION, 6, HASH, T0 + 10_000)).containsSame(first);
  }

  // Verifies that the ten seconds count from the latest copy.
  @Test
  void countsFromLatestCopy() {
    RecentRequest first = recent.add(SESSION, 5, HASH, origin, T0);
    first.copy(6, origin, T0 + 15_000);

    assertThat(recent.copyOf(SESSION, 7, HASH, T0 + 24_999)).isEmpty();
    assertThat(recent.copyOf(SESSION, 7, HASH, T0 + 25_000)).containsSame(first);
  }

  // Verifies that after the answer a new sequence is a second reading.
  @Test
  void takesSecondReadingAfterAnswer() {
    RecentRequest first = recent.add(SESSION, 5, HASH, origin, T0);
    first.done(0);
    first.markAnswered();

    assertThat(recent.copyOf(SESSION, 6, HASH, T0 + 60_000)).isEmpty();
  }

  // Verifies that an answer that was never sent leaves the request open for a copy.
  @Test
  void joinsWhenAnswerWasNotSent() {
    RecentRequest first = recent.add(SESSION, 5, HASH, origin, T0);
    first.done(0);

    assertThat(recent.copyOf(SESSION, 6, HASH, T0 + 90_000)).containsSame(first);
  }

  // Verifies that the same sequence of another session counts as a new one.
  @Test
  void keepsSessionsApart() {
    RecentRequest first = recent.add(SESSION, 5, HASH, origin, T0);
    first.done(0);
    first.markAnswered();

    assertThat(recent.copyOf(SESSION + 60, 5, HASH, T0 + 20_000)).isEmpty();
  }

  // Verifies that an equal request under another sequence is suspected within the retry time only.
  @Test
  void suspectsWithinRetryTime() {
    recent.add(SESSION, 5, HASH, origin, T0);

    assertThat(recent.suspects(SESSION, 6, HASH, T0 + RETRY, RETRY)).isTrue();
    assertThat(recent.suspects(SESSION, 6, HASH, T0 + RETRY + 1, RETRY)).isFalse();
    assertThat(recent.suspects(SESSION, 6, HASH + 1, T0 + 1, RETRY)).isFalse();
    assertThat(recent.suspects(SESSION, 5, HASH, T0 + 1, RETRY)).isFalse();
  }

  // Verifies that a new session that counts from the start again does not hide a repeat.
  @Test
  void suspectsSameSequenceOfAnotherSession() {
    RecentRequest first = recent.add(SESSION, 3, HASH, origin, T0);
    first.done(0);
    first.markAnswered();

    assertThat(recent.suspects(SESSION + 60, 3, HASH, T0 + 60_000, RETRY)).isTrue();
  }

  // Verifies that the window holds the last eight requests.
  @Test
  void holdsEight() {
    for (int i = 0; i < 9; i++) {
      recent.add(SESSION, i, HASH + i, origin, T0);
    }

    assertThat(recent.copyOf(SESSION, 0, HASH, T0)).isEmpty();
    for (int i = 1; i < 9; i++) {
      assertThat(recent.copyOf(SESSION, i, HASH + i, T0)).as("request %d", i).isPresent();
    }
  }

  // Verifies that a request leaves the window after 300 s, unless the store still has it.
  @Test
  void forgetsAfterFiveMinutes() {
    RecentRequest done = recent.add(SESSION, 1, HASH, origin, T0);
    done.done(0);
    RecentRequest pending = recent.add(SESSION, 2, HASH + 1, origin, T0);

    assertThat(recent.copyOf(SESSION, 1, HASH, T0 + 300_000)).containsSame(done);
    assertThat(recent.copyOf(SESSION, 1, HASH, T0 + 300_001)).isEmpty();
    assertThat(recent.copyOf(SESSION, 2, HASH + 1, T0 + 600_000)).containsSame(pending);
  }

  // Verifies that a copy takes the answer to its own sequence and place, and that both
  // sequences stay known.
  @Test
  void answersLatestCopy() {
    RecentRequest first = recent.add(SESSION, 5, HASH, origin, T0);
    Origin other = FakeOrigin.at("b");

    first.copy(6, other, T0 + 15_000);

    assertThat(first.sequence()).isEqualTo(6);
    assertThat(first.origin()).isSameAs(other);
    assertThat(first.copies()).isEqualTo(2);
    assertThat(first.acceptedMillis()).isEqualTo(T0);
    assertThat(first.lastCopyMillis()).isEqualTo(T0 + 15_000);
    assertThat(recent.copyOf(SESSION, 5, HASH, T0 + 15_001)).containsSame(first);
    assertThat(recent.copyOf(SESSION, 6, HASH, T0 + 15_001)).containsSame(first);
  }

  // Verifies the stages: refused by the store, tried again, done.
  @Test
  void goesThroughStages() {
    RecentRequest request = recent.add(SESSION, 5, HASH, origin, T0);
    assertThat(request.stage()).isEqualTo(Stage.PENDING);

    request.unserved();
    request.markAnswered();
    assertThat(request.stage()).isEqualTo(Stage.UNSERVED);

    request.retry();
    assertThat(request.stage()).isEqualTo(Stage.PENDING);
    assertThat(request.answered()).isFalse();

    request.done(3);
    assertThat(request.stage()).isEqualTo(Stage.DONE);
    assertThat(request.result()).isEqualTo(3);
  }

  // Verifies that stored requests are known after a restart, the newest eight of them, with their
  // results and as answered.
  @Test
  void restores() {
    List<UplinkMark> newestFirst = new ArrayList<>();
    for (int i = 10; i >= 1; i--) {
      newestFirst.add(new UplinkMark(SESSION, i, HASH + i, i == 10 ? 3 : 0, T0 + i));
    }

    recent.restore(newestFirst);

    assertThat(recent.copyOf(SESSION, 10, HASH + 10, T0 + 20)).hasValueSatisfying(known -> {
      assertThat(known.stage()).isEqualTo(Stage.DONE);
      assertThat(known.result()).isEqualTo(3);
    });
    assertThat(recent.copyOf(SESSION, 3, HASH + 3, T0 + 20)).isPresent();
    assertThat(recent.copyOf(SESSION, 2, HASH + 2, T0 + 20)).isEmpty();
    assertThat(recent.copyOf(SESSION, 11, HASH + 10, T0 + 60_000)).isEmpty();
    assertThat(recent.suspects(SESSION, 11, HASH + 10, T0 + 60_000, RETRY)).isTrue();
  }

  // Verifies that the oldest restored request is the first to leave.
  @Test
  void restoresInOrder() {
    recent.restore(List.of(
        new UplinkMark(SESSION, 2, HASH + 2, 0, T0 + 2),
        new UplinkMark(SESSION, 1, HASH + 1, 0, T0 + 1)));
    for (int i = 3; i < 10; i++) {
      recent.add(SESSION, i, HASH + i, origin, T0);
    }

    assertThat(recent.copyOf(SESSION, 1, HASH + 1, T0)).isEmpty();
    assertThat(recent.copyOf(SESSION, 2, HASH + 2, T0)).isPresent();
  }

  // Verifies that an unsigned heartbeat leaves no trace.
  @Test
  void keepsNoTraceOfPassing() {
    RecentRequest passing = recent.passing(7, origin, T0);

    assertThat(passing.sequence()).isEqualTo(7);
    assertThat(recent.copyOf(0, 7, 0, T0)).isEmpty();
    assertThat(recent.suspects(0, 8, 0, T0, RETRY)).isFalse();
  }
}
