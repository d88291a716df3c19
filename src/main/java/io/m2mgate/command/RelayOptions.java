package io.m2mgate.command;

import io.m2mgate.store.ApplicationStore.Application;
import java.util.Optional;
import java.util.function.Function;

/**
 * What terminals may send to others.
 *
 * @param applications who takes what of whom, as it is now; asked from any thread, never waits
 * @param expiresMillis after which what the other terminal did not take is given up
 * @param maxOfTerminal open commands of the other terminal, of whatever kind, beside which one more is taken
 * @param maxOfApplication the same of the other terminal's application
 */
public record RelayOptions(
    Function<String, Optional<Application>> applications,
    long expiresMillis,
    int maxOfTerminal,
    int maxOfApplication) {

  /** An application takes what its own terminals send, and what those of applications that it lists do. */
  boolean takes(String app, String from) {
    return app.equals(from)
        || applications
            .apply(app)
            .filter(it -> it.relay().from().contains(from))
            .isPresent();
  }

  /** Whether data from a terminal waits for those of its terminals that are not there. */
  boolean queues(String app) {
    return applications.apply(app).filter(it -> !it.relay().queues()).isEmpty();
  }
}
