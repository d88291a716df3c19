package io.m2mgate.bridge.http;

import io.vertx.core.Future;
import java.util.function.Supplier;

/**
 * One part that {@code /health/ready} asks.
 *
 * @param vital whether the gateway is unready without it, else its state is told and no more
 * @param probe succeeds when the part can serve; may complete on any thread
 */
public record ReadinessPart(String name, boolean vital, Supplier<Future<Void>> probe) {

  /** A part without which the gateway serves all the same. */
  public static ReadinessPart told(String name, Supplier<Future<Void>> probe) {
    return new ReadinessPart(name, false, probe);
  }

  /** A part without which the gateway is not ready. */
  public static ReadinessPart vital(String name, Supplier<Future<Void>> probe) {
    return new ReadinessPart(name, true, probe);
  }
}
