package io.m2mgate.bridge;

import io.m2mgate.store.StoredWebhook;
import io.vertx.core.Future;
import java.util.Optional;
import java.util.function.Supplier;

/** Who posts events for the webhooks of the store. May be used from any thread. */
public interface Webhooks {

  Limits limits();

  /** What is wrong with a URL, as far as it says; empty where nothing is. A name is judged at each request. */
  Optional<String> refuses(String url);

  /**
   * Changes a webhook while nothing of it is under way, and goes by what the store says then. Fails as the work does.
   *
   * @param app whose it is
   * @param id of the webhook
   */
  <T> Future<T> change(String app, String id, Supplier<Future<T>> work);

  /** Goes by the replays that the store names, without touching the webhook itself. */
  Future<Void> replaysChanged(String id);

  /** How it goes; nothing where it was not tried since the start. */
  Standing standing(String id);

  /** Posts an event that is in no log. Fails with a {@link Problem} where too much of the application is under way. */
  Future<Attempt> test(StoredWebhook webhook);

  /**
   * Bounds of what may be asked for; all of them are settings.
   *
   * @param max webhooks of an application
   * @param inFlight of a webhook that names no number
   * @param replaysKept of a webhook that have ended
   */
  record Limits(
      int max,
      int inFlight,
      int inFlightMax,
      int batchEvents,
      int batchBytes,
      int batchDelayMillis,
      int replaysKept,
      int overlapSeconds,
      int overlapMaxSeconds) {}

  /**
   * @param failures in a row, without any success between
   * @param retrying requests that failed and are tried again; their terminals are held back
   * @param lastStatus of the last answer, 0 where there was none
   * @param lastReason what was wrong at the last attempt, or nothing
   * @param nextAttemptMillis when something that failed is tried again, 0 where nothing waits for that
   */
  record Standing(
      int failures,
      int retrying,
      int lastStatus,
      String lastReason,
      long lastAttemptMillis,
      long nextAttemptMillis) {
    public static final Standing UNTRIED = new Standing(0, 0, 0, "", 0, 0);
  }

  /** @param status of the answer, 0 where there was none */
  record Attempt(boolean delivered, int status, String reason, long tookMillis) {}
}
