package io.m2mgate.upgrade;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.m2mgate.store.TerminalState;
import io.m2mgate.store.TerminalStore.TerminalFilter;
import java.time.DayOfWeek;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * The rules of a campaign, as they were asked for; they do not change.
 *
 * @param filter which terminals of its application; absent where they were named
 * @param groups in the order in which they may begin; never empty, and their percents come to 100
 * @param startsMillis before which nothing begins, 0 for at once
 * @param endsMillis after which nothing begins any more, 0 for never
 * @param windows in which terminals may begin; none for at any time
 * @param zone of the windows
 * @param concurrency how many may be under way at a time
 * @param retries how often one that failed or gave up is told anew
 * @param retryMillis how long after
 * @param offerMillis how long an announcement is good
 */
public record UpgradeSpec(
    Optional<TerminalFilter> filter,
    List<Group> groups,
    long startsMillis,
    long endsMillis,
    List<Window> windows,
    ZoneId zone,
    int concurrency,
    int retries,
    long retryMillis,
    long offerMillis) {

  private static final ObjectMapper JSON = new ObjectMapper();

  public UpgradeSpec {
    groups = List.copyOf(groups);
    windows = List.copyOf(windows);
  }

  /**
   * @param percent of all terminals, by serial
   * @param success percent of the group that must have the version before the next one begins
   * @param error percent of the group whose failure pauses the campaign
   */
  public record Group(int percent, int success, int error) {}

  public String toJson() {
    ObjectNode node = JSON.createObjectNode();
    filter.ifPresent(some -> {
      ObjectNode its = node.putObject("filter");
      some.state().ifPresent(state -> its.put("state", state.text()));
      some.enabled().ifPresent(enabled -> its.put("enabled", enabled));
      some.profile().ifPresent(profile -> its.put("profile", profile));
      some.query().ifPresent(query -> its.put("q", query));
    });
    ArrayNode all = node.putArray("groups");
    groups.forEach(group -> all.addObject()
        .put("percent", group.percent())
        .put("successThreshold", group.success())
        .put("errorThreshold", group.error()));
    ArrayNode spans = node.putArray("windows");
    for (Window window : windows) {
      ObjectNode span = spans.addObject();
      span.put("from", window.from().toString()).put("to", window.to().toString());
      ArrayNode days = span.putArray("days");
      EnumSet.copyOf(window.days()).forEach(day -> days.add(name(day)));
    }
    return node.put("zone", zone.getId())
        .put("starts", startsMillis)
        .put("ends", endsMillis)
        .put("concurrency", concurrency)
        .put("retries", retries)
        .put("retryMillis", retryMillis)
        .put("offerMillis", offerMillis)
        .toString();
  }

  /** @param app whose terminals the filter may find */
  public static UpgradeSpec of(String json, String app) {
    try {
      JsonNode node = JSON.readTree(json);
      List<Group> groups = new ArrayList<>();
      node.path("groups")
          .forEach(group -> groups.add(new Group(
              group.path("percent").asInt(),
              group.path("successThreshold").asInt(),
              group.path("errorThreshold").asInt())));
      List<Window> windows = new ArrayList<>();
      node.path("windows").forEach(window -> windows.add(window(window)));
      return new UpgradeSpec(
          Optional.of(node.path("filter"))
              .filter(JsonNode::isObject)
              .map(filter -> filter(filter, app)),
          groups,
          node.path("starts").asLong(),
          node.path("ends").asLong(),
          windows,
          ZoneId.of(node.path("zone").asText()),
          node.path("concurrency").asInt(),
          node.path("retries").asInt(),
          node.path("retryMillis").asLong(),
          node.path("offerMillis").asLong());
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("the rules of a stored campaign are no JSON", e);
    }
  }

  private static TerminalFilter filter(JsonNode node, String app) {
    return new TerminalFilter(
        Optional.of(app),
        text(node, "state").flatMap(TerminalState::parse),
        node.has("enabled") ? Optional.of(node.path("enabled").asBoolean()) : Optional.empty(),
        text(node, "profile"),
        text(node, "q"));
  }

  private static Optional<String> text(JsonNode node, String name) {
    return Optional.ofNullable(node.path(name).textValue());
  }

  private static Window window(JsonNode node) {
    Set<DayOfWeek> days = EnumSet.noneOf(DayOfWeek.class);
    node.path("days").forEach(day -> day(day.asText()).ifPresent(days::add));
    return new Window(
        LocalTime.parse(node.path("from").asText()),
        LocalTime.parse(node.path("to").asText()),
        days);
  }

  /** A day by the first three letters of its English name. */
  public static Optional<DayOfWeek> day(String name) {
    for (DayOfWeek day : DayOfWeek.values()) {
      if (name(day).equals(name)) {
        return Optional.of(day);
      }
    }
    return Optional.empty();
  }

  /** As requests name it. */
  public static String name(DayOfWeek day) {
    return day.name().substring(0, 3).toLowerCase(Locale.ROOT);
  }

  /** The group of the terminal of this place, from 0, among so many in the order of serials; from 1. */
  int groupOf(int index, int total) {
    long upTo = 0;
    for (int i = 0; i < groups.size(); i++) {
      upTo += groups.get(i).percent();
      // Rounded up: a small share of a small fleet is one terminal and not none.
      if (index < (upTo * total + 99) / 100) {
        return i + 1;
      }
    }
    return groups.size();
  }
}
