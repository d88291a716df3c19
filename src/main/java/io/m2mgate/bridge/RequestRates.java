package io.m2mgate.bridge;

import io.m2mgate.store.ApplicationStore.Application;
import io.m2mgate.store.ApplicationStore.Rate;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/** How much each application may still ask, over all its keys, tokens and connections. One entry an application; any thread. */
final class RequestRates {

  private final Rate unless;
  private final Map<String, Filled> byApp = new ConcurrentHashMap<>();

  private record Filled(Rate rate, TokenBucket bucket) {}

  /** @param perSecond of applications without a rate of their own, twice as many at once; 0 = no limit */
  RequestRates(int perSecond) {
    unless = usual(perSecond);
  }

  /** A rate that names no burst takes twice its second at once. */
  static Rate usual(int perSecond) {
    return new Rate(perSecond, (int) Math.min(Integer.MAX_VALUE, 2L * perSecond));
  }

  /** What holds for an application. */
  Rate of(Application application) {
    return application.limits().rate().orElse(unless);
  }

  /** Counts a request; one that is too many is given back as what it is refused with. */
  Optional<Problem> take(Application application, long nowNanos) {
    Rate rate = of(application);
    if (rate.perSecond() == 0) {
      return Optional.empty();
    }
    Filled filled = byApp.compute(
        application.appCode(),
        (app, present) -> present != null && present.rate().equals(rate)
            ? present
            : new Filled(rate, new TokenBucket(rate.perSecond(), rate.burst(), nowNanos)));
    long nanos = filled.bucket().take(nowNanos);
    return nanos == 0 ? Optional.empty() : Optional.of(tooMany(rate, nanos));
  }

  void forget(String app) {
    byApp.remove(app);
  }

  private static Problem tooMany(Rate rate, long nanos) {
    long seconds = Math.max(1, TimeUnit.NANOSECONDS.toSeconds(nanos + 999_999_999L));
    return Problem.of(
            ProblemType.QUOTA_EXCEEDED,
            "the application may ask " + rate.perSecond() + " times a second, " + rate.burst()
                + " at once")
        .with("Retry-After", String.valueOf(seconds));
  }
}
