package io.m2mgate.bridge;

import io.m2mgate.store.Rotation;
import io.vertx.core.Future;
import java.util.Optional;
import java.util.Set;

/** A bridge without lanes behind it, which has nothing to rotate. */
final class NoRotations implements Rotations {

  @Override
  public Future<Asked> open(String serial, Set<String> kinds, Rotation.Origin origin) {
    return Future.failedFuture("no lanes here");
  }

  @Override
  public Future<Optional<Rotation>> resend(Rotation rotation) {
    return Future.failedFuture("no lanes here");
  }

  @Override
  public Future<Optional<Rotation>> abandon(Rotation rotation) {
    return Future.failedFuture("no lanes here");
  }
}
