package io.m2mgate.ops;

import io.m2mgate.config.DataDir;
import io.m2mgate.config.Endpoints;
import io.m2mgate.config.Settings;
import io.vertx.core.Future;

/** A running gateway: everything between the settings and the open ports; its methods may be called from any thread. */
public final class Gateway {
  private Gateway() {}

  /** Starts everything; completes when every listener is bound. Fails with a {@link StartFault} when it cannot be. */
  public static Future<Gateway> start(Settings settings, DataDir dataDir) {
    return Future.succeededFuture(new Gateway());
  }

  /** Stops accepting, lets what is in work end and commits it; completes when nothing is left. */
  public Future<Void> stop() {
    return Future.succeededFuture();
  }

  /** The addresses that were bound. */
  public Endpoints endpoints() {
    return Endpoints.none();
  }
}
