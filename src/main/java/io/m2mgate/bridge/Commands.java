package io.m2mgate.bridge;

import io.m2mgate.store.StoredCommand;
import io.vertx.core.Future;
import java.util.Optional;

/** What applications and administration may do with commands. May be used from any thread; futures complete where they were asked. */
public interface Commands {

  /**
   * A command that was asked for.
   *
   * @param replayed it is the one that the same idempotency key made before
   */
  record Asked(StoredCommand command, boolean replayed) {}

  /** Why a command was not taken, without a stack trace. */
  final class Refused extends RuntimeException {
    /** Why. */
    public enum Why {
      /** Its idempotency key was used for another request. */
      KEY_REUSED,
      /** Too many of its terminal's are open. */
      QUEUE_FULL,
      /** Too many of its application's are open. */
      QUOTA,
      /** Mode immediate, and the terminal is not there. */
      OFFLINE,
      /** Mode immediate, and the terminal has nothing to log in with before it registers. */
      NOT_REGISTERED
    }

    private final Why why;

    public Refused(Why why, String message) {
      super(message, null, false, false);
      this.why = why;
    }

    public Why why() {
      return why;
    }
  }

  /**
   * What was asked with an idempotency key before. Fails with {@link Refused} where that was another request, and as the store does.
   *
   * @param key empty for none
   * @param hash of the request
   */
  Future<Optional<Asked>> replay(String app, String serial, String key, long hash);

  /** Durable when it completes. Fails with {@link Refused}, and as the store does. */
  Future<Asked> create(StoredCommand.Head head);

  /** Ends an open one; empty when it has ended before. One that was sent may have been carried out. */
  Future<Optional<StoredCommand>> cancel(StoredCommand command);

  /**
   * The command once it has ended, or as it is when that takes longer.
   *
   * @param millis at most
   */
  Future<StoredCommand> await(StoredCommand command, long millis);

  /**
   * Ends the open ones of a terminal as cancelled. Fails as the store does.
   *
   * @param app whose stay, or empty
   * @param reason that they show
   */
  Future<Void> cancelAll(String serial, Optional<String> app, String reason);
}
