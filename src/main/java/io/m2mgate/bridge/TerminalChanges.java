package io.m2mgate.bridge;

import io.vertx.core.Future;
import java.util.Collection;

/** How administration tells the lanes that a terminal's record changed. */
@FunctionalInterface
public interface TerminalChanges {

  /** Completes when no lane acts on the old record any more; an answer of administration waits for it. */
  Future<Void> changed(String serial);

  /** The same for many at once. */
  default Future<Void> changed(Collection<String> serials) {
    return Future.all(serials.stream().map(this::changed).toList()).mapEmpty();
  }
}
