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

/** How a terminal's desired parameters stand in their one column. Stateless. */
final class DesiredJson {

  private static final ObjectMapper JSON = new ObjectMapper();

  private DesiredJson() {}

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
