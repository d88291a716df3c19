package io.m2mgate.ops;

import io.m2mgate.bridge.TerminalChanges;
import io.m2mgate.bus.Addresses;
import io.m2mgate.bus.Lanes;
import io.m2mgate.bus.PresenceAsked;
import io.m2mgate.bus.TerminalChanged;
import io.m2mgate.bus.TerminalsChanged;
import io.m2mgate.session.SessionState;
import io.m2mgate.session.TerminalLocator;
import io.m2mgate.store.TerminalStore;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells the lanes of terminals from outside the data plane. May be used from any thread. */
final class LaneTerminals implements TerminalChanges {

  private static final Logger LOG = LoggerFactory.getLogger(LaneTerminals.class);
  private static final int PAGE = 500;

  /** A lane that has no time for a reader is not waited for. */
  private static final long LIVE_MILLIS = 1_000;

  /** Between two pages: the terminals that come by themselves go first. */
  private static final long PAUSE_MILLIS = 200;

  private final Vertx vertx;
  private final Lanes lanes;
  private final TerminalLocator locator;
  private final TerminalStore store;

  LaneTerminals(Vertx vertx, Lanes lanes, TerminalLocator locator, TerminalStore store) {
    this.vertx = vertx;
    this.lanes = lanes;
    this.locator = locator;
    this.store = store;
  }

  @Override
  public Future<Void> changed(String serial) {
    List<Future<Void>> seen = new ArrayList<>();
    for (int lane = 0; lane < lanes.count(); lane++) {
      CompletableFuture<Void> bySome = new CompletableFuture<>();
      lanes.send(Addresses.changed(lane), new TerminalChanged(serial, bySome));
      seen.add(Future.fromCompletionStage(bySome));
    }
    return Future.all(seen).mapEmpty();
  }

  @Override
  public void unlock(String serial) {
    for (int lane = 0; lane < lanes.count(); lane++) {
      lanes.send(Addresses.unlocked(lane), serial);
    }
  }

  @Override
  public Future<Map<String, SessionState>> live(Collection<String> serials) {
    Map<String, SessionState> all = new ConcurrentHashMap<>();
    List<Future<Void>> told = new ArrayList<>();
    for (int lane = 0; lane < lanes.count(); lane++) {
      CompletableFuture<Map<String, SessionState>> bySome = new CompletableFuture<>();
      lanes.send(Addresses.presence(lane), new PresenceAsked(List.copyOf(serials), bySome));
      told.add(Future.fromCompletionStage(bySome)
          .timeout(LIVE_MILLIS, TimeUnit.MILLISECONDS)
          .map(some -> {
            all.putAll(some);
            return null;
          }));
    }
    return Future.join(told).transform(done -> Future.succeededFuture(all));
  }

  @Override
  public Future<Void> changed(Collection<String> serials) {
    List<Future<Void>> seen = new ArrayList<>();
    for (int lane = 0; lane < lanes.count(); lane++) {
      CompletableFuture<Void> bySome = new CompletableFuture<>();
      lanes.send(Addresses.changedMany(lane), new TerminalsChanged(List.copyOf(serials), bySome));
      seen.add(Future.fromCompletionStage(bySome));
    }
    return Future.all(seen).mapEmpty();
  }

  /** Brings every terminal that is stored as online into memory, page by page, so that the silence of those that never return shows. */
  Future<Void> visitOnline(String afterSerial) {
    return store
        .onlineAfter(afterSerial, PAGE)
        .compose(serials -> {
          for (String serial : serials) {
            int lane = Math.floorMod(serial.hashCode(), lanes.count());
            lanes.send(Addresses.visit(locator.laneOf(serial, lane)), serial);
          }
          return serials.size() < PAGE
              ? Future.<Void>succeededFuture()
              : vertx
                  .timer(PAUSE_MILLIS, TimeUnit.MILLISECONDS)
                  .compose(waited -> visitOnline(serials.get(serials.size() - 1)));
        })
        .onFailure(cause -> LOG.warn("cannot list the online terminals: {}", cause.getMessage()));
  }
}
