package io.m2mgate.store.sql;

import io.m2mgate.store.CommitUnit;
import io.m2mgate.store.CommitUnit.Outcome;
import io.vertx.core.Future;
import java.util.List;
import java.util.OptionalLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The journal's writer: makes groups durable and tells what became of them. Everything in it belongs to the writer's turns.
 *
 * <p>A group that fails for its values is halved until the unit at fault stands alone, which is then REJECTED. A group that
 * fails for the store is UNAVAILABLE, also when its commit may have come through before the connection broke: nothing is
 * called durable that may not be. The counters are then read again, so numbers stay without holes, and {@link Doubts} keeps
 * the exact repeat of a request that did come through from being appended twice.
 */
final class GroupWriter implements WriterLane.Groups {
  private static final Logger LOG = LoggerFactory.getLogger(GroupWriter.class);

  /** A group that fails sooner says nothing of the next one: connections break and are made again. */
  private static final long SLOW_FAILURE_NANOS = 1_000_000_000L;

  private final SqlEngine engine;
  private final CommitQueue queue;
  private final LogCounters counters;
  private final Doubts doubts = new Doubts();
  private final Followers followers;
  private final StoreMetrics metrics;
  private final Outage outage;
  private boolean away; // whether the last group found no store

  GroupWriter(
      SqlEngine engine,
      CommitQueue queue,
      LogCounters counters,
      Followers followers,
      StoreMetrics metrics,
      Outage outage) {
    this.engine = engine;
    this.queue = queue;
    this.counters = counters;
    this.followers = followers;
    this.metrics = metrics;
    this.outage = outage;
  }

  @Override
  public OptionalLong readyInMicros() {
    return queue.readyInMicros();
  }

  @Override
  public Future<Void> commit() {
    List<CommitQueue.Waiting> group = queue.take();
    long started = System.nanoTime();
    return commit(units(group), true).onComplete(done -> {
      boolean slow = System.nanoTime() - started >= SLOW_FAILURE_NANOS;
      // Before anybody is told, who may come again at once.
      List<CommitQueue.Waiting> behind = away && slow ? queue.takeAll() : List.of();
      queue.done(group);
      refuse(behind);
    });
  }

  private static List<CommitUnit> units(List<CommitQueue.Waiting> group) {
    return group.stream().map(CommitQueue.Waiting::unit).toList();
  }

  /** Who waits behind a store that does not answer is not made to wait for its silence group by group. */
  private void refuse(List<CommitQueue.Waiting> waiting) {
    waiting.forEach(each -> each.unit().outcome(Outcome.UNAVAILABLE));
    metrics.unavailable(waiting.size());
    queue.done(waiting);
  }

  private Future<Void> commit(List<CommitUnit> units, boolean mayRenumber) {
    long started = System.nanoTime();
    GroupPlan[] made = new GroupPlan[1];
    return engine
        .group(tx -> doubts
            .resolve(tx)
            .compose(sure -> counters.load(tx, units))
            .compose(loaded -> CommandPlan.load(tx, counters, units))
            .compose(commands -> AlarmPlan.load(tx, counters, units)
                .compose(alarms -> DesiredPlan.load(tx, units)
                    .map(desired ->
                        new GroupPlan(counters, doubts, commands, desired, alarms, units))))
            .compose(plan -> {
              made[0] = plan;
              return made[0].rows().isEmpty()
                  ? Future.succeededFuture()
                  : tx.append(made[0].rows());
            }))
        .transform(done -> {
          if (done.succeeded()) {
            committed(units, made[0], started);
            return Future.succeededFuture();
          }
          // A number that is taken is a commit of ours that the server finished after it was given
          // up.
          boolean unsure = SqlFault.isAway(done.cause()) || SqlFault.isDuplicate(done.cause());
          if (unsure && made[0] != null) {
            doubts.add(made[0].rows());
          }
          return failed(units, done.cause(), mayRenumber);
        });
  }

  private void committed(List<CommitUnit> units, GroupPlan plan, long started) {
    away = false;
    counters.apply(plan.rows());
    int rejected = 0;
    for (CommitUnit unit : units) {
      boolean gone = plan.isRejected(unit);
      unit.outcome(gone ? Outcome.REJECTED : Outcome.COMMITTED);
      rejected += gone ? 1 : 0;
    }
    metrics.rejected(rejected);
    metrics.alarms(plan.rows());
    metrics.committed(units.size(), plan.rows().events.size(), System.nanoTime() - started);
    outage.over();
    plan.rows().logs.values().forEach(end -> followers.appended(end.app, end.offset));
  }

  private Future<Void> failed(List<CommitUnit> units, Throwable cause, boolean mayRenumber) {
    counters.forgetAll();
    if (SqlFault.isAway(cause)) {
      return end(units, Outcome.UNAVAILABLE, cause);
    }
    if (SqlFault.isDuplicate(cause) && mayRenumber) {
      return commit(units, false);
    }
    if (units.size() == 1) {
      LOG.error(
          "a unit of terminal {} cannot be stored",
          units.get(0).changes().get(0).serial(),
          cause);
      return end(units, Outcome.REJECTED, cause);
    }
    int half = units.size() / 2;
    return commit(units.subList(0, half), true)
        .compose(done -> commit(units.subList(half, units.size()), true));
  }

  private Future<Void> end(List<CommitUnit> units, Outcome outcome, Throwable cause) {
    units.forEach(unit -> unit.outcome(outcome));
    if (outcome == Outcome.UNAVAILABLE) {
      away = true;
      outage.began(cause);
      metrics.unavailable(units.size());
    } else {
      metrics.rejected(units.size());
    }
    return Future.succeededFuture();
  }
}
