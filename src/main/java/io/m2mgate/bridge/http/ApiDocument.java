package io.m2mgate.bridge.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.m2mgate.bridge.Scope;
import io.vertx.core.http.HttpMethod;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/**
 * What the router takes from {@code openapi.yaml}: every operation with its path, scopes, parameters and media types. Immutable.
 *
 * @param operations in the document's order
 */
public record ApiDocument(List<Operation> operations) {

  private static final String RESOURCE = "/openapi-operations.json";

  /**
   * One method of one path.
   *
   * @param path template with names in braces
   * @param scopes one of which is needed; empty where no key is
   * @param query names of the query's parameters
   * @param produces media types of its good answers; empty when those have no body
   * @param consumes media types of its body; empty when it has none
   */
  public record Operation(
      String id,
      HttpMethod method,
      String path,
      Set<Scope> scopes,
      List<String> query,
      List<String> produces,
      List<String> consumes) {

    boolean isOpen() {
      return scopes.isEmpty();
    }

    /** Whether the body is to be taken as bytes, of one of the media types that are named. */
    boolean consumesBytes() {
      return !consumes.isEmpty() && !consumes.contains(Negotiation.JSON_TYPE);
    }
  }

  private static final class Packaged {
    private static final ApiDocument DOCUMENT = load();
  }

  /** That of this release; read once, by whoever asks first. */
  public static ApiDocument packaged() {
    return Packaged.DOCUMENT;
  }

  private static ApiDocument load() {
    try (InputStream in = ApiDocument.class.getResourceAsStream(RESOURCE)) {
      var operations = new ArrayList<Operation>();
      new JsonMapper()
          .readTree(Objects.requireNonNull(in, RESOURCE))
          .forEach(node -> operations.add(operation(node)));
      return new ApiDocument(List.copyOf(operations));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Operation operation(JsonNode node) {
    var scopes = EnumSet.noneOf(Scope.class);
    texts(node, "scopes").forEach(text -> scopes.add(Scope.parse(text).orElseThrow()));
    return new Operation(
        node.path("id").asText(),
        HttpMethod.valueOf(node.path("method").asText()),
        node.path("path").asText(),
        scopes,
        texts(node, "query"),
        texts(node, "produces"),
        texts(node, "consumes"));
  }

  private static List<String> texts(JsonNode node, String name) {
    var texts = new ArrayList<String>();
    node.path(name).forEach(text -> texts.add(text.asText()));
    return List.copyOf(texts);
  }
}
