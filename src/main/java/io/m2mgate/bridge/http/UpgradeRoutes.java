package io.m2mgate.bridge.http;

import io.m2mgate.bridge.BridgeParts;
import io.m2mgate.bridge.Caller;
import io.m2mgate.bridge.Fields;
import io.m2mgate.bridge.InvalidRequest;
import io.m2mgate.bridge.Problems;
import io.m2mgate.bridge.UpgradeDesk;
import io.m2mgate.store.Page;
import io.m2mgate.store.StoredUpgrade;
import io.m2mgate.store.UpgradeItem;
import io.m2mgate.store.UpgradePhase;
import io.m2mgate.store.UpgradeStore;
import io.m2mgate.upgrade.Explanation;
import io.m2mgate.upgrade.UpgradeSpec;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** {@code /upgrades}: campaigns and the terminals in them (6.1.8). Stateless but for its parts; on the bridge's event loop. */
final class UpgradeRoutes {

  private static final String BASE = "/v1/upgrades";
  /** By which the terminals under way can be told apart. */
  private static final List<String> UNDER_WAY = List.of(
      Explanation.QUEUED,
      UpgradePhase.NOTIFIED.text(),
      UpgradePhase.DOWNLOADING.text(),
      UpgradePhase.DOWNLOADED.text(),
      UpgradePhase.INSTALLING.text());

  private final BridgeParts parts;
  private final UpgradeDesk desk;
  private final UpgradeStore store;

  UpgradeRoutes(BridgeParts parts) {
    this.parts = parts;
    this.desk = parts.upgrades();
    this.store = parts.store().upgrades();
  }

  void add(Endpoints endpoints) {
    endpoints.on("createUpgrade", this::create);
    endpoints.on("listUpgrades", this::list);
    endpoints.on("readUpgrade", this::read);
    endpoints.on("readUpgradeTerminal", this::terminal);
    endpoints.on("deleteUpgrade", this::delete);
    action(endpoints, "pauseUpgrade", desk::pause);
    action(endpoints, "resumeUpgrade", desk::resume);
    action(endpoints, "cancelUpgrade", desk::cancel);
  }

  private void action(
      Endpoints endpoints,
      String operationId,
      BiFunction<Caller, String, Future<StoredUpgrade>> does) {
    endpoints.on(operationId, exchange -> {
      exchange.body().check();
      return does.apply(exchange.caller(), exchange.path("id"))
          .map(upgrade -> Answer.ok(UpgradeShape.of(upgrade)));
    });
  }

  private Future<Answer> create(Exchange exchange) {
    var request = Fields.object(RequestBody.of(exchange.routing()));
    return desk.create(exchange.caller(), request).map(made -> {
      var groups = new JsonArray();
      for (int i = 0; i < made.groupSizes().size(); i++) {
        groups.add(new JsonObject()
            .put("group", i + 1)
            .put("terminals", made.groupSizes().get(i)));
      }
      int total = made.groupSizes().stream().mapToInt(Integer::intValue).sum();
      var shape = UpgradeShape.of(made.upgrade()).put("terminals", total).put("groups", groups);
      if (made.dryRun()) {
        shape.remove("id");
        return Answer.ok(shape.put("dryRun", true));
      }
      return Answer.json(202, shape)
          .with("Location", BASE + "/" + made.upgrade().id());
    });
  }

  private Future<Answer> list(Exchange exchange) {
    var app = exchange.query("app").isPresent()
        ? Optional.of(EventRequest.app(parts, exchange))
        : exchange.caller().app();
    return store
        .list(
            app,
            states(exchange),
            exchange.query("package"),
            exchange.query("cursor"),
            exchange.limit())
        .map(
            page -> Answer.page(page.items().stream().map(UpgradeShape::of).toList(), page.next()));
  }

  private static Set<StoredUpgrade.State> states(Exchange exchange) {
    return exchange.set("state").stream()
        .map(text -> StoredUpgrade.State.parse(text)
            .orElseThrow(() -> InvalidRequest.at(
                "?state",
                "no such state",
                Arrays.stream(StoredUpgrade.State.values())
                    .map(StoredUpgrade.State::text)
                    .collect(Collectors.joining(", ")))))
        .collect(Collectors.toUnmodifiableSet());
  }

  private Future<Answer> read(Exchange exchange) {
    String id = exchange.path("id");
    return desk.one(exchange.caller(), id)
        .compose(upgrade -> store
            .counts(id)
            .compose(counts -> store
                .phases(id)
                .compose(phases -> standings(exchange, id).map(page -> {
                  var spec = UpgradeSpec.of(upgrade.specJson(), upgrade.app());
                  var now = Instant.now();
                  var terminals = new JsonArray();
                  page.items()
                      .forEach(it -> terminals.add(UpgradeShape.of(it, upgrade, spec, now)));
                  return Answer.ok(UpgradeShape.of(upgrade)
                      .put("counts", UpgradeShape.counts(counts, phases))
                      .put("groups", UpgradeShape.groups(upgrade, counts))
                      .put("terminals", terminals)
                      .put("next", page.next().orElse(null)));
                }))));
  }

  private Future<Page<UpgradeStore.Standing>> standings(Exchange exchange, String id) {
    var asked = exchange.set("state");
    var items = new HashSet<UpgradeItem.State>();
    var phases = new HashSet<String>();
    for (String text : asked) {
      if (UNDER_WAY.contains(text)) {
        phases.add(text);
      } else {
        items.add(UpgradeItem.State.parse(text)
            .filter(state -> state != UpgradeItem.State.ACTIVE)
            .orElseThrow(() -> InvalidRequest.at("?state", "no such state", valid())));
      }
    }
    if (!phases.isEmpty() && !items.isEmpty()) {
      throw InvalidRequest.at("?state", "those under way by themselves", "either kind");
    }
    return store.items(
        id,
        phases.isEmpty() ? items : Set.of(UpgradeItem.State.ACTIVE),
        phases.isEmpty() ? Optional.empty() : Optional.of(phases),
        exchange.query("cursor"),
        exchange.limit());
  }

  private static String valid() {
    return Stream.concat(
            UNDER_WAY.stream(),
            Arrays.stream(UpgradeItem.State.values())
                .filter(state -> state != UpgradeItem.State.ACTIVE)
                .map(UpgradeItem.State::text))
        .collect(Collectors.joining(", "));
  }

  private Future<Answer> terminal(Exchange exchange) {
    String id = exchange.path("id");
    return desk.one(exchange.caller(), id)
        .compose(upgrade -> store
            .item(id, exchange.path("serial"))
            .map(found -> Answer.ok(UpgradeShape.of(
                found.orElseThrow(Problems::unknownTerminal),
                upgrade,
                UpgradeSpec.of(upgrade.specJson(), upgrade.app()),
                Instant.now()))));
  }

  private Future<Answer> delete(Exchange exchange) {
    return desk.delete(exchange.caller(), exchange.path("id")).map(Answer.NO_CONTENT);
  }
}
