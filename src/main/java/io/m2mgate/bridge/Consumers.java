package io.m2mgate.bridge;

import com.github.f4b6a3.ulid.UlidCreator;
import io.m2mgate.store.AuditLog.Entry;
import io.m2mgate.store.ConsumerStore.Cursor;
import io.m2mgate.store.ConsumerStore.Unused;
import io.m2mgate.store.Store;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Owns who reads by which stored consumer, one reader each, and removes named consumers that nobody uses any more. Safe for any thread.
 */
public final class Consumers {

  /** Of a consumer that an application named itself. */
  public static final String NAMED = "named";

  private static final Logger LOG = LoggerFactory.getLogger(Consumers.class);
  private static final int STEP = 50;
  private static final long FRESH_MILLIS = TimeUnit.HOURS.toMillis(1);

  private final Store store;
  private final Limits limits;
  private final InstantSource clock;
  private final Counter taken;
  private final Counter removed;
  private final Map<Place, Attachment> attached = new ConcurrentHashMap<>();

  /**
   * @param most named consumers of an application
   * @param idleMillis after which one that nobody uses is removed, 0 = never
   * @param messageBytes of a message that a client sends on a WebSocket
   */
  public record Limits(int most, long idleMillis, int messageBytes) {}

  /** Whether somebody reads by it, and whether it will be removed if nobody does. */
  public enum State {
    ATTACHED,
    IDLE,
    /** Nobody used it for half of the time after which it is removed. */
    STALE
  }

  private record Place(String app, String name) {}

  /** One reader by one consumer, until it or another closes it. */
  public final class Attachment implements AutoCloseable {
    private final Place place;
    private final Consumer<Problem> ender;
    private volatile long touchedMillis;

    private Attachment(Place place, Consumer<Problem> ender, long touchedMillis) {
      this.place = place;
      this.ender = ender;
      this.touchedMillis = touchedMillis;
    }

    /** It is no longer read by it; what it had not confirmed is the next one's. */
    @Override
    public void close() {
      if (attached.remove(place, this)) {
        touch();
      }
    }

    private Future<Void> touch() {
      long now = clock.millis();
      if (now - touchedMillis < FRESH_MILLIS) {
        return Future.succeededFuture();
      }
      touchedMillis = now;
      return store
          .consumers()
          .touch(place.app(), place.name(), now)
          .onFailure(cause -> LOG.warn("use of a consumer was not noted: {}", cause.getMessage()));
    }
  }

  public Consumers(Store store, Limits limits, InstantSource clock, MeterRegistry meters) {
    this.store = store;
    this.limits = limits;
    this.clock = clock;
    this.taken = Counter.builder("m2mgate_consumers_taken_over")
        .description("Readers that had to leave a consumer to a newer one")
        .register(meters);
    this.removed = Counter.builder("m2mgate_consumers_removed")
        .description("Named consumers that nobody used any more")
        .register(meters);
    Gauge.builder("m2mgate_consumers_attached", attached, Map::size)
        .description("Consumers that somebody reads by")
        .register(meters);
  }

  public Limits limits() {
    return limits;
  }

  /**
   * Takes a consumer; who had it is told and goes.
   *
   * @param ender told why another has it, or that it is gone; on any thread, must not block
   */
  public Attachment attach(String app, Cursor cursor, Consumer<Problem> ender) {
    var mine = new Attachment(new Place(app, cursor.name()), ender, cursor.updatedMillis());
    var before = attached.put(mine.place, mine);
    if (before != null) {
      taken.increment();
      before.ender.accept(Problem.of(
          ProblemType.CONSUMER_TAKEN, "another reader took the consumer " + cursor.name()));
    }
    mine.touch();
    return mine;
  }

  /** Whoever reads by it must begin anew, or not at all. */
  public void end(String app, String name, Problem why) {
    var before = attached.remove(new Place(app, name));
    if (before != null) {
      before.ender.accept(why);
    }
  }

  public boolean isAttached(String app, String name) {
    return attached.containsKey(new Place(app, name));
  }

  /** What it is called where it is listed. */
  public State state(String app, Cursor cursor) {
    if (isAttached(app, cursor.name())) {
      return State.ATTACHED;
    }
    boolean stale = cursor.kind().equals(NAMED)
        && limits.idleMillis() > 0
        && clock.millis() - cursor.updatedMillis() > limits.idleMillis() / 2;
    return stale ? State.STALE : State.IDLE;
  }

  /** Removes what nobody used for too long, in small steps; completes with their number. */
  public Future<Integer> sweep() {
    if (limits.idleMillis() == 0) {
      return Future.succeededFuture(0);
    }
    List<Future<Void>> uses = new ArrayList<>();
    attached.values().forEach(open -> uses.add(open.touch()));
    long before = clock.millis() - limits.idleMillis();
    return Future.all(uses).compose(noted -> step(before, 0));
  }

  private Future<Integer> step(long before, int already) {
    return store.consumers().unused(NAMED, before, STEP).compose(found -> {
      Future<Integer> count = Future.succeededFuture(0);
      for (var one : found) {
        count = count.compose(so -> remove(one, before).map(gone -> gone ? so + 1 : so));
      }
      return count.compose(gone -> gone > 0 && found.size() == STEP
          ? step(before, already + gone)
          : Future.succeededFuture(already + gone));
    });
  }

  private Future<Boolean> remove(Unused one, long before) {
    if (isAttached(one.app(), one.name())) {
      return Future.succeededFuture(false);
    }
    return store.consumers().deleteUnused(one, before).compose(gone -> {
      if (!gone) {
        return Future.succeededFuture(false);
      }
      removed.increment();
      LOG.info("removed the consumer {} of {}: nobody used it", one.name(), one.app());
      long now = clock.millis();
      var detail = new JsonObject()
          .put("app", one.app())
          .put("offset", one.offset())
          .put("used", java.time.Instant.ofEpochMilli(one.updatedMillis()).toString());
      return store
          .audit()
          .append(new Entry(
              UlidCreator.getMonotonicUlid(now).toString(),
              now,
              "gateway",
              "consumer.removed",
              one.name(),
              detail.encode()))
          .map(entered -> true);
    });
  }
}
