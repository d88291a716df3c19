package io.m2mgate.bridge.webhook;

import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;

/**
 * How a request ended. Immutable.
 *
 * @param status of the answer, 0 where there was none
 * @param reason for people, without anything that was sent or received
 */
record Outcome(Kind kind, int status, String reason, OptionalLong retryAfterMillis) {

  /** What follows from it. */
  enum Kind {
    /** 2xx. */
    DELIVERED,
    /** 410: nothing is wanted any more. */
    GONE,
    /** Anything else; it is tried again. */
    FAILED,
    TIMEOUT,
    /** No request was made: the address is not one that may be called. */
    REFUSED;

    String tag() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  private static final int MOST_DIGITS = 9;

  static Outcome failed(Kind kind, String reason) {
    return new Outcome(kind, 0, reason, OptionalLong.empty());
  }

  /** @param retryAfter the header; only a number of seconds is heeded, and only of 429 and 503 */
  static Outcome answered(int status, Optional<String> retryAfter) {
    var kind = status / 100 == 2 ? Kind.DELIVERED : status == 410 ? Kind.GONE : Kind.FAILED;
    var asked = retryAfter
        .filter(text -> status == 429 || status == 503)
        .filter(text -> text.matches("[0-9]{1," + MOST_DIGITS + "}"))
        .map(text -> OptionalLong.of(TimeUnit.SECONDS.toMillis(Long.parseLong(text))))
        .orElse(OptionalLong.empty());
    var reason = kind == Kind.DELIVERED
        ? ""
        : "answered " + status + (status / 100 == 3 ? ", and redirects are not followed" : "");
    return new Outcome(kind, status, reason, asked);
  }
}
