package io.m2mgate.bridge;

import io.m2mgate.store.Rotation;
import io.m2mgate.store.RotationWish;
import io.vertx.core.Future;
import java.util.Optional;

/** What administration may do with the rotations of terminals. Futures complete when no lane acts on what was before. */
public interface Rotations {

  /**
   * A rotation that was asked for.
   *
   * @param covers it does all that was asked; false for an open one that does not
   */
  record Asked(Rotation rotation, boolean covers) {}

  /** Opens one, or gives the one that is open. Fails with NOT_FOUND when there is no such terminal. */
  Future<Asked> open(String serial, RotationWish wish);

  /** Lets an open one be sent again, unchanged; empty when it has ended. */
  Future<Optional<Rotation>> resend(Rotation rotation);

  /** Gives an open one up; empty when it has ended, unchanged while the terminal uses its set. */
  Future<Optional<Rotation>> abandon(Rotation rotation);
}
