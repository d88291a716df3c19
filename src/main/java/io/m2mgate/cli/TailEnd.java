package io.m2mgate.cli;

import java.util.Optional;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How far a stream was shown, and its orderly end: however it ends, also by a signal, the last offset is told, once. Written by the
 * thread that shows, read by that of the signal.
 */
final class TailEnd {
  private static final Logger LOG = LoggerFactory.getLogger(TailEnd.class);

  private final Consumer<Optional<Long>> teller;
  private final Thread atSignal = new Thread(this::ended, "m2mgate-tail-end");
  private volatile long last = -1;
  private volatile long shown;

  /** @param teller is given the last offset; nothing when no event was shown */
  TailEnd(Consumer<Optional<Long>> teller) {
    this.teller = teller;
  }

  /** How many were shown. */
  long shown() {
    return shown;
  }

  Optional<Long> last() {
    return last < 0 ? Optional.empty() : Optional.of(last);
  }

  /** Whether it was not shown before the connection broke. */
  boolean isNew(long offset) {
    return offset > last;
  }

  void show(long offset) {
    last = offset;
    shown = shown + 1;
  }

  /** From now on a signal ends the process with 0. */
  void watchSignals() {
    Runtime.getRuntime().addShutdownHook(atSignal);
  }

  /** It has ended without a signal. */
  void close() {
    try {
      Runtime.getRuntime().removeShutdownHook(atSignal);
      teller.accept(last());
    } catch (IllegalStateException stopping) {
      LOG.debug("a signal came meanwhile, and its thread tells the offset");
    }
  }

  private void ended() {
    teller.accept(last());
    // The machine would report the signal instead.
    Runtime.getRuntime().halt(Main.DONE);
  }
}
