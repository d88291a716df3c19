package io.m2mgate.bus;

import io.m2mgate.dictionary.Dictionary;
import io.m2mgate.session.LockOuts;
import io.m2mgate.session.MessageOrigin;
import io.m2mgate.session.Profiles;
import io.m2mgate.session.TerminalLocator;
import io.m2mgate.session.TerminalRecord;
import io.m2mgate.store.AuditLog;
import io.m2mgate.store.Journal;
import io.m2mgate.store.TerminalStore;
import io.m2mgate.trace.Traces;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.lang.reflect.Proxy;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/** A Vert.x with lanes and nothing behind them, for tests of what runs on a lane. */
public final class LaneFixture implements AutoCloseable {
  public static final long NOW = 1_700_000_000_000L;
  private static final long PATIENCE_SECONDS = 20;

  private final Vertx vertx;
  private final Lanes lanes;
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final Traces traces = new Traces(new Traces.Limits(2, 60, 100, 100_000), registry);
  private final AtomicLong now = new AtomicLong(NOW);

  public LaneFixture(int count, int loops, Journal journal) {
    this(count, loops, journal, absentStore());
  }

  public LaneFixture(int count, int loops, Journal journal, TerminalStore store) {
    vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(loops));
    Dictionary dictionary = Dictionary.load();
    lanes = new Lanes(
        vertx,
        count,
        new LaneServices(
            () -> Instant.ofEpochMilli(now.get()),
            dictionary,
            new Profiles(dialect -> true),
            new TerminalLocator(),
            store,
            journal,
            application -> true,
            new LaneMetrics(registry),
            1000,
            1_000_000,
            new LockOuts.Limits(5, 600_000, 300_000, 100, 1000),
            new SecurityTrail(absent(AuditLog.class), InstantSource.system(), 100, registry),
            traces,
            byNumber()));
  }

  /** Reach every terminal that has a number. */
  private static ShortMessages byNumber() {
    return new ShortMessages() {
      @Override
      public Optional<MessageOrigin> to(TerminalRecord terminal, int lane) {
        return terminal.msisdn().map(number -> MessageOrigin.to(lane, number));
      }

      @Override
      public Optional<String> numberOf(TerminalRecord terminal) {
        return terminal.msisdn();
      }

      @Override
      public int maxFrameBytes() {
        return 128;
      }
    };
  }

  private static TerminalStore absentStore() {
    return absent(TerminalStore.class);
  }

  public static <T> T absent(Class<T> part) {
    return part.cast(Proxy.newProxyInstance(
        LaneFixture.class.getClassLoader(),
        new Class<?>[] {part},
        (proxy, method, arguments) -> Future.failedFuture("no store here")));
  }

  public Traces traces() {
    return traces;
  }

  /** Lets time pass. */
  public void pass(long millis) {
    now.addAndGet(millis);
  }

  public Lanes lanes() {
    return lanes;
  }

  public Vertx vertx() {
    return vertx;
  }

  /** How often frames were dropped for this reason. */
  public double dropped(LaneMetrics.Drop reason) {
    return registry
        .get("m2mgate_frames_dropped")
        .tag("reason", LaneMetrics.label(reason))
        .counter()
        .count();
  }

  /** The verticle that hands out work on the one lane's loop. */
  public OnLane single() {
    return onEach().get(0);
  }

  /** One such verticle on each lane, by lane. */
  public Map<Integer, OnLane> onEach() {
    Map<Integer, OnLane> opened = new ConcurrentHashMap<>();
    await(lanes.deploy("work", () -> new OnLane(opened)));
    return opened;
  }

  public static <T> T await(Future<T> future) {
    return await(future.toCompletionStage().toCompletableFuture());
  }

  public static <T> T await(CompletableFuture<T> future) {
    try {
      return future.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  @Override
  public void close() {
    await(vertx.close());
  }

  /** Runs work on its lane's loop. */
  public static final class OnLane extends LaneVerticle {
    private final Map<Integer, OnLane> opened;

    OnLane(Map<Integer, OnLane> opened) {
      this.opened = opened;
    }

    @Override
    protected Future<?> open() {
      opened.put(lane().index(), this);
      return Future.succeededFuture();
    }

    public Lane its() {
      return lane();
    }

    /** Runs the part on the lane and waits for it. */
    public void run(Runnable part) {
      CompletableFuture<Void> ran = new CompletableFuture<>();
      context.runOnContext(nothing -> {
        try {
          part.run();
          ran.complete(null);
        } catch (Throwable fault) {
          ran.completeExceptionally(fault);
        }
      });
      await(ran);
    }

    public <T> void listen(String address, Consumer<T> handler) {
      run(() -> this.<T>consume(address, handler));
    }
  }
}
