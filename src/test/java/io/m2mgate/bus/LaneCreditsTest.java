package io.m2mgate.bus;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Design 7, "lane". */
class LaneCreditsTest {

  // Verifies that pressure begins at three quarters of the frames and ends at half of them.
  @Test
  void pressesByFrames() {
    LaneCredits credits = new LaneCredits(8, 1_000_000);
    take(credits, 5, 10);
    assertThat(credits.pressed()).isFalse();

    take(credits, 1, 10);
    assertThat(credits.pressed()).isTrue();
    credits.give(10);
    assertThat(credits.pressed()).isTrue();
    credits.give(10);
    assertThat(credits.pressed()).isFalse();

    take(credits, 1, 10);
    assertThat(credits.pressed()).isFalse();
  }

  // Verifies the same of bytes, and that pressure ends only when both are back at half.
  @Test
  void pressesByBytes() {
    LaneCredits credits = new LaneCredits(8, 1000);
    take(credits, 1, 740);
    assertThat(credits.pressed()).isFalse();
    take(credits, 1, 10);
    assertThat(credits.pressed()).isTrue();
    assertThat(credits.bytes()).isEqualTo(750);

    take(credits, 3, 10);
    credits.give(740);
    assertThat(credits.bytes()).isEqualTo(40);
    assertThat(credits.pressed()).isFalse();

    take(credits, 1, 710);
    assertThat(credits.pressed()).isTrue();
    take(credits, 1, 10);
    credits.give(710);
    assertThat(credits.frames()).isEqualTo(5);
    assertThat(credits.pressed()).isTrue();
    credits.give(10);
    assertThat(credits.pressed()).isFalse();
  }

  // Verifies that the last credit of either kind is the last.
  @Test
  void runsOut() {
    LaneCredits credits = new LaneCredits(4, 100);
    take(credits, 3, 10);
    assertThat(credits.exhausted()).isFalse();
    take(credits, 1, 10);
    assertThat(credits.exhausted()).isTrue();
    credits.give(10);
    assertThat(credits.exhausted()).isFalse();

    LaneCredits bytes = new LaneCredits(100, 100);
    bytes.take(100);
    assertThat(bytes.exhausted()).isTrue();
    bytes.give(100);
    assertThat(bytes.frames()).isZero();
    assertThat(bytes.pressed()).isFalse();
  }

  private static void take(LaneCredits credits, int frames, int bytes) {
    for (int i = 0; i < frames; i++) {
      credits.take(bytes);
    }
  }
}
