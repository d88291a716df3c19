package io.m2mgate.bridge;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.m2mgate.bridge.InvalidRequest.Fault;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Reads the members of one JSON object and collects everything that is wrong with it, so that a client learns of all
 * faults at once. Used by one thread; {@link #check} throws what was collected.
 */
public final class Fields {

  private static final JsonMapper MAPPER = JsonMapper.builder()
      .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
      .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
      .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
      .build();

  private final ObjectNode object;
  private final String pointer;
  private final List<Fault> faults;

  private Fields(ObjectNode object, String pointer, List<Fault> faults) {
    this.object = object;
    this.pointer = pointer;
    this.faults = faults;
  }

  /** An empty body is an empty object. */
  public static Fields parse(Buffer body, String... members) {
    return of(object(body), members);
  }

  /** What was read elsewhere as an object. */
  public static Fields of(ObjectNode object, String... members) {
    return new Fields(object, "", new ArrayList<>()).knowing(members);
  }

  private Fields knowing(String... members) {
    var known = Set.of(members);
    object.fieldNames().forEachRemaining(name -> {
      if (!known.contains(name)) {
        fault(name, "no such member", String.join(", ", members));
      }
    });
    return this;
  }

  /** A member that is an object of known members itself; what is wrong with it is collected here. */
  public Optional<Fields> object(String name, String... members) {
    return node(name).map(inner -> new Fields(inner, at(name), faults).knowing(members));
  }

  /** A member that is a list of objects of known members. */
  public Optional<List<Fields>> objects(String name, String... members) {
    var valid = "a list of objects of " + String.join(", ", members);
    return read(name, JsonNode::isArray, Function.identity(), valid).map(array -> {
      var all = new ArrayList<Fields>();
      for (int i = 0; i < array.size(); i++) {
        if (array.get(i) instanceof ObjectNode inner) {
          all.add(new Fields(inner, at(name) + "/" + i, faults).knowing(members));
        } else {
          faults.add(Fault.of(at(name) + "/" + i, "not an object", valid));
        }
      }
      return all;
    });
  }

  /** A member that is an object whose members are somebody else's. */
  public Optional<ObjectNode> node(String name) {
    return read(name, JsonNode::isObject, ObjectNode.class::cast, "an object");
  }

  /** A member that is a list of texts; anything else among them is a fault and left out. */
  public Optional<List<String>> listed(String name, String valid) {
    return read(name, JsonNode::isArray, Function.identity(), valid).map(array -> {
      var texts = new ArrayList<String>();
      for (int i = 0; i < array.size(); i++) {
        if (array.get(i).isTextual()) {
          texts.add(array.get(i).textValue());
        } else {
          faults.add(Fault.of(at(name) + "/" + i, "not a text", valid));
        }
      }
      return texts;
    });
  }

  /** JSON pointer of a member. */
  public String at(String name) {
    return pointer + "/" + name.replace("~", "~0").replace("/", "~1");
  }

  /** The body as it is, for whom the members are somebody else's. */
  public static JsonObject raw(Buffer body) {
    return new JsonObject(object(body).toString());
  }

  public boolean has(String name) {
    return object.has(name);
  }

  public boolean isNull(String name) {
    return object.path(name).isNull();
  }

  public boolean isText(String name) {
    return object.path(name).isTextual();
  }

  public void fault(String name, String detail, String valid) {
    faults.add(Fault.of(at(name), detail, valid));
  }

  /** A fault of a member of a member. */
  public void fault(List<String> path, String detail, String valid) {
    var pointer = path.stream()
        .map(name -> "/" + name.replace("~", "~0").replace("/", "~1"))
        .collect(Collectors.joining());
    faults.add(Fault.of(pointer, detail, valid));
  }

  /** A text of a form; absent and null give nothing. */
  public Optional<String> text(String name, Pattern form, String valid) {
    return read(name, JsonNode::isTextual, JsonNode::textValue, valid)
        .filter(text -> matches(name, text, form, valid));
  }

  /** A member as it may be repeated to whom sent it: only what has its form, for anything else may be a secret. */
  public Optional<String> shown(String name, Pattern form) {
    return Optional.ofNullable(object.path(name).textValue())
        .filter(text -> form.matcher(text).matches());
  }

  /** A text that must be there. */
  public String required(String name, Pattern form, String valid) {
    if (!has(name) || isNull(name)) {
      fault(name, "missing", valid);
      return "";
    }
    return text(name, form, valid).orElse("");
  }

  public Optional<Boolean> flag(String name) {
    return read(name, JsonNode::isBoolean, JsonNode::booleanValue, "true or false");
  }

  public Optional<Long> number(String name, long least) {
    return number(name, least, Long.MAX_VALUE);
  }

  public Optional<Long> number(String name, long least, long most) {
    var valid = most == Long.MAX_VALUE
        ? "a whole number from " + least
        : "a whole number, " + least + ".." + most;
    return read(
            name,
            node -> node.isIntegralNumber() && node.canConvertToLong(),
            JsonNode::longValue,
            valid)
        .filter(value -> {
          if (value < least || value > most) {
            fault(name, value < least ? "too small" : "too large", valid);
          }
          return value >= least && value <= most;
        });
  }

  /** A list of distinct known texts. */
  public Optional<Set<String>> texts(String name, List<String> known) {
    var valid = "a list of " + String.join(", ", known);
    return read(name, JsonNode::isArray, Function.identity(), valid).map(array -> {
      var texts = new HashSet<String>();
      for (int i = 0; i < array.size(); i++) {
        if (array.get(i).isTextual() && known.contains(array.get(i).textValue())) {
          texts.add(array.get(i).textValue());
        } else {
          faults.add(Fault.of(at(name) + "/" + i, "unknown", valid));
        }
      }
      return texts;
    });
  }

  /** An object of known members, each a time with its offset (RFC 3339) or null. */
  public Map<String, Optional<Instant>> times(String name, List<String> known) {
    var valid = "an RFC 3339 time or null for each of " + String.join(", ", known);
    var times = new HashMap<String, Optional<Instant>>();
    read(name, JsonNode::isObject, Function.identity(), valid)
        .ifPresent(members -> members.properties().forEach(member -> {
          var at = member.getKey();
          var value = member.getValue();
          var time = time(value);
          if (!known.contains(at)) {
            fault(List.of(name, at), "no such member", String.join(", ", known));
          } else if (time.isEmpty() && !value.isNull()) {
            fault(List.of(name, at), "not a time", valid);
          } else {
            times.put(at, time);
          }
        }));
    return times;
  }

  /** A time with its offset (RFC 3339), or null, which is an empty one; absent gives nothing. */
  public Optional<Optional<Instant>> time(String name) {
    if (isNull(name)) {
      return has(name) ? Optional.of(Optional.empty()) : Optional.empty();
    }
    if (!has(name)) {
      return Optional.empty();
    }
    var time = time(object.path(name));
    if (time.isEmpty()) {
      fault(name, "not a time", "an RFC 3339 time or null");
    }
    return Optional.of(time);
  }

  private static Optional<Instant> time(JsonNode value) {
    try {
      return Optional.ofNullable(value.textValue()).map(Instant::parse);
    } catch (DateTimeParseException e) {
      return Optional.empty();
    }
  }

  public void check() {
    if (!faults.isEmpty()) {
      throw new InvalidRequest(faults);
    }
  }

  private <T> Optional<T> read(
      String name, Function<JsonNode, Boolean> fits, Function<JsonNode, T> value, String valid) {
    var node = object.path(name);
    if (node.isMissingNode() || node.isNull()) {
      return Optional.empty();
    }
    if (!fits.apply(node)) {
      fault(name, "of the wrong type", valid);
      return Optional.empty();
    }
    return Optional.of(value.apply(node));
  }

  private boolean matches(String name, String text, Pattern form, String valid) {
    boolean fits = form.matcher(text).matches();
    if (!fits) {
      fault(name, "not of the form", valid);
    }
    return fits;
  }

  /** One JSON object and nothing else; an empty body is an empty object. */
  public static ObjectNode object(Buffer body) {
    if (body.length() == 0) {
      return MAPPER.createObjectNode();
    }
    try {
      if (MAPPER.readTree(body.getBytes()) instanceof ObjectNode object) {
        return object;
      }
    } catch (JsonProcessingException e) {
      throw malformed(e);
    } catch (IOException e) {
      // Nothing is read from anywhere: the bytes are of an encoding (UTF-16, UTF-32) that breaks
      // off.
      throw Problem.of(ProblemType.MALFORMED_JSON, "not JSON in UTF-8");
    }
    throw InvalidRequest.at("", "not an object", "a JSON object");
  }

  private static Problem malformed(JsonProcessingException cause) {
    JsonLocation at = cause.getLocation() == null ? JsonLocation.NA : cause.getLocation();
    var place = "line " + at.getLineNr() + ", column " + at.getColumnNr();
    return Problem.of(ProblemType.MALFORMED_JSON, place + ": " + cause.getOriginalMessage());
  }
}
