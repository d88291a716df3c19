package io.m2mgate.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.m2mgate.wire.Seeds;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Ground rule 3, "Replay rule in a session". */
class SequenceWindowTest {

  /** What the rule says, word by word: the highest, and those within 64 below it that were seen. */
  private static final class Naive {
    private final Set<Integer> seen = new HashSet<>();
    private boolean any;
    private int highest;

    boolean isNew(int sequence) {
      int ahead = sequence - highest;
      return !any || ahead > 0 || ahead < 0 && ahead >= -64 && !seen.contains(sequence);
    }

    void mark(int sequence) {
      seen.add(sequence);
      if (!any || sequence - highest > 0) {
        highest = sequence;
        any = true;
        seen.removeIf(old -> highest - old < 0 || highest - old > 64);
      }
    }
  }

  // Verifies that the first sequence of a session is new, whatever it is.
  @ParameterizedTest
  @ValueSource(ints = {0, 1, -1, Integer.MAX_VALUE, Integer.MIN_VALUE})
  void takesAnyFirstSequence(int first) {
    SequenceWindow window = new SequenceWindow();

    assertThat(window.isNew(first)).isTrue();

    window.mark(first);
    assertThat(window.isNew(first)).isFalse();
    assertThat(window.isNew(first + 1)).isTrue();
  }

  // Verifies that exactly the 64 sequences below the highest may still come, each once.
  @ParameterizedTest
  @ValueSource(ints = {1000, 10, 0, Integer.MIN_VALUE + 3, -5})
  void takesLateOnesWithinSixtyFour(int highest) {
    SequenceWindow window = new SequenceWindow();
    window.mark(highest);

    for (int behind = 1; behind <= 64; behind++) {
      assertThat(window.isNew(highest - behind)).as("%d below", behind).isTrue();
      window.mark(highest - behind);
      assertThat(window.isNew(highest - behind)).as("%d below, again", behind).isFalse();
    }
    assertThat(window.isNew(highest - 65)).isFalse();
  }

  // Verifies that the sequence goes on over the top of 32 bits.
  @Test
  void wrapsAround() {
    SequenceWindow window = new SequenceWindow();
    window.mark(-2);

    assertThat(window.isNew(1)).isTrue();

    window.mark(1);
    assertThat(window.isNew(-2)).isFalse();
    assertThat(window.isNew(-1)).isTrue();
    assertThat(window.isNew(0)).isTrue();
    assertThat(window.isNew(2)).isTrue();
  }

  // Verifies that any order of sequences is judged as the rule's words judge it.
  @Test
  void agreesWithTheRule() {
    Seeds.forAll(300, random -> {
      SequenceWindow window = new SequenceWindow();
      Naive naive = new Naive();
      int around = random.nextInt();
      for (int i = 0; i < 400; i++) {
        int sequence = random.nextInt(50) == 0 ? random.nextInt() : around;
        sequence += random.nextInt(150) - 75;
        around += random.nextInt(8) == 0 ? random.nextInt(100) : random.nextInt(3);
        assertThat(window.isNew(sequence)).as("%d", sequence).isEqualTo(naive.isNew(sequence));
        if (window.isNew(sequence) || random.nextInt(4) == 0) {
          window.mark(sequence);
          naive.mark(sequence);
        }
      }
    });
  }

  // Verifies that after a restart nothing at or below a stored sequence is new.
  @Test
  void closesWhatWasBeforeRestart() {
    SequenceWindow window = new SequenceWindow();

    window.restore(100);
    window.restore(90);

    assertThat(window.isNew(101)).isTrue();
    for (int sequence = 30; sequence <= 100; sequence++) {
      assertThat(window.isNew(sequence)).isFalse();
    }
    window.mark(103);
    assertThat(window.isNew(102)).isTrue();
    assertThat(window.isNew(100)).isFalse();
    assertThat(window.isNew(40)).isFalse();
  }
}
