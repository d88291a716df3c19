package io.m2mgate.store;

import io.m2mgate.store.StoredWebhook.Secrets;
import io.m2mgate.store.StoredWebhook.Standing;
import io.vertx.core.Future;
import java.util.Optional;

/** The webhooks that are there, with their consumers and replays. May be used from any thread. */
public interface WebhookStore {

  /**
   * Makes one and its consumer. Fails with NOT_FOUND (application), with CONFLICT where the name is taken, with IN_USE where there are
   * so many.
   *
   * @param offset everything up to here is not posted
   * @param max how many webhooks the application may have
   */
  Future<StoredWebhook> create(StoredWebhook fresh, long offset, int max);

  /** Replaces all but secrets and creation; its consumer moves only where an offset is given. Empty when it is gone. */
  Future<Optional<StoredWebhook>> update(StoredWebhook changed, Optional<Long> offset);

  Future<Optional<StoredWebhook>> read(String app, String name);

  Future<Optional<StoredWebhook>> byId(String id);

  /** By id, all applications' where none is named. */
  Future<Page<StoredWebhook>> list(Optional<String> app, Optional<String> cursor, int limit);

  /** False when it is gone. */
  Future<Boolean> secrets(String id, Secrets secrets);

  /** False when it is gone. */
  Future<Boolean> standing(String id, Standing standing);

  /** Notes since when it fails, or 0, and nothing else. */
  Future<Void> failing(String id, long sinceMillis);

  /** Removes it with its consumer and its replays. False when it is not there. */
  Future<Boolean> delete(String app, String name);

  /**
   * Fails with NOT_FOUND (webhook), with CONFLICT while another one is open.
   *
   * @param kept of those that have ended, beside it
   */
  Future<StoredReplay> open(StoredReplay fresh, int kept);

  Future<Optional<StoredReplay>> replay(String webhook, String id);

  /** Newest first. */
  Future<Page<StoredReplay>> replays(String webhook, Optional<String> cursor, int limit);

  Future<Optional<StoredReplay>> openReplay(String webhook);

  /** Moves an open one on; false when it has ended or is gone. */
  Future<Boolean> move(String replay, long offset, StoredReplay.State state);
}
