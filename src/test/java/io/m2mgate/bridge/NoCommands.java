package io.m2mgate.bridge;

import io.m2mgate.store.StoredCommand;
import io.vertx.core.Future;
import java.util.Optional;

/** A bridge without lanes behind it, which can ask nothing of terminals. */
final class NoCommands implements Commands {

  @Override
  public Future<Optional<Asked>> replay(String app, String serial, String key, long hash) {
    return Future.succeededFuture(Optional.empty());
  }

  @Override
  public Future<Asked> create(StoredCommand.Head head) {
    return Future.failedFuture("no lanes here");
  }

  @Override
  public Future<Optional<StoredCommand>> cancel(StoredCommand command) {
    return Future.failedFuture("no lanes here");
  }

  @Override
  public Future<StoredCommand> await(StoredCommand command, long millis) {
    return Future.succeededFuture(command);
  }

  @Override
  public Future<Void> cancelAll(String serial, Optional<String> app, String reason) {
    return Future.succeededFuture();
  }
}
