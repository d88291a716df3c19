package io.m2mgate.session;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Behaviour 5.4.5. */
class VerificationFailuresTest {
  private static final long T0 = 1_700_000_000_000L;

  private final VerificationFailures failures = new VerificationFailures();

  // Verifies that three wrong digests, ten seconds apart, withhold the heartbeats' answers.
  @Test
  void withholdsAfterThree() {
    failures.wrong(T0);
    failures.wrong(T0 + 10_000);
    assertThat(failures.withholdsHeartbeats()).isFalse();

    failures.wrong(T0 + 20_000);
    assertThat(failures.withholdsHeartbeats()).isTrue();
  }

  // Verifies that a burst counts once.
  @Test
  void countsABurstOnce() {
    for (int i = 0; i < 100; i++) {
      failures.wrong(T0 + i * 99);
    }

    assertThat(failures.withholdsHeartbeats()).isFalse();
  }

  // Verifies that a good digest between them starts the count anew and ends the withholding.
  @Test
  void forgivesAfterGood() {
    failures.wrong(T0);
    failures.wrong(T0 + 10_000);
    failures.good();
    failures.wrong(T0 + 20_000);
    failures.wrong(T0 + 30_000);
    assertThat(failures.withholdsHeartbeats()).isFalse();

    failures.wrong(T0 + 40_000);
    assertThat(failures.withholdsHeartbeats()).isTrue();
    failures.good();
    assertThat(failures.withholdsHeartbeats()).isFalse();
  }

  // Verifies that unsigned data is told of once.
  @Test
  void tellsUnsignedOnce() {
    assertThat(failures.firstUnsigned()).isTrue();
    assertThat(failures.firstUnsigned()).isFalse();
  }
}
