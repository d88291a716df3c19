package io.m2mgate.bridge;

import io.m2mgate.store.Rotation;
import io.m2mgate.store.RotationWish;
import io.vertx.core.Future;
import java.util.Optional;

/** A bridge without lanes behind it, which has nothing to rotate. */
final class NoRotations implements Rotations {

  @Override
  public Future<Asked> open(String serial, RotationWish wish) {
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
