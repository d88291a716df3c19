package io.m2mgate.peer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** The operations of {@code openapi.json}, and requests made of what it says of them: its templates, examples and media types. */
public final class ApiOperations {
  private static final Set<String> METHODS = Set.of("get", "put", "post", "delete", "patch");
  public static final String JSON = "application/json";
  private static final String FORM = "application/x-www-form-urlencoded";

  private final ApiContract contract = ApiContract.packaged();
  private final Map<String, Operation> byId = new TreeMap<>();

  /** One operation of the document. */
  public record Operation(String id, String method, String path, JsonNode node) {
    /** Scopes of which one is needed; empty where no key is. */
    public Set<String> scopes() {
      Set<String> scopes = new TreeSet<>();
      node.path("security")
          .forEach(
              one -> one.forEach(scheme -> scheme.forEach(scope -> scopes.add(scope.asText()))));
      return scopes;
    }

    public boolean administrative() {
      return scopes().equals(Set.of("admin"));
    }

    /** Whether it goes on as a WebSocket. */
    public boolean upgrades() {
      return node.path("responses").has("101");
    }

    public boolean streams() {
      return node.at("/responses/200/content").has("text/event-stream");
    }

    /** Media types of its body. */
    public List<String> consumes() {
      List<String> types = new ArrayList<>();
      node.at("/requestBody/content").fieldNames().forEachRemaining(types::add);
      return types;
    }

    public boolean produces() {
      boolean content = false;
      for (Map.Entry<String, JsonNode> one : node.path("responses").properties()) {
        content |= one.getKey().startsWith("2") && one.getValue().has("content");
      }
      return content;
    }

    /** The examples of its body: those of its first media type. */
    public List<JsonNode> examples() {
      if (consumes().isEmpty()) {
        return List.of();
      }
      JsonNode media = node.path("requestBody").path("content").path(consumes().get(0));
      List<JsonNode> examples = new ArrayList<>();
      if (media.has("example")) {
        examples.add(media.path("example"));
      }
      media.path("examples").forEach(one -> examples.add(one.path("value")));
      return examples;
    }

    @Override
    public String toString() {
      return id;
    }
  }

  /** A request in the making. */
  public final class Request {
    private final Operation operation;
    private final Map<String, String> path = new HashMap<>();
    private final Map<String, String> query = new TreeMap<>();
    private final List<String> headers = new ArrayList<>();
    private Optional<byte[]> body = Optional.empty();

    private Request(Operation operation) {
      this.operation = operation;
      parameters(operation).forEach(parameter -> {
        String name = parameter.path("name").asText();
        String example = parameter.path("example").asText();
        switch (parameter.path("in").asText()) {
          case "path" -> path.put(name, example);
          case "query" -> {
            if (parameter.path("required").asBoolean()) {
              query.put(name, example);
            }
          }
          default -> {}
        }
      });
      operation.examples().stream().findFirst().ifPresent(this::body);
    }

    /** A parameter of the path or the query by its name. */
    public Request with(String name, String value) {
      (path.containsKey(name) ? path : query).put(name, value);
      return this;
    }

    public Request header(String name, String value) {
      headers.addAll(List.of(name, value));
      return this;
    }

    public Request body(JsonNode value) {
      body = Optional.of(
          (value.isTextual() ? value.asText() : value.toString()).getBytes(StandardCharsets.UTF_8));
      return this;
    }

    /** A member of the example's. */
    public Request member(String name, Object value) {
      try {
        ObjectNode changed =
            (ObjectNode) Api.JSON.readTree(body.orElse("{}".getBytes(StandardCharsets.UTF_8)));
        changed.set(name, Api.JSON.valueToTree(value));
        return body(changed);
      } catch (java.io.IOException e) {
        throw new java.io.UncheckedIOException(e);
      }
    }

    public Operation operation() {
      return operation;
    }

    public String target() {
      String target = operation.path();
      for (Map.Entry<String, String> one : path.entrySet()) {
        target = target.replace("{" + one.getKey() + "}", encoded(one.getValue()));
      }
      String separator = "?";
      for (Map.Entry<String, String> one : query.entrySet()) {
        target += separator + one.getKey() + "=" + encoded(one.getValue());
        separator = "&";
      }
      return target;
    }

    /** The members of the body as a form has them. */
    private byte[] form() {
      try {
        List<String> pairs = new ArrayList<>();
        Api.JSON
            .readTree(body.orElseThrow())
            .properties()
            .forEach(
                one -> pairs.add(one.getKey() + "=" + encoded(one.getValue().asText())));
        return String.join("&", pairs).getBytes(StandardCharsets.UTF_8);
      } catch (java.io.IOException e) {
        throw new java.io.UncheckedIOException(e);
      }
    }

    public Api.Full by(Api who) {
      return by(who, operation.consumes().isEmpty() ? "" : operation.consumes().get(0));
    }

    /** @param type media type of the body; empty for none */
    public Api.Full by(Api who, String type, String... more) {
      List<String> all = new ArrayList<>(headers);
      all.addAll(List.of(more));
      if (!type.isEmpty()) {
        all.addAll(List.of("Content-Type", type));
      }
      return who.full(
          operation.method(),
          target(),
          type.equals(FORM) ? form() : body.orElseGet(() -> new byte[0]),
          all.toArray(String[]::new));
    }
  }

  public ApiOperations() {
    contract
        .document()
        .path("paths")
        .properties()
        .forEach(path -> path.getValue().properties().forEach(method -> {
          if (METHODS.contains(method.getKey())) {
            String id = method.getValue().path("operationId").asText();
            byId.put(
                id,
                new Operation(
                    id,
                    method.getKey().toUpperCase(java.util.Locale.ROOT),
                    path.getKey(),
                    method.getValue()));
          }
        }));
  }

  public List<Operation> all() {
    return byId.values().stream().sorted(Comparator.comparing(Operation::id)).toList();
  }

  public Request request(String operationId) {
    return new Request(Optional.ofNullable(byId.get(operationId)).orElseThrow());
  }

  public List<JsonNode> parameters(Operation operation) {
    List<JsonNode> parameters = new ArrayList<>();
    operation.node().path("parameters").forEach(one -> parameters.add(contract.resolved(one)));
    return parameters;
  }

  public boolean hasQuery(Operation operation, String name) {
    return parameters(operation).stream()
        .anyMatch(one ->
            one.path("in").asText().equals("query") && one.path("name").asText().equals(name));
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }
}
