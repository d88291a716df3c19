package io.m2mgate.bridge;

import io.vertx.core.Future;
import java.util.Collection;

/** How administration tells the lanes that a terminal's record changed. */
public interface TerminalChanges {

  /** Completes when no lane acts on the old record any more; an answer of administration waits for it. */
  Future<Void> changed(String serial);

  /** Wrong proofs of the terminal are forgiven: locks and throttles of it end. */
  void unlock(String serial);

  /** {@link #changed(String)} for many at once. */
  default Future<Void> changed(Collection<String> serials) {
    return Future.all(serials.stream().map(this::changed).toList()).mapEmpty();
  }
}
