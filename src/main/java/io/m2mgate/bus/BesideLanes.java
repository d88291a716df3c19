package io.m2mgate.bus;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;

/**
 * Keeps another verticle off the lanes' loops, so that a large answer to an application never delays a terminal. Lives on the loop
 * of the verticle it holds.
 */
final class BesideLanes extends VerticleBase {

  private final Placement placement;
  private final VerticleBase inner;

  BesideLanes(Placement placement, VerticleBase inner) {
    this.placement = placement;
    this.inner = inner;
  }

  @Override
  public void init(Vertx owner, Context home) {
    super.init(owner, home);
    inner.init(owner, home);
  }

  @Override
  public Future<?> start() throws Exception {
    return placement.isLane(Thread.currentThread())
        ? Future.failedFuture(LaneVerticle.WrongLoop.INSTANCE)
        : inner.start();
  }

  @Override
  public Future<?> stop() throws Exception {
    return inner.stop();
  }
}
