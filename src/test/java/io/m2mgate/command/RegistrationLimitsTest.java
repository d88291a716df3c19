package io.m2mgate.command;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RegistrationLimitsTest {
  private static final long T0 = 1_700_000_000_000L;

  private static int admitted(RegistrationLimits limits, String source, int tries, long nowMillis) {
    int admitted = 0;
    for (int i = 0; i < tries; i++) {
      admitted += limits.admit(source, nowMillis) ? 1 : 0;
    }
    return admitted;
  }

  // Verifies that a source gets its own rate, and takes nothing from others beyond it.
  @Test
  void limitsASource() {
    RegistrationLimits limits = new RegistrationLimits(6, 20);
    assertThat(admitted(limits, "192.0.2.7", 100, T0)).isEqualTo(6);
    assertThat(admitted(limits, "192.0.2.8", 100, T0)).isEqualTo(6);
    assertThat(admitted(limits, "192.0.2.7", 100, T0 + 10_000)).isEqualTo(1);
    assertThat(admitted(limits, "192.0.2.7", 100, T0 + 3_600_000)).isEqualTo(6);
  }

  // Verifies that all sources together stay below the rate of all, however many they are.
  @Test
  void limitsAll() {
    RegistrationLimits limits = new RegistrationLimits(6, 20);
    int all = 0;
    for (int i = 0; i < 30_000; i++) {
      all += limits.admit("source " + i, T0) ? 1 : 0;
    }
    assertThat(all).isEqualTo(20);
    assertThat(admitted(limits, "192.0.2.7", 10, T0 + 3_000)).isEqualTo(1);
  }

  // Verifies that a clock that was put back takes nothing away.
  @Test
  void bearsAClockThatWasPutBack() {
    RegistrationLimits limits = new RegistrationLimits(2, 20);
    assertThat(admitted(limits, "192.0.2.7", 1, T0)).isEqualTo(1);
    assertThat(admitted(limits, "192.0.2.7", 5, T0 - 60_000)).isEqualTo(1);
  }
}
