package io.m2mgate.bus;

import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import java.util.function.Consumer;

/** A data-plane verticle: one instance a lane, all of a lane's on its event loop. */
public abstract class LaneVerticle extends VerticleBase {

  private Lanes lanes;
  private String kind;
  private Lane lane;

  void assign(Lanes to, String asKind) {
    lanes = to;
    kind = asKind;
  }

  @Override
  public final Future<?> start() throws Exception {
    return lanes
        .claim(kind, Thread.currentThread(), context)
        .<Future<?>>map(mine -> {
          lane = mine;
          return open();
        })
        .orElseGet(() -> Future.failedFuture(WrongLoop.INSTANCE));
  }

  /** Registers consumers and opens sockets, on the lane's loop. */
  protected abstract Future<?> open();

  protected final Lane lane() {
    return lane;
  }

  /** Consumes a data-plane address of this lane on its loop. */
  protected final <T> void consume(String address, Consumer<T> handler) {
    vertx.eventBus().<T>localConsumer(address, message -> {
      lane.assertOnLoop();
      handler.accept(message.body());
    });
  }

  /** The instance landed on a loop that has its kind already; the deployer tries again. */
  static final class WrongLoop extends RuntimeException {
    static final WrongLoop INSTANCE = new WrongLoop();

    private WrongLoop() {
      super("the loop has this kind already", null, false, false);
    }
  }
}
