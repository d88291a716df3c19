package io.m2mgate.ops;

import com.github.f4b6a3.ulid.UlidCreator;
import io.m2mgate.bridge.Later;
import io.m2mgate.bridge.Reconciliations;
import io.m2mgate.store.AuditLog;
import io.m2mgate.store.Reconciliation;
import io.m2mgate.store.Reconciliation.Ask;
import io.m2mgate.store.Reconciliation.Item;
import io.m2mgate.store.Reconciliation.Progress;
import io.m2mgate.store.Reconciliation.Stage;
import io.m2mgate.store.Reconciliation.State;
import io.m2mgate.store.ReconciliationStore;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Works off the open reconciliations, turn by turn: what the store has of them is all there is, so a restart goes on where it
 * stood. A turn begins a second after the one before has ended, which makes the rate a bound. Turns on one context, the rest on any
 * thread.
 */
final class Reconciler implements Reconciliations {

  private static final Logger LOG = LoggerFactory.getLogger(Reconciler.class);
  private static final long TICK_MILLIS = 200;
  private static final long PAUSE_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final Vertx vertx;
  private final ReconciliationStore store;
  private final ReconcileTurn.Parts parts;
  private final Terms terms;

  /** Cancelled in this round. */
  private final Set<String> stopped = ConcurrentHashMap.newKeySet();

  /** Up to where terminals that are not settled were looked at; of open ones. */
  private final Map<String, String> followed = new HashMap<>();

  private volatile boolean working;
  private volatile long endedNanos;

  /**
   * @param maxOpen at a time
   * @param endsMillis after which one ends
   */
  record Terms(Limits limits, int maxOpen, long endsMillis) {}

  Reconciler(Vertx vertx, ReconcileTurn.Parts parts, Terms terms) {
    this.vertx = vertx;
    this.parts = parts;
    this.terms = terms;
    store = parts.store().reconciliations();
  }

  /** Goes on from now. */
  void start() {
    endedNanos = System.nanoTime();
    vertx.setPeriodic(TICK_MILLIS, timer -> {
      if (!working && System.nanoTime() - endedNanos >= PAUSE_NANOS) {
        round();
      }
    });
  }

  @Override
  public Limits limits() {
    return terms.limits();
  }

  @Override
  public Future<Optional<Reconciliation>> start(Wish wish) {
    long now = parts.clock().millis();
    Ask ask = new Ask(
        UlidCreator.getMonotonicUlid(now).toString(),
        wish.by(),
        wish.app(),
        wish.filter(),
        wish.serials(),
        wish.ratePerSecond(),
        wish.cap(),
        wish.dryRun(),
        wish.overrideAttempts(),
        now,
        now + terms.endsMillis());
    Future<Optional<Reconciliation>> started = store
        .create(ask, terms.maxOpen())
        .map(taken -> taken ? Optional.of(Reconciliation.asked(ask)) : Optional.empty());
    return Later.on(vertx.getOrCreateContext(), started);
  }

  @Override
  public Future<Boolean> cancel(String id) {
    Future<Boolean> ended = store
        .end(id, State.CANCELLED, "", parts.clock().millis())
        .onSuccess(done -> stopped.add(id));
    return Later.on(vertx.getOrCreateContext(), ended);
  }

  private void round() {
    working = true;
    store
        .open()
        .compose(open -> {
          parts.figures().open(open.size());
          followed.keySet().retainAll(open.stream().map(Reconciliation::id).toList());
          Future<Void> chain = Future.succeededFuture();
          for (Reconciliation one : open) {
            chain = chain.compose(done -> turn(one));
          }
          return chain;
        })
        .onFailure(cause -> LOG.warn("cannot reconcile parameters: {}", cause.getMessage()))
        .onComplete(done -> {
          stopped.clear();
          endedNanos = System.nanoTime();
          working = false;
        });
  }

  /** One that cannot have its turn is no reason for the others to wait. */
  private Future<Void> turn(Reconciliation one) {
    String id = one.id();
    return store
        .unsettled(id, followed.getOrDefault(id, ""), parts.looks())
        .compose(unsettled -> new ReconcileTurn(parts, one, () -> stopped.contains(id))
            .run(one.ask().dryRun() ? List.of() : unsettled)
            .map(now -> {
              followed.put(id, last(unsettled));
              return now;
            }))
        .compose(now -> now.isEmpty() ? Future.succeededFuture() : endIfOver(one.ask(), now.get()))
        .recover(cause -> {
          LOG.warn("reconciliation {}: {}", id, cause.getMessage());
          return Future.succeededFuture();
        });
  }

  private String last(List<Item> page) {
    return page.size() < parts.looks() ? "" : page.get(page.size() - 1).serial();
  }

  private Future<Void> endIfOver(Ask ask, Progress now) {
    boolean settled =
        now.scanned() && (ask.dryRun() || now.count(Stage.WAITING) + now.count(Stage.ASKED) == 0);
    boolean late = parts.clock().millis() >= ask.endsMillis();
    if (!settled && !late) {
      return Future.succeededFuture();
    }
    List<String> reasons = new ArrayList<>();
    if (!settled) {
      reasons.add("its time is over");
    }
    if (now.capped()) {
      reasons.add("more terminals than its cap have something undone");
    }
    return store
        .end(ask.id(), State.FINISHED, String.join("; ", reasons), parts.clock().millis())
        .compose(ended -> ended ? audited(ask, now) : Future.succeededFuture());
  }

  private Future<Void> audited(Ask ask, Progress now) {
    long millis = parts.clock().millis();
    JsonObject detail = new JsonObject().put("app", ask.app()).put("capped", now.capped());
    for (Stage stage : Stage.values()) {
      detail.put(stage.text(), now.count(stage));
    }
    return parts
        .store()
        .audit()
        .append(new AuditLog.Entry(
            UlidCreator.getMonotonicUlid(millis).toString(),
            millis,
            "gateway",
            "reconciliation.finish",
            ask.id(),
            detail.encode()));
  }
}
