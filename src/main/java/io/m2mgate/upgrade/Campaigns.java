package io.m2mgate.upgrade;

import io.m2mgate.store.Store;
import io.m2mgate.store.StoredCommand;
import io.m2mgate.store.StoredPackage;
import io.m2mgate.store.StoredUpgrade;
import io.m2mgate.store.StoredUpgrade.State;
import io.m2mgate.store.UpgradeItem;
import io.m2mgate.store.UpgradeStore;
import io.m2mgate.store.UpgradeStore.Count;
import io.m2mgate.store.UpgradeStore.Standing;
import io.m2mgate.store.UpgradeStore.Step;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Moves campaigns on (clauses 5.3.8, 6.1.8): finds their terminals, lets them begin, takes what became of them, and stops when too many
 * fail. One look after the other, on one context; each begins at the store, so a restart needs nothing else.
 */
public final class Campaigns {
  private static final Logger LOG = LoggerFactory.getLogger(Campaigns.class);
  private static final int SOME = 200;
  private static final int OPEN = 100;

  private final Vertx vertx;
  private final Context context;
  private final UpgradeStore store;
  private final Store all;
  private final Preparation preparation;
  private final Release release;
  private final Announcements announcements;
  private final CampaignFigures figures;
  private final InstantSource clock;
  private boolean looking;
  private boolean again;

  public Campaigns(
      Vertx vertx,
      Store all,
      Announcements announcements,
      OfferUrls urls,
      CampaignFigures figures,
      InstantSource clock) {
    this.vertx = vertx;
    this.context = vertx.getOrCreateContext();
    this.store = all.upgrades();
    this.all = all;
    this.preparation = new Preparation(all, clock);
    this.release = new Release(all, announcements, urls, figures, clock);
    this.announcements = announcements;
    this.figures = figures;
    this.clock = clock;
  }

  /** Looks every so often from now on. */
  public void start(long everyMillis) {
    vertx.setPeriodic(everyMillis, timer -> wake());
  }

  /** Something may have to be done at once. */
  public void wake() {
    context.runOnContext(now -> look());
  }

  private void look() {
    if (looking) {
      again = true;
      return;
    }
    looking = true;
    again = false;
    lookFrom("", 0, 0)
        .onFailure(cause -> LOG.warn("campaigns are looked at later: {}", cause.getMessage()))
        .onComplete(done -> {
          looking = false;
          if (again && done.succeeded()) {
            look();
          }
        });
  }

  private Future<Void> lookFrom(String afterId, int before, int paused) {
    return store.open(afterId, OPEN).compose(some -> {
      Future<Void> chain = Future.succeededFuture();
      int pausedNow = paused;
      for (StoredUpgrade upgrade : some) {
        pausedNow += upgrade.progress().state() == State.PAUSED ? 1 : 0;
        chain = chain.compose(done -> lookAt(upgrade).recover(cause -> {
          LOG.warn("upgrade {} is looked at later: {}", upgrade.id(), cause.toString());
          return Future.succeededFuture();
        }));
      }
      int soFar = pausedNow;
      int open = before + some.size();
      return some.size() < OPEN
          ? chain.onSuccess(done -> figures.open(open, soFar))
          : chain.compose(done -> lookFrom(some.get(OPEN - 1).id(), open, soFar));
    });
  }

  private Future<Void> lookAt(StoredUpgrade upgrade) {
    UpgradeSpec spec = UpgradeSpec.of(upgrade.specJson(), upgrade.app());
    return switch (upgrade.progress().state()) {
      case PREPARING ->
        preparation.go(upgrade, spec).onSuccess(ready -> again |= ready).mapEmpty();
      case RUNNING ->
        settle(upgrade, spec, spec.retries())
            .compose(done -> store.counts(upgrade.id()))
            .compose(counts -> run(upgrade, spec, counts));
      case PAUSED -> settle(upgrade, spec, spec.retries());
      case CANCELLING ->
        stop(upgrade)
            .compose(done -> settle(upgrade, spec, 0))
            .compose(done -> store.counts(upgrade.id()))
            .compose(counts -> counts.stream().allMatch(count -> count.state().isEnd())
                ? end(upgrade, State.CANCELLED)
                : Future.succeededFuture());
      default -> Future.succeededFuture();
    };
  }

  /** Takes the ends of commands, some at a time. */
  private Future<Void> settle(StoredUpgrade upgrade, UpgradeSpec spec, int retries) {
    return Steps.repeat(() -> store.ended(upgrade.id(), SOME).compose(ended -> {
      if (ended.isEmpty()) {
        return Future.succeededFuture(false);
      }
      long now = clock.millis();
      List<Step> steps = ended.stream()
          .map(it -> new Step(it.item(), Settling.settled(it, retries, spec.retryMillis(), now)))
          .toList();
      return store
          .write(steps)
          .onSuccess(written -> steps.stream()
              .map(Step::after)
              .filter(item -> item.state().isEnd() && written.containsKey(item.serial()))
              .forEach(figures::ended))
          .map(written -> ended.size() == SOME);
    }));
  }

