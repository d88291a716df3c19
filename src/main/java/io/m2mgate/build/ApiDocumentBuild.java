package io.m2mgate.build;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;

/**
 * Makes of {@code openapi.yaml} what a start has no time for: the same as JSON, which is served, and the little of it that the router
 * needs. Run by the build alone, and not in the jar.
 */
public final class ApiDocumentBuild {

  private static final List<String> METHODS =
      List.of("get", "put", "post", "delete", "patch", "head", "options");
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  private final JsonNode document;

  private ApiDocumentBuild(JsonNode document) {
    this.document = document;
  }

  /** @param arguments the document, and the directory that what is made of it goes to */
  public static void main(String... arguments) throws IOException {
    JsonNode document = new YAMLMapper().readTree(Path.of(arguments[0]).toFile());
    Path directory = Path.of(arguments[1]);
    write(directory.resolve("openapi.json"), document);
    write(
        directory.resolve("openapi-operations.json"), new ApiDocumentBuild(document).operations());
  }

  /** A file that is as it was stays, or the tests would be compiled anew for it. */
  private static void write(Path file, JsonNode content) throws IOException {
    byte[] bytes = new JsonMapper().writeValueAsBytes(content);
    if (!Files.exists(file) || !Arrays.equals(bytes, Files.readAllBytes(file))) {
      Files.write(file, bytes);
    }
  }

  private ArrayNode operations() {
    ArrayNode operations = NODES.arrayNode();
    document
        .path("paths")
        .properties()
        .forEach(path -> METHODS.stream()
            .filter(path.getValue()::has)
            .forEach(method -> operations.add(operation(path.getKey(), path.getValue(), method))));
    return operations;
  }

  private ObjectNode operation(String path, JsonNode item, String method) {
    JsonNode operation = item.path(method);
    ObjectNode out = NODES.objectNode();
    out.put("id", operation.path("operationId").asText());
    out.put("method", method.toUpperCase(java.util.Locale.ROOT));
    out.put("path", path);
    scopes(operation, out.putArray("scopes"));
    ArrayNode query = out.putArray("query");
    parameters(item, query);
    parameters(operation, query);
    ArrayNode produces = out.putArray("produces");
    TreeSet<String> types = new TreeSet<>();
    operation.path("responses").properties().forEach(response -> {
      if (response.getKey().startsWith("2")) {
        resolved(response.getValue()).path("content").fieldNames().forEachRemaining(types::add);
      }
    });
    types.forEach(type -> produces.add(bare(type)));
    ArrayNode consumes = out.putArray("consumes");
    resolved(operation.path("requestBody"))
        .path("content")
        .fieldNames()
        .forEachRemaining(type -> consumes.add(bare(type)));
    return out;
  }

  /** Requirements of which one is enough; each with at most one scope. */
  private void scopes(JsonNode operation, ArrayNode scopes) {
    JsonNode security =
        operation.has("security") ? operation.path("security") : document.path("security");
    TreeSet<String> names = new TreeSet<>();
    security.forEach(requirement ->
        requirement.forEach(scheme -> scheme.forEach(scope -> names.add(scope.asText()))));
    names.forEach(scopes::add);
  }

  private void parameters(JsonNode holder, ArrayNode query) {
    holder.path("parameters").forEach(one -> {
      JsonNode parameter = resolved(one);
      if (parameter.path("in").asText().equals("query")) {
        query.add(parameter.path("name").asText());
      }
    });
  }

  private JsonNode resolved(JsonNode node) {
    return node.has("$ref") ? document.at(node.path("$ref").asText().substring(1)) : node;
  }

  private static String bare(String mediaType) {
    return mediaType.split(";")[0].strip();
  }
}
