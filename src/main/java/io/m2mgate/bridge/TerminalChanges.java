package io.m2mgate.bridge;

import io.m2mgate.session.SessionState;
import io.vertx.core.Future;
import java.util.Collection;
import java.util.Map;

/** How the application side and the lanes speak of terminals. */
public interface TerminalChanges {

  /** Completes when no lane acts on the old record any more; an answer of administration waits for it. */
  Future<Void> changed(String serial);

  /** Wrong proofs of the terminal are forgiven: locks and throttles of it end. */
  void unlock(String serial);

  /**
   * Sessions and facts of those terminals that are in memory, as they are now: ahead of the store, which is told of changes of
   * presence only. Those that do not tell in time are left out; never fails.
   */
  Future<Map<String, SessionState>> live(Collection<String> serials);

  /** {@link #changed(String)} for many at once. */
  default Future<Void> changed(Collection<String> serials) {
    return Future.all(serials.stream().map(this::changed).toList()).mapEmpty();
  }
}
