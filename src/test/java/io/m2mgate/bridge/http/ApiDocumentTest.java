package io.m2mgate.bridge.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import io.m2mgate.api.EventTypes;
import io.m2mgate.bridge.ProblemType;
import io.m2mgate.bridge.Scope;
import io.m2mgate.peer.ApiContract;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.Test;

/** The description of the HTTP side by itself: its form, and what it lists that the code has too. */
class ApiDocumentTest {
  private final ApiContract contract = ApiContract.packaged();
  private final JsonNode document = contract.document();

  // Verifies that each type of problem, each scope and each type of event is in the document, and
  // no other.
  @Test
  void listsWhatThereIs() throws ReflectiveOperationException {
    assertThat(enumOf("ProblemName"))
        .containsExactlyInAnyOrderElementsOf(
            Arrays.stream(ProblemType.values()).map(ProblemType::uri).toList());
    assertThat(enumOf("Scope")).containsExactlyInAnyOrderElementsOf(Scope.texts());
    List<String> types = new ArrayList<>();
    for (Field field : EventTypes.class.getDeclaredFields()) {
      if (Modifier.isPublic(field.getModifiers())) {
        types.add((String) field.get(null));
      }
    }
    assertThat(enumOf("EventType")).containsExactlyInAnyOrderElementsOf(types);
  }

  private List<String> enumOf(String schema) {
    List<String> texts = new ArrayList<>();
    document
        .path("components")
        .path("schemas")
        .path(schema)
        .path("enum")
        .forEach(text -> texts.add(text.asText()));
    return texts;
  }

  // Verifies that every reference leads somewhere.
  @Test
  void leadsSomewhere() {
    List<String> broken = new ArrayList<>();
    walk("", document, (at, node) -> {
      if (node.path("$ref").isTextual() && contract.resolved(node).isMissingNode()) {
        broken.add(at + " -> " + node.path("$ref").asText());
      }
    });
    assertThat(broken).isEmpty();
  }

  // Verifies that every schema is one, by the schema of schemas.
  @Test
  void hasSchemasOfTheirForm() {
    var meta = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
        .getSchema(SchemaLocation.of("https://json-schema.org/draft/2020-12/schema"));
    document
        .path("components")
        .path("schemas")
        .properties()
        .forEach(schema ->
            assertThat(meta.validate(schema.getValue())).as(schema.getKey()).isEmpty());
  }

  // Verifies that every example is of the schema beside it.
  @Test
  void givesGoodExamples() {
    List<String> bad = new ArrayList<>();
    walk("", document.path("paths"), (at, node) -> {
      if (node.has("schema") && node.has("example")) {
        contract
            .faultsOf(node.path("schema"), node.path("example"))
            .forEach(fault -> bad.add(at + " " + fault));
      }
      if (node.has("schema")) {
        node.path("examples")
            .forEach(one -> contract
                .faultsOf(node.path("schema"), one.path("value"))
                .forEach(fault -> bad.add(at + " " + fault)));
      }
    });
    document.path("components").path("parameters").properties().forEach(one -> {
      if (one.getValue().has("example")) {
        contract
            .faultsOf(one.getValue().path("schema"), one.getValue().path("example"))
            .forEach(fault -> bad.add(one.getKey() + " " + fault));
      }
    });
    assertThat(bad).isEmpty();
  }

  // Verifies that an operation says what it is, who may use it, and how it refuses.
  @Test
  void describesEachOperation() {
    for (var operation : ApiDocument.packaged().operations()) {
      JsonNode node = document
          .path("paths")
          .path(operation.path())
          .path(operation.method().name().toLowerCase(java.util.Locale.ROOT));
      assertThat(operation.id()).matches("[a-z][A-Za-z]+");
      assertThat(node.path("summary").asText()).as(operation.id()).isNotBlank();
      assertThat(node.path("tags")).as(operation.id()).hasSize(1);
      assertThat(node.has("security")).as("security of %s", operation.id()).isTrue();
      if (!operation.isOpen()) {
        assertThat(node.path("responses").has("401")).as(operation.id()).isTrue();
        assertThat(node.path("responses").has("403")).as(operation.id()).isTrue();
      }
    }
  }

  private static void walk(String at, JsonNode node, BiConsumer<String, JsonNode> each) {
    each.accept(at, node);
    if (node.isObject()) {
      node.properties().forEach(one -> walk(at + "/" + one.getKey(), one.getValue(), each));
    } else {
      node.forEach(one -> walk(at + "[]", one, each));
    }
  }
}
