package io.m2mgate.upgrade;

import io.m2mgate.store.StoredCommand;
import io.vertx.core.Future;

/** How a campaign reaches its terminals: by commands. May be used from any thread. */
public interface Announcements {

  /** Durable when it completes. Fails with the reason, in words, when it is not taken. */
  Future<Void> announce(StoredCommand.Head head);

  /** Ends an announcement that is open; one that has ended stays as it is. */
  Future<Void> withdraw(StoredCommand command);
}
