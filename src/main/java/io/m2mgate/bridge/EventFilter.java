package io.m2mgate.bridge;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Which events of a log a reader wants. Immutable.
 *
 * @param types full type names; empty = all
 * @param serials of terminals; empty = all
 */
public record EventFilter(Set<String> types, Set<String> serials) {

  public static final EventFilter ALL = new EventFilter(Set.of(), Set.of());

  private static final String TYPES = "types";
  private static final String SERIALS = "serials";

  public EventFilter {
    types = Set.copyOf(types);
    serials = Set.copyOf(serials);
  }

  /** As it was stored; of what has none, everything. */
  public static EventFilter of(JsonObject stored) {
    return new EventFilter(texts(stored, TYPES), texts(stored, SERIALS));
  }

  public JsonObject toJson() {
    return new JsonObject().put(TYPES, sorted(types)).put(SERIALS, sorted(serials));
  }

  private static Set<String> texts(JsonObject stored, String member) {
    return stored.getJsonArray(member, new JsonArray()).stream()
        .map(String::valueOf)
        .collect(Collectors.toSet());
  }

  private static JsonArray sorted(Set<String> texts) {
    return new JsonArray(new TreeSet<>(texts).stream().toList());
  }
}
