package io.m2mgate.session;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Behaviour 5.4.5, "Refusals are counted". */
class RefusalLogTest {
  private static final long T0 = 1_700_000_000_000L;

  private final RefusalLog log = new RefusalLog();

  // Verifies that one terminal and code is told once a minute, however often it comes between.
  @Test
  void tellsOnceAMinute() {
    assertThat(log.tell("A", "digestRefused", T0)).isTrue();
    for (int i = 1; i < 60; i++) {
      assertThat(log.tell("A", "digestRefused", T0 + i * 1000)).isFalse();
    }
    assertThat(log.tell("A", "digestRefused", T0 + 60_000)).isTrue();
  }

  // Verifies that other terminals and other codes are told for themselves.
  @Test
  void tellsEachForItself() {
    assertThat(log.tell("A", "digestRefused", T0)).isTrue();
    assertThat(log.tell("B", "digestRefused", T0)).isTrue();
    assertThat(log.tell("A", "tryLater", T0)).isTrue();
  }

  // Verifies that its memory is bounded: what it forgets is told again, what is in use it keeps.
  @Test
  void isBounded() {
    log.tell("first", "x", T0);
    log.tell("used", "x", T0);
    for (int i = 0; i < 9_999; i++) {
      assertThat(log.tell("T" + i, "x", T0)).isTrue();
      log.tell("used", "x", T0);
    }

    assertThat(log.tell("used", "x", T0)).isFalse();
    assertThat(log.tell("first", "x", T0)).isTrue();
  }
}
