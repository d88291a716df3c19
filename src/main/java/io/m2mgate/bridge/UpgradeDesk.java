package io.m2mgate.bridge;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.github.f4b6a3.ulid.UlidCreator;
import io.m2mgate.bridge.InvalidRequest.Fault;
import io.m2mgate.store.Store;
import io.m2mgate.store.StoredPackage;
import io.m2mgate.store.StoredTerminal;
import io.m2mgate.store.StoredUpgrade;
import io.m2mgate.store.StoredUpgrade.Progress;
import io.m2mgate.store.StoredUpgrade.State;
import io.m2mgate.store.UpgradeItem;
import io.m2mgate.store.UpgradeStore.Count;
import io.m2mgate.upgrade.CampaignPlan;
import io.m2mgate.upgrade.UpgradeSpec;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;
import java.util.function.Function;

/**
 * Takes what applications want of campaigns (6.1.8): whose package and terminals they are, who may, and what the audit hears of it. Safe
 * for any thread; futures may complete on any.
 */
public final class UpgradeDesk {

  private final Store store;
  private final Runnable wake;
  private final BooleanSupplier reachable;
  private final UpgradeForm.Defaults defaults;
  private final Audits audits;
  private final InstantSource clock;

  /**
   * @param concurrency and what follows: of a campaign that does not say
   */
  public record Rules(
      int concurrency,
      int retries,
      long retryMillis,
      long offerMillis,
      int successThreshold,
      int errorThreshold) {}

  /**
   * @param wake somebody has to look at campaigns
   * @param reachable whether terminals can be told where the gateway is
   */
  public UpgradeDesk(
      Store store, Runnable wake, BooleanSupplier reachable, Rules rules, InstantSource clock) {
    this.store = store;
    this.wake = wake;
    this.reachable = reachable;
    this.defaults = new UpgradeForm.Defaults(
        rules.concurrency(),
        rules.retries(),
        rules.retryMillis(),
        rules.offerMillis(),
        rules.successThreshold(),
        rules.errorThreshold());
    this.audits = new Audits(store.audit());
    this.clock = clock;
  }

  /**
   * What came of a request.
   *
   * @param upgrade as it was made, or as it would be
   * @param groupSizes how many terminals each group has
   */
  public record Made(
      StoredUpgrade upgrade, StoredPackage its, List<Integer> groupSizes, boolean dryRun) {}

  /** Makes a campaign; durable when it completes. Fails with a {@link Problem}, {@link InvalidRequest} or as the store does. */
  public Future<Made> create(Caller caller, ObjectNode request) {
    // Whose terminals the filter finds is known with the package: the form is read again then.
    String packageId = form(request).read("").packageId();
    return store
        .packages()
        .read(packageId, caller.app())
        .map(found -> found.orElseThrow(UpgradeDesk::unknownPackage))
        .compose(its -> {
          if (!its.isElsewhere() && !reachable.getAsBoolean()) {
            return Future.failedFuture(
                Problem.of(
                    ProblemType.NOT_ADVERTISED,
                    "terminal.tcp.host is every address of the machine: set terminal.advertised.host to the one that terminals reach"));
          }
          return create(caller, form(request).read(its.app()), its);
        });
  }

  private UpgradeForm form(ObjectNode request) {
    return new UpgradeForm(Fields.of(request, UpgradeForm.MEMBERS), defaults);
  }

  private Future<Made> create(Caller caller, UpgradeForm.Asked asked, StoredPackage its) {
    long now = clock.millis();
    String id = UlidCreator.getMonotonicUlid(now).toString();
    return asked.spec().filter().isPresent()
        ? store
            .terminals()
            .count(asked.spec().filter().get())
            .compose(total -> make(
                caller,
                asked,
                its,
                fresh(caller, asked, its, id, State.PREPARING, List.of()),
                CampaignPlan.sizes(asked.spec(), total),
                List.of()))
        : named(asked.terminals(), its.app()).compose(serials -> {
          List<Integer> sizes = CampaignPlan.sizes(asked.spec(), serials.size());
          StoredUpgrade fresh = fresh(caller, asked, its, id, State.RUNNING, sizes);
          return make(
              caller, asked, its, fresh, sizes, CampaignPlan.items(id, serials, sizes, now));
        });
  }

  private StoredUpgrade fresh(
      Caller caller,
      UpgradeForm.Asked asked,
      StoredPackage its,
      String id,
      State state,
      List<Integer> sizes) {
    long now = clock.millis();
    long started = state == State.RUNNING ? now : 0;
    return new StoredUpgrade(
        id,
        its.app(),
        its.id(),
        asked.name(),
        asked.spec().toJson(),
        now,
        caller.actor(),
        new Progress(state, "", 1, sizes, "", 0, started, now, 0));
  }

