package io.m2mgate.store.sql;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.m2mgate.store.DesiredSet;
import io.m2mgate.store.DesiredSet.Desired;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** How rows of desired parameters become records, and back. Stateless. */
final class DesiredRows {

  private static final ObjectMapper JSON = new ObjectMapper();

  static final String INSERTED = "serial, version, revision, parameters";

  /** What the inserted columns are: texts and numbers. */
  static final String TYPES = "tnnt";

  static final String ON_CONFLICT =
      " ON CONFLICT (serial) DO UPDATE SET version = excluded.version, revision = excluded.revision,"
          + " parameters = excluded.parameters";

  private DesiredRows() {}

  /** In the order of {@link #INSERTED}. */
  static Object[] values(Map.Entry<String, DesiredSet> row) {
    DesiredSet set = row.getValue();
    return new Object[] {row.getKey(), set.version(), set.revision(), encode(set)};
  }

  static String encode(DesiredSet set) {
    ArrayNode all = JSON.createArrayNode();
    for (Desired value : set.values()) {
      ObjectNode node = all.addObject();
      node.put("tag", value.tag()).put("name", value.name()).put("value", value.valueJson());
      node.put("at", value.atMillis()).put("command", value.command());
      node.put("reachability", value.reachability());
      ArrayNode sent = node.putArray("sent");
      value.sentMillis().forEach(sent::add);
      node.put("drift", value.drift()).put("since", value.driftMillis());
    }
    return all.toString();
  }

  static DesiredSet decode(long version, long revision, String text) {
    List<Desired> values = new ArrayList<>();
    for (JsonNode node : read(text)) {
      List<Long> sent = new ArrayList<>();
      node.path("sent").forEach(at -> sent.add(at.asLong()));
      values.add(new Desired(
          node.path("tag").asInt(),
          node.path("name").asText(),
          node.path("value").asText(),
          node.path("at").asLong(),
          node.path("command").asText(),
          node.path("reachability").asBoolean(),
          sent,
          node.path("drift").asText(),
          node.path("since").asLong()));
    }
    return new DesiredSet(version, revision, values);
  }

  private static JsonNode read(String text) {
    try {
      return JSON.readTree(text);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("stored parameters are no JSON", e);
    }
  }
}
