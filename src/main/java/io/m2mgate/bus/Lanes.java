package io.m2mgate.bus;

import io.vertx.core.Context;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.DeliveryOptions;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Supplier;

/**
 * The lanes of this process and the deployer of their verticles: after it, every lane has one instance of each kind on its own
 * event loop, or the deployment failed. Deployments are made one at a time by the starting thread.
 */
public final class Lanes {

  /** Instances that may land on a wrong loop before the deployer gives up, for each wanted one. */
  private static final int TRIES = 200;

  private final Vertx vertx;
  private final int count;
  private final LaneServices services;
  private final Placement placement;
  private final AtomicReferenceArray<Lane> lanes;

  public Lanes(Vertx vertx, int count, LaneServices services) {
    this.vertx = vertx;
    this.count = count;
    this.services = services;
    this.placement = new Placement(count);
    this.lanes = new AtomicReferenceArray<>(count);
    vertx.eventBus().registerCodec(new ByReferenceCodec<>());
  }

  /** Options of every data-plane send. */
  static DeliveryOptions byReference() {
    return new DeliveryOptions().setLocalOnly(true).setCodecName(ByReferenceCodec.NAME);
  }

  public int count() {
    return count;
  }

  /** Sends to a data-plane address from anywhere. */
  public void send(String address, Object message) {
    vertx.eventBus().send(address, message, byReference());
  }

  /** Tells all who listen at an address, from anywhere. */
  public void publish(String address, Object message) {
    vertx.eventBus().publish(address, message, byReference());
  }

  /** Deploys one instance on each lane. */
  public Future<Void> deploy(String kind, Supplier<? extends LaneVerticle> instances) {
    return deploy(kind, instances, TRIES * count);
  }

  private Future<Void> deploy(
      String kind, Supplier<? extends LaneVerticle> instances, int triesLeft) {
    if (placement.complete(kind)) {
      return Future.succeededFuture();
    }
    if (triesLeft == 0) {
      return Future.failedFuture("cannot place " + kind + " on every lane");
    }
    LaneVerticle instance = instances.get();
    instance.assign(this, kind);
    return vertx
        .deployVerticle(instance, new DeploymentOptions())
        .map(true)
        .recover(failure -> failure == LaneVerticle.WrongLoop.INSTANCE
            ? Future.succeededFuture(false)
            : Future.failedFuture(failure))
        .compose(placed -> deploy(kind, instances, triesLeft - 1));
  }

  /** Deploys a verticle on a loop that is no lane; there must be one. The lanes are deployed before. */
  public Future<Void> deployBeside(VerticleBase verticle) {
    return deployBeside(verticle, TRIES);
  }

  private Future<Void> deployBeside(VerticleBase verticle, int triesLeft) {
    return vertx
        .deployVerticle(new BesideLanes(placement, verticle))
        .<Void>mapEmpty()
        .recover(failure -> failure == LaneVerticle.WrongLoop.INSTANCE && triesLeft > 0
            ? deployBeside(verticle, triesLeft - 1)
            : Future.failedFuture(failure));
  }

  /** Called on the event loop by an instance that starts. */
  Optional<Lane> claim(String kind, Thread loop, Context context) {
    return placement.claim(kind, loop).map(index -> {
      Lane lane = lanes.get(index);
      if (lane == null) {
        lane = new Lane(index, count, vertx, context, loop, services);
        lanes.set(index, lane);
      }
      return lane;
    });
  }
}