  private Future<Made> make(
      Caller caller,
      UpgradeForm.Asked asked,
      StoredPackage its,
      StoredUpgrade fresh,
      List<Integer> sizes,
      List<UpgradeItem> items) {
    Made made = new Made(fresh, its, sizes, asked.dryRun());
    if (asked.dryRun()) {
      return Future.succeededFuture(made);
    }
    JsonObject detail = new JsonObject()
        .put("package", its.id())
        .put("terminals", sizes.stream().mapToInt(Integer::intValue).sum())
        .put("rules", new JsonObject(fresh.specJson()));
    return store
        .upgrades()
        .create(fresh, items)
        .onSuccess(done -> wake.run())
        .compose(done -> audits.append(caller, "upgrade.create", fresh.id(), detail))
        .map(made);
  }

  /** In the order of serials. Fails where one is not the application's. */
  private Future<List<String>> named(List<String> serials, String app) {
    return store.terminals().load(new TreeSet<>(serials)).map(found -> {
      Map<String, StoredTerminal> known = new HashMap<>();
      found.forEach(terminal -> known.put(terminal.record().serial(), terminal));
      List<Fault> faults = new ArrayList<>();
      for (int i = 0; i < serials.size(); i++) {
        StoredTerminal terminal = known.get(serials.get(i));
        if (terminal == null || !terminal.record().app().equals(app)) {
          faults.add(Fault.of(
              "/terminals/" + i,
              "no terminal of this serial is the application's",
              "serials of its terminals"));
        }
      }
      if (!faults.isEmpty()) {
        throw new InvalidRequest(faults);
      }
      return List.copyOf(new TreeSet<>(serials));
    });
  }

  /** One of the caller's. Fails with {@link ProblemType#UPGRADE_UNKNOWN}. */
  public Future<StoredUpgrade> one(Caller caller, String id) {
    return store
        .upgrades()
        .read(id, caller.app())
        .map(found -> found.orElseThrow(() ->
            Problem.of(ProblemType.UPGRADE_UNKNOWN, "no upgrade of this id is the caller's")));
  }

  /** No terminal begins until it is resumed; those that have begun go on. */
  public Future<StoredUpgrade> pause(Caller caller, String id) {
    return move(
        caller,
        id,
        "upgrade.pause",
        Set.of(State.RUNNING),
        it -> Future.succeededFuture(it.to(State.PAUSED, "asked for", clock.millis())));
  }

  /** It goes on; failures seen so far do not pause it again, and a group of which nothing is open gives way to the next. */
  public Future<StoredUpgrade> resume(Caller caller, String id) {
    return move(
        caller,
        id,
        "upgrade.resume",
        Set.of(State.PAUSED),
        it -> store.upgrades().counts(id).map(counts -> resumed(it, counts)));
  }

  private StoredUpgrade resumed(StoredUpgrade upgrade, List<Count> counts) {
    int groups = UpgradeSpec.of(upgrade.specJson(), upgrade.app()).groups().size();
    return CampaignPlan.resumed(upgrade, groups, counts, clock.millis());
  }

  /** Terminals that wait or have not got the file are let go; those that install go on. */
  public Future<StoredUpgrade> cancel(Caller caller, String id) {
    return move(
        caller,
        id,
        "upgrade.cancel",
        Set.of(State.PREPARING, State.RUNNING, State.PAUSED),
        it -> Future.succeededFuture(it.to(State.CANCELLING, "asked for", clock.millis())));
  }

  private Future<StoredUpgrade> move(
      Caller caller,
      String id,
      String action,
      Set<State> from,
      Function<StoredUpgrade, Future<StoredUpgrade>> to) {
    return one(caller, id).compose(now -> {
      State state = now.progress().state();
      if (!from.contains(state)) {
        return Future.failedFuture(Problem.of(ProblemType.UPGRADE_STATE, "it is " + state.text()));
      }
      return to.apply(now)
          .compose(next -> store.upgrades().move(next, state).compose(moved -> {
            if (!moved) {
              return move(caller, id, action, from, to);
            }
            wake.run();
            return audits.append(caller, action, id, new JsonObject()).map(next);
          }));
    });
  }

  /** Removes one that has ended. Fails with {@link ProblemType#UPGRADE_STATE} before its end. */
  public Future<Void> delete(Caller caller, String id) {
    return one(caller, id)
        .compose(now -> store
            .upgrades()
            .delete(id, caller.app())
            .compose(removed -> removed
                ? audits.append(caller, "upgrade.delete", id, new JsonObject())
                : Future.failedFuture(Problem.of(
                    ProblemType.UPGRADE_STATE,
                    "it is " + now.progress().state().text() + "; cancel it first"))));
  }

  public Store store() {
    return store;
  }

  private static Problem unknownPackage() {
    return Problem.of(ProblemType.PACKAGE_UNKNOWN, "no package of this id is the caller's");
  }
}
