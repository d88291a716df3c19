package io.m2mgate.upgrade;

import com.github.f4b6a3.ulid.UlidCreator;
import io.m2mgate.session.Facts;
import io.m2mgate.session.TerminalRecord;
import io.m2mgate.store.Store;
import io.m2mgate.store.StoreFault;
import io.m2mgate.store.StoredPackage;
import io.m2mgate.store.StoredTerminal;
import io.m2mgate.store.StoredUpgrade;
import io.m2mgate.store.UpgradeItem;
import io.m2mgate.store.UpgradeItem.State;
import io.m2mgate.store.UpgradeStore;
import io.m2mgate.store.UpgradeStore.Step;
import io.vertx.core.Future;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Lets terminals of a campaign begin, as many as may and are there. Stateless but for its parts. */
final class Release {
  private static final Logger LOG = LoggerFactory.getLogger(Release.class);
  private static final int SOME = 200;
  private static final long LATER_MILLIS = TimeUnit.MINUTES.toMillis(1);

  private final Store all;
  private final UpgradeStore store;
  private final Announcements announcements;
  private final OfferUrls urls;
  private final CampaignFigures figures;
  private final InstantSource clock;

  Release(
      Store all,
      Announcements announcements,
      OfferUrls urls,
      CampaignFigures figures,
      InstantSource clock) {
    this.all = all;
    this.store = all.upgrades();
    this.announcements = announcements;
    this.urls = urls;
    this.figures = figures;
    this.clock = clock;
  }

  /** What came of a look. */
  enum Outcome {
    /** Nobody else may begin now. */
    DONE,
    /** Others may; whether they still may is to be asked anew. */
    MORE,
    /** Nobody can be told where the file is. */
    NOWHERE
  }

  /** @param active terminals that have begun and not ended */
  Future<Outcome> go(StoredUpgrade upgrade, UpgradeSpec spec, int active) {
    Instant now = clock.instant();
    int room = Math.min(SOME, spec.concurrency() - active);
    boolean open = Window.opens(spec.windows(), spec.zone(), now).isEmpty();
    if (room <= 0 || !open || now.toEpochMilli() < spec.startsMillis()) {
      return Future.succeededFuture(Outcome.DONE);
    }
    return store
        .due(upgrade.id(), upgrade.progress().group(), now.toEpochMilli(), room)
        .compose(due -> due.isEmpty()
            ? Future.succeededFuture(Outcome.DONE)
            : Campaigns.packageOf(all, upgrade).compose(its -> {
              Outcome then = due.size() == SOME ? Outcome.MORE : Outcome.DONE;
              return its.isElsewhere() || urls.address().isPresent()
                  ? begin(upgrade, spec, its, due).map(then)
                  : Future.succeededFuture(Outcome.NOWHERE);
            }));
  }

  private Future<Void> begin(
      StoredUpgrade upgrade, UpgradeSpec spec, StoredPackage its, List<UpgradeItem> due) {
    return all.terminals().load(due.stream().map(UpgradeItem::serial).toList()).compose(found -> {
      Map<String, StoredTerminal> terminals = new HashMap<>();
      found.forEach(terminal -> terminals.put(terminal.record().serial(), terminal));
      return steps(upgrade, its, due, terminals)
          .compose(steps -> store
              .write(steps)
              .compose(written -> announce(upgrade, spec, its, steps, written, terminals)));
    });
  }

  private Future<List<Step>> steps(
      StoredUpgrade upgrade,
      StoredPackage its,
      List<UpgradeItem> due,
      Map<String, StoredTerminal> terminals) {
    List<Step> steps = new ArrayList<>();
    Future<Void> chain = Future.succeededFuture();
    for (UpgradeItem item : due) {
      StoredTerminal terminal = terminals.get(item.serial());
      chain = chain.compose(done -> store.busy(item.serial(), upgrade.id())).map(busy -> {
        if (terminal != null) {
          long now = clock.millis();
          steps.add(new Step(item, next(upgrade, its, item, terminal, busy, now)));
        }
        return null;
      });
    }
    return chain.map(done -> steps);
  }

  private static UpgradeItem next(
      StoredUpgrade upgrade,
      StoredPackage its,
      UpgradeItem item,
      StoredTerminal terminal,
      Optional<String> busy,
      long now) {
    if (!terminal.record().app().equals(upgrade.app())) {
      return item.to(State.FAILED, Explanation.MOVED, 0, now);
    }
    if (busy.isPresent()) {
      return item.to(
          State.WAITING, "upgrade " + busy.get() + " is under way", now + LATER_MILLIS, now);
    }
    String version = Facts.of(terminal.sessions().factsJson()).softwareVersion();
    if (version.equals(its.version())) {
      return item.to(State.SKIPPED, "it has version " + version, 0, now);
    }
    return item.announced(UlidCreator.getMonotonicUlid(now).toString(), version, now);
  }

  private Future<Void> announce(
      StoredUpgrade upgrade,
      UpgradeSpec spec,
      StoredPackage its,
      List<Step> steps,
      Map<String, Integer> written,
      Map<String, StoredTerminal> terminals) {
    Future<Void> chain = Future.succeededFuture();
    for (Step step : steps) {
      UpgradeItem item = step.after();
      Integer transaction = written.get(item.serial());
      if (transaction != null && item.state().isEnd()) {
        figures.ended(item);
      } else if (transaction != null && transaction > 0) {
        TerminalRecord terminal = terminals.get(item.serial()).record();
        chain = chain.compose(done -> announce(upgrade, spec, its, step, terminal, transaction));
      }
    }
    return chain;
  }

  private Future<Void> announce(
      StoredUpgrade upgrade,
      UpgradeSpec spec,
      StoredPackage its,
      Step step,
      TerminalRecord terminal,
      int transaction) {
    long now = clock.millis();
    String url = its.isElsewhere() ? its.url() : urls.url(its, terminal, transaction);
    long expires = now + spec.offerMillis();
    return announcements
        .announce(Offer.command(upgrade, step.after(), its, url, transaction, now, expires))
        .onSuccess(done -> figures.announced())
        .recover(cause -> later(step, cause));
  }

  /** It was not taken: another turn, and the reason. Where the store does not know, the next look finds whether it was. */
  private Future<Void> later(Step step, Throwable cause) {
    LOG.debug("terminal {} begins later: {}", step.before().serial(), cause.getMessage());
    if (cause instanceof StoreFault fault && fault.kind() == StoreFault.Kind.UNAVAILABLE) {
      return Future.succeededFuture();
    }
    long now = clock.millis();
    UpgradeItem back = step.before()
        .to(State.WAITING, String.valueOf(cause.getMessage()), now + LATER_MILLIS, now);
    return store.write(List.of(new Step(step.after(), back))).mapEmpty();
  }
}
