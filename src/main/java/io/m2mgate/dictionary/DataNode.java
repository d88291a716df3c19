package io.m2mgate.dictionary;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** A place in the protocol data that knows its path, so that every complaint says where. Immutable. */
record DataNode(String path, JsonNode json) {

  DictionaryFault fault(String what) {
    return new DictionaryFault(path + ": " + what);
  }

  boolean has(String key) {
    return json.hasNonNull(key);
  }

  DataNode at(String key) {
    if (!json.isObject()) {
      throw fault("an object was expected, found " + shown());
    }
    if (!json.hasNonNull(key)) {
      throw new DictionaryFault(child(key) + ": missing");
    }
    return new DataNode(child(key), json.get(key));
  }

  /** Complains about keys that nothing reads: in an overlay they are spelling mistakes. */
  DataNode only(Set<String> keys) {
    if (!json.isObject()) {
      throw fault("an object was expected, found " + shown());
    }
    json.fieldNames().forEachRemaining(key -> {
      if (!keys.contains(key)) {
        throw new DictionaryFault(child(key) + ": unknown, known here are " + new TreeSet<>(keys));
      }
    });
    return this;
  }

  Map<String, DataNode> entries() {
    if (!json.isObject()) {
      throw fault("an object was expected, found " + shown());
    }
    var out = new LinkedHashMap<String, DataNode>();
    json.properties()
        .forEach(e -> out.put(e.getKey(), new DataNode(child(e.getKey()), e.getValue())));
    return out;
  }

  Map<String, DataNode> entries(String key) {
    return has(key) ? at(key).entries() : Map.of();
  }

  List<DataNode> items(String key) {
    if (!has(key)) {
      return List.of();
    }
    var array = at(key);
    if (!array.json.isArray()) {
      throw array.fault("a list was expected, found " + array.shown());
    }
    var out = new ArrayList<DataNode>();
    for (int i = 0; i < array.json.size(); i++) {
      out.add(new DataNode(array.path + "[" + i + "]", array.json.get(i)));
    }
    return out;
  }

  List<String> texts(String key) {
    return items(key).stream().map(DataNode::asText).toList();
  }

  String text(String key) {
    return at(key).asText();
  }

  String text(String key, String otherwise) {
    return has(key) ? at(key).json.asText() : otherwise;
  }

  boolean flag(String key, boolean otherwise) {
    if (!has(key)) {
      return otherwise;
    }
    var node = at(key);
    if (!node.json.isBoolean()) {
      throw node.fault("true or false was expected, found " + node.shown());
    }
    return node.json.booleanValue();
  }

  int number(String key) {
    return at(key).asInt();
  }

  int number(String key, int otherwise) {
    return has(key) ? number(key) : otherwise;
  }

  /** A number given as hex digits in text. */
  int hex(String key, int digits) {
    var node = at(key);
    var text = node.asText();
    if (!text.matches("[0-9A-Fa-f]{" + digits + "}")) {
      throw node.fault(digits + " hex digits were expected, found " + node.shown());
    }
    return Integer.parseUnsignedInt(text, 16);
  }

  /** One of an enum's names, written in lower case. */
  <E extends Enum<E>> E oneOf(String key, Class<E> type, E otherwise) {
    return has(key) ? at(key).as(type) : otherwise;
  }

  <E extends Enum<E>> E as(Class<E> type) {
    for (E e : type.getEnumConstants()) {
      if (e.name().equalsIgnoreCase(asText())) {
        return e;
      }
    }
    throw fault("one of " + List.of(type.getEnumConstants()) + " was expected, found " + shown());
  }

  /** The grade given here, or the one that holds around it. */
  Grade grade(Grade otherwise) {
    return oneOf("grade", Grade.class, otherwise);
  }

  String asText() {
    if (!json.isTextual()) {
      throw fault("text was expected, found " + shown());
    }
    return json.textValue();
  }

  int asInt() {
    if (!json.isIntegralNumber() || !json.canConvertToInt()) {
      throw fault("a whole number was expected, found " + shown());
    }
    return json.intValue();
  }

  private String child(String key) {
    return path.isEmpty() ? key : path + "." + key;
  }

  private String shown() {
    var text = json.toString();
    return text.length() <= 60 ? text : text.substring(0, 57) + "...";
  }
}
