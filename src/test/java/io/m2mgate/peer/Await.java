package io.m2mgate.peer;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Bounded waits on conditions, for what has no socket to block on. */
public final class Await {
  public static final Duration PATIENCE = Duration.ofSeconds(15);
  private static final long POLL_NANOS = 5_000_000;

  private Await() {}

  public static void until(String what, Duration patience, BooleanSupplier condition) {
    value(what, patience, () -> condition.getAsBoolean() ? Optional.of(true) : Optional.empty());
  }

  public static <T> T value(String what, Duration patience, Supplier<Optional<T>> source) {
    long deadline = System.nanoTime() + patience.toNanos();
    Optional<T> value = source.get();
    while (value.isEmpty()) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError("no " + what + " within " + patience);
      }
      LockSupport.parkNanos(POLL_NANOS);
      value = source.get();
    }
    return value.get();
  }
}