  private Future<Void> run(StoredUpgrade upgrade, UpgradeSpec spec, List<Count> counts) {
    if (counts.stream().allMatch(count -> count.state().isEnd())) {
      return end(upgrade, State.FINISHED);
    }
    long now = clock.millis();
    if (spec.endsMillis() > 0 && now >= spec.endsMillis()) {
      return expire(upgrade);
    }
    int group = upgrade.progress().group();
    UpgradeSpec.Group rule = spec.groups().get(group - 1);
    GroupFigures its = GroupFigures.of(group, counts);
    Optional<String> pause = its.tooManyFailures(rule, upgrade.progress().forgiven());
    boolean last = group == spec.groups().size();
    if (pause.isEmpty() && !last) {
      pause = its.tooFewSuccesses(rule);
    }
    if (pause.isPresent()) {
      return pause(upgrade, pause.get());
    }
    if (!last && its.isDone(rule)) {
      return store
          .move(nextGroup(upgrade, now), State.RUNNING)
          .onSuccess(done -> again = true)
          .mapEmpty();
    }
    return release.go(upgrade, spec, active(counts)).compose(outcome -> {
      again |= outcome == Release.Outcome.MORE;
      return outcome == Release.Outcome.NOWHERE
          ? pause(
              upgrade,
              "terminals cannot be told where the gateway is: set terminal.advertised.host")
          : Future.succeededFuture();
    });
  }

  private static int active(List<Count> counts) {
    return counts.stream()
        .filter(count -> count.state() == UpgradeItem.State.ACTIVE)
        .mapToInt(Count::count)
        .sum();
  }

  /** The next group may begin. */
  static StoredUpgrade nextGroup(StoredUpgrade upgrade, long nowMillis) {
    StoredUpgrade.Progress progress = upgrade.progress();
    return upgrade.at(new StoredUpgrade.Progress(
        progress.state(),
        "",
        progress.group() + 1,
        progress.groupSizes(),
        progress.filledTo(),
        0,
        progress.startedMillis(),
        nowMillis,
        0));
  }

  private Future<Void> pause(StoredUpgrade upgrade, String why) {
    return store
        .move(upgrade.to(State.PAUSED, why, clock.millis()), State.RUNNING)
        .compose(paused -> paused ? told(upgrade, why) : Future.succeededFuture());
  }

  private Future<Void> told(StoredUpgrade upgrade, String why) {
    LOG.warn("upgrade {} of {} pauses: {}", upgrade.id(), upgrade.app(), why);
    figures.paused();
    return CampaignAudit.paused(all.audit(), upgrade, why, clock.millis());
  }

  private Future<Void> end(StoredUpgrade upgrade, State state) {
    return store
        .move(upgrade.to(state, "", clock.millis()), upgrade.progress().state())
        .onSuccess(
            done -> LOG.info("upgrade {} of {} is {}", upgrade.id(), upgrade.app(), state.text()))
        .mapEmpty();
  }

  /** Nothing begins any more: who waited is too late. */
  private Future<Void> expire(StoredUpgrade upgrade) {
    return drop(upgrade, UpgradeItem.State.EXPIRED, "the campaign's end has come");
  }

  private Future<Void> drop(StoredUpgrade upgrade, UpgradeItem.State to, String why) {
    return Steps.repeat(() -> store.waiting(upgrade.id(), SOME).compose(some -> {
      long now = clock.millis();
      List<Step> steps =
          some.stream().map(item -> new Step(item, item.to(to, why, 0, now))).toList();
      return steps.isEmpty()
          ? Future.succeededFuture(false)
          : store.write(steps).map(written -> some.size() == SOME);
    }));
  }

  /** Those that wait end; of those that have begun, those that have not got the file are told to stop. */
  private Future<Void> stop(StoredUpgrade upgrade) {
    return drop(upgrade, UpgradeItem.State.CANCELLED, "the campaign was cancelled")
        .compose(done -> withdraw(upgrade));
  }

  private Future<Void> withdraw(StoredUpgrade upgrade) {
    AtomicReference<String> upTo = new AtomicReference<>("");
    return Steps.repeat(() -> store.active(upgrade.id(), upTo.get(), SOME).compose(some -> {
      Future<Void> chain = Future.succeededFuture();
      for (Standing standing : some) {
        StoredCommand command = standing.command().orElseThrow();
        if (Explanation.mayStillStop(command)) {
          chain = chain.compose(done -> announcements.withdraw(command));
        }
      }
      if (!some.isEmpty()) {
        upTo.set(some.get(some.size() - 1).item().serial());
      }
      return chain.map(done -> some.size() == SOME);
    }));
  }

  /** A package of a campaign; a campaign's cannot be deleted. */
  static Future<StoredPackage> packageOf(Store all, StoredUpgrade upgrade) {
    return all.packages()
        .read(upgrade.packageId(), Optional.of(upgrade.app()))
        .map(found -> found.orElseThrow(() ->
            new IllegalStateException("the package of upgrade " + upgrade.id() + " is gone")));
  }
}
