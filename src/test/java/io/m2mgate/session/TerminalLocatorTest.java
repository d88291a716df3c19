package io.m2mgate.session;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TerminalLocatorTest {
  private static final String SERIAL = SampleTerminal.SERIAL;

  private final TerminalLocator locator = new TerminalLocator();

  // Verifies that the first lane to ask has the terminal and everybody is told so.
  @Test
  void givesToTheFirst() {
    assertThat(locator.claim(SERIAL, 1)).isEqualTo(TerminalLocator.CLAIMED);
    assertThat(locator.claim(SERIAL, 0)).isEqualTo(1);
    assertThat(locator.claim(SERIAL, 1)).isEqualTo(1);
    assertThat(locator.laneOf(SERIAL, 9)).isEqualTo(1);
    assertThat(locator.laneOf("another", 9)).isEqualTo(9);
  }

  // Verifies that only the lane that serves a terminal hands it over or gives it up.
  @Test
  void obeysTheOwnerOnly() {
    locator.claim(SERIAL, 0);

    assertThat(locator.handOver(SERIAL, 1, 2)).isFalse();
    locator.release(SERIAL, 1);
    assertThat(locator.laneOf(SERIAL, 9)).isZero();

    assertThat(locator.handOver(SERIAL, 0, 2)).isTrue();
    assertThat(locator.claim(SERIAL, 0)).isEqualTo(2);
    locator.release(SERIAL, 2);
    assertThat(locator.claim(SERIAL, 0)).isEqualTo(TerminalLocator.CLAIMED);
  }
}
