package io.m2mgate.peer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.Error;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import java.util.stream.StreamSupport;

/**
 * Holds answers to what {@code openapi.json} says of them, members that it does not name among them. Read once for all tests;
 * {@code -Dm2mgate.contract=off} turns it off. May be used from any thread.
 */
public final class ApiContract {
  private static final String SCHEMAS = "/components/schemas/";
  private static final String DEFINED = "#/$defs/";
  private static final String PROBLEM = "application/problem+json";
  private static final String JSON = "application/json";
  /** Of a longer list the others are like the first ones. */
  private static final int LIST = 20;

  private static final class Packaged {
    private static final ApiContract CONTRACT = new ApiContract();
  }

  private final JsonNode document;
  private final ObjectNode strict;
  private final List<Template> templates;
  private final SchemaRegistry registry =
      SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12);
  private final Map<String, Schema> schemas = new ConcurrentHashMap<>();

  private record Template(String path, Pattern form) {}

  private ApiContract() {
    try (InputStream in = ApiContract.class.getResourceAsStream("/openapi.json")) {
      document = Api.JSON.readTree(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    strict = document.path("components").path("schemas").deepCopy();
    close(strict);
    templates = StreamSupport.stream(
            ((Iterable<String>) () -> document.path("paths").fieldNames()).spliterator(), false)
        .sorted(Comparator.comparing(path -> path.replace('{', '\uffff')))
        .map(path -> new Template(
            path, Pattern.compile(path.replaceAll("\\{\\w+}", "[^/]+").replace(".", "\\."))))
        .toList();
  }

  public static ApiContract packaged() {
    return Packaged.CONTRACT;
  }

  /** An object that names members has no others; what is no part of JSON Schema goes, and schemas lie where it has them. */
  private static void close(JsonNode node) {
    if (node instanceof ObjectNode object && !object.path("example").isObject()) {
      object.remove(List.of("example", "x-data"));
    }
    if (node instanceof ObjectNode object && object.path("$ref").isTextual()) {
      object.put("$ref", object.path("$ref").asText().replace("#" + SCHEMAS, DEFINED));
    }
    if (node instanceof ObjectNode object
        && object.path("properties").isObject()
        && !object.has("additionalProperties")) {
      object.put("additionalProperties", false);
    }
    node.forEach(ApiContract::close);
  }

  public JsonNode document() {
    return document;
  }

  /** Fails where an answer is not as the document has it. */
  static void check(String method, String path, int status, String type, String body) {
    if ("off".equals(System.getProperty("m2mgate.contract"))) {
      return;
    }
    List<String> faults = packaged().faults(method, path, status, type, body);
    if (!faults.isEmpty()) {
      throw new AssertionError(method + " " + path + " " + status + " is not as openapi.yaml says: "
          + faults + "\n" + body);
    }
  }

  /** @param path without its query */
  public Optional<String> template(String path) {
    return templates.stream()
        .filter(one -> one.form().matcher(path.replaceFirst("/$", "")).matches())
        .map(Template::path)
        .findFirst();
  }

  private List<String> faults(String method, String path, int status, String type, String body) {
    String media = type.split(";")[0].strip();
    if (media.equals(PROBLEM)) {
      List<String> faults = new ArrayList<>(faults("Problem", tree(body)));
      boolean listed = template(path).isEmpty()
          || status == 405
          || status == 414
          || status == 431
          || operation(method, path).path("responses").has(Integer.toString(status));
      if (!listed) {
        faults.add("the operation has no such status");
      }
      return faults;
    }
    JsonNode response =
        resolved(operation(method, path).path("responses").path(Integer.toString(status)));
    if (response.isMissingNode()) {
      return List.of("the operation has no such status");
    }
    JsonNode content = response.path("content");
    if (body.isEmpty()) {
      return List.of();
    }
    if (!StreamSupport.stream(((Iterable<String>) content::fieldNames).spliterator(), false)
        .anyMatch(one -> one.split(";")[0].equals(media))) {
      return List.of("the status has no such media type as " + media);
    }
    String reference = content.path(media).path("schema").path("$ref").asText();
    return media.equals(JSON) && !reference.isEmpty()
        ? faults(reference.substring(reference.lastIndexOf('/') + 1), tree(body))
        : List.of();
  }

  private JsonNode operation(String method, String path) {
    String known = method.equals("HEAD") ? "GET" : method;
    return template(path)
        .map(it -> document.path("paths").path(it).path(known.toLowerCase(Locale.ROOT)))
        .orElseGet(JsonNodeFactory.instance::missingNode);
  }

  /** What a reference in the document leads to. */
  public JsonNode resolved(JsonNode node) {
    return node.has("$ref") ? document.at(node.path("$ref").asText().substring(1)) : node;
  }

  /** What is wrong with a value of a schema of the document. */
  public List<String> faults(String schema, JsonNode value) {
    JsonNode shown = shortened(value);
    List<String> faults = new ArrayList<>(texts(schema(schema), shown));
    if (schema.equals("Event")) {
      faults.addAll(dataFaults(value));
    }
    shown.path("events").forEach(event -> faults.addAll(dataFaults(event)));
    shown.path("items").forEach(item -> {
      if (item.has("specversion")) {
        faults.addAll(dataFaults(item));
      }
    });
    return faults;
  }

  private List<String> dataFaults(JsonNode event) {
    String reference =
        document.at(SCHEMAS + "Event/x-data").path(event.path("type").asText()).asText();
    return reference.isEmpty()
        ? List.of("no schema for the data of " + event.path("type"))
        : texts(schema(reference.substring(reference.lastIndexOf('/') + 1)), event.path("data"));
  }

  /** A value against a schema that stands anywhere in the document. */
  public List<String> faultsOf(JsonNode schema, JsonNode value) {
    ObjectNode whole = schema.deepCopy();
    close(whole);
    whole.set("$defs", strict);
    return texts(registry.getSchema(whole), value);
  }

  private Schema schema(String name) {
    return schemas.computeIfAbsent(name, missing -> {
      ObjectNode whole = JsonNodeFactory.instance.objectNode();
      whole.put("$ref", DEFINED + name);
      whole.set("$defs", strict);
      return registry.getSchema(whole);
    });
  }

  private static List<String> texts(Schema schema, JsonNode value) {
    return schema
        .validate(value, context -> context.executionConfig(it -> it.formatAssertionsEnabled(true)))
        .stream()
        .map(Error::toString)
        .toList();
  }

  private static JsonNode shortened(JsonNode value) {
    for (String list : List.of("events", "items", "terminals")) {
      if (value instanceof ObjectNode whole && value.path(list).size() > LIST) {
        ObjectNode less = JsonNodeFactory.instance.objectNode().setAll(whole);
        ArrayNode first = less.putArray(list);
        for (int i = 0; i < LIST; i++) {
          first.add(value.path(list).get(i));
        }
        return less;
      }
    }
    return value;
  }

  private static JsonNode tree(String body) {
    try {
      return Api.JSON.readTree(body);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
