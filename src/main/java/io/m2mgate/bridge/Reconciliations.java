package io.m2mgate.bridge;

import io.m2mgate.store.Reconciliation;
import io.m2mgate.store.TerminalStore.TerminalFilter;
import io.vertx.core.Future;
import java.util.List;
import java.util.Optional;

/** What administration may do with the desired parameters of many terminals at once. May be used from any thread. */
public interface Reconciliations {

  /**
   * What somebody wants.
   *
   * @param by as the audit names them
   * @param serials ascending, each once; empty for all of the filter
   */
  record Wish(
      String by,
      String app,
      TerminalFilter filter,
      List<String> serials,
      int ratePerSecond,
      int cap,
      boolean dryRun,
      boolean overrideAttempts) {}

  /**
   * @param ratePerSecond without a word, and at most
   * @param cap without a word, and at most
   * @param maxSerials that may be named
   */
  record Limits(int ratePerSecond, int maxRatePerSecond, int cap, int maxCap, int maxSerials) {}

  Limits limits();

  /** Durable when it completes; empty when too many are open. */
  Future<Optional<Reconciliation>> start(Wish wish);

  /** Asks nobody any more but the one that it is at; false when it had ended. What was asked stays asked. */
  Future<Boolean> cancel(String id);
}
