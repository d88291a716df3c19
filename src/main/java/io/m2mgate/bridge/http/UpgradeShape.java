package io.m2mgate.bridge.http;

import io.m2mgate.store.CommandBody;
import io.m2mgate.store.StoredCommand;
import io.m2mgate.store.StoredUpgrade;
import io.m2mgate.store.UpgradeItem;
import io.m2mgate.store.UpgradeStore.Count;
import io.m2mgate.store.UpgradeStore.Standing;
import io.m2mgate.upgrade.Explanation;
import io.m2mgate.upgrade.UpgradeSpec;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Campaigns as applications see them. Stateless. */
final class UpgradeShape {

  private static final List<String> FIGURES = List.of(
      CommandBody.OFFSET,
      CommandBody.BLOCKS,
      CommandBody.BYTES,
      CommandBody.RATE,
      CommandBody.CAUSE,
      CommandBody.SEEN);

  private UpgradeShape() {}

  static JsonObject of(StoredUpgrade upgrade) {
    var progress = upgrade.progress();
    var shape = new JsonObject()
        .put("id", upgrade.id())
        .put("app", upgrade.app())
        .put("package", upgrade.packageId())
        .put("name", upgrade.name())
        .put("state", progress.state().text());
    if (!progress.reason().isEmpty()) {
      shape.put("reason", progress.reason());
    }
    shape.put("group", progress.group()).put("created", Shapes.time(upgrade.createdMillis()));
    shape.put("createdBy", upgrade.createdBy()).put("rules", rules(upgrade));
    time(shape, "started", progress.startedMillis());
    time(shape, "finished", progress.finishedMillis());
    return shape;
  }

  private static JsonObject rules(StoredUpgrade upgrade) {
    var spec = UpgradeSpec.of(upgrade.specJson(), upgrade.app());
    var rules = new JsonObject(upgrade.specJson());
    rules.remove("starts");
    rules.remove("ends");
    rules.remove("retryMillis");
    rules.remove("offerMillis");
    time(rules, "startAt", spec.startsMillis());
    time(rules, "endAt", spec.endsMillis());
    return rules
        .put("retryAfter", Duration.ofMillis(spec.retryMillis()).toString())
        .put("offerFor", Duration.ofMillis(spec.offerMillis()).toString());
  }

  private static void time(JsonObject shape, String name, long millis) {
    if (millis > 0) {
      shape.put(name, Shapes.time(millis));
    }
  }

  /** @param phases of active ones */
  static JsonObject counts(List<Count> counts, Map<String, Integer> phases) {
    var all = new TreeMap<String, Integer>(phases);
    for (Count count : counts) {
      if (count.state() != UpgradeItem.State.ACTIVE) {
        all.merge(count.state().text(), count.count(), Integer::sum);
      }
    }
    var shape = new JsonObject();
    all.forEach(shape::put);
    return shape;
  }

  static JsonArray groups(StoredUpgrade upgrade, List<Count> counts) {
    var spec = UpgradeSpec.of(upgrade.specJson(), upgrade.app());
    var groups = new JsonArray();
    for (int i = 1; i <= spec.groups().size(); i++) {
      var group = new JsonObject().put("group", i);
      int total = 0;
      for (Count count : counts) {
        if (count.group() == i) {
          total += count.count();
          group.put(count.state().text(), count.count());
        }
      }
      groups.add(
          group.put("terminals", total).put("begun", i <= upgrade.progress().group()));
    }
    return groups;
  }

  static JsonObject of(Standing standing, StoredUpgrade upgrade, UpgradeSpec spec, Instant now) {
    var item = standing.item();
    var shape = new JsonObject()
        .put("serial", item.serial())
        .put("state", Explanation.state(standing))
        .put("group", item.group());
    var why = Explanation.why(standing, upgrade, spec, now);
    if (!why.isEmpty()) {
      shape.put("why", why);
    }
    shape.put("attempts", item.attempts());
    if (!item.versionBefore().isEmpty()) {
      shape.put("versionBefore", item.versionBefore());
    }
    standing.command().ifPresent(command -> figures(shape, command));
    shape.put(
        "updated",
        Shapes.time(Math.max(
            item.updatedMillis(),
            standing.command().map(it -> it.progress().updatedMillis()).orElse(0L))));
    return shape;
  }

  private static void figures(JsonObject shape, StoredCommand command) {
    shape.put("command", command.id());
    var body = new JsonObject(command.head().body());
    shape.put("transaction", body.getInteger(CommandBody.TRANSACTION));
    shape.put("sizeBytes", body.getLong(CommandBody.SIZE));
    shape.put(CommandBody.OFFSET, 0);
    String result = command.progress().result();
    if (!result.isEmpty()) {
      var figures = new JsonObject(result);
      for (String name : FIGURES) {
        if (figures.containsKey(name)) {
          shape.put(name, figures.getValue(name));
        }
      }
    }
  }
}
