package io.m2mgate.bridge;

import static org.assertj.core.api.Assertions.assertThat;

import io.m2mgate.store.ApplicationStore.Application;
import io.m2mgate.store.ApplicationStore.Limits;
import io.m2mgate.store.ApplicationStore.Rate;
import io.m2mgate.store.ApplicationStore.Relay;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class TokenBucketTest {

  private static final long SECOND = 1_000_000_000L;

  /** Verifies that a burst is let through, and then so many a second as time passes. */
  @Test
  void letsBurstAndThenRateThrough() {
    // GIVEN
    var bucket = new TokenBucket(4, 6, 0);

    // WHEN, THEN
    assertThat(IntStream.range(0, 6).mapToLong(i -> bucket.take(0))).containsOnly(0L);
    assertThat(bucket.take(0)).isEqualTo(SECOND / 4);
    assertThat(bucket.take(SECOND / 8)).isEqualTo(SECOND / 8);
    assertThat(bucket.take(SECOND / 4)).isZero();
    assertThat(bucket.take(SECOND / 4)).isPositive();
  }

  /** Verifies that a long quiet time fills it no further than its burst, and that a clock that goes back takes nothing away. */
  @Test
  void holdsNoMoreThanItsBurst() {
    // GIVEN
    var bucket = new TokenBucket(1_000, 2, 100 * SECOND);

    // WHEN, THEN
    assertThat(bucket.take(50 * SECOND)).isZero();
    assertThat(bucket.take(1_000 * SECOND)).isZero();
    assertThat(bucket.take(1_000 * SECOND)).isZero();
    assertThat(bucket.take(1_000 * SECOND)).isPositive();
  }

  /** Verifies that applications have rates of their own, that a changed one holds at once, and that 0 is no limit. */
  @Test
  void keepsApplicationsApart() {
    // GIVEN
    var rates = new RequestRates(1);
    var usual = application("usual", Optional.empty());
    var free = application("free", Optional.of(new Rate(0, 1)));

    // WHEN, THEN
    assertThat(rates.take(usual, 0)).isEmpty();
    assertThat(rates.take(usual, 0)).isEmpty();
    var refused = rates.take(usual, 0).orElseThrow();
    assertThat(refused.type()).isEqualTo(ProblemType.QUOTA_EXCEEDED);
    assertThat(refused.headers()).containsEntry("Retry-After", "1");
    assertThat(IntStream.range(0, 100).filter(i -> rates.take(free, 0).isEmpty()))
        .hasSize(100);
    assertThat(rates.take(application("usual", Optional.of(new Rate(1, 1))), 0)).isEmpty();
  }

  private static Application application(String code, Optional<Rate> rate) {
    return new Application(
        code, code, Set.of(), true, Relay.CLOSED, new Limits(rate, List.of()), 0);
  }
}
