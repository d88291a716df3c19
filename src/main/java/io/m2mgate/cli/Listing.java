package io.m2mgate.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;

/** A list of the gateway as it is printed: as a table whose rows come as they are read, or as NDJSON. Used by one thread. */
final class Listing {
  private record Column(String form, String title, Function<JsonNode, String> value) {}

  private final List<Column> columns = new ArrayList<>();

  /** A column of the member at this pointer, so wide; 0 for the last, below 0 for numbers. */
  Listing column(String title, int width, String pointer) {
    return column(title, width, item -> text(item.at(pointer)));
  }

  /** A column of what is made of an item. */
  Listing column(String title, int width, Function<JsonNode, String> value) {
    String form = width == 0 ? "%s" : "%" + -width + "s";
    columns.add(new Column(form, title, value));
    return this;
  }

  /** Prints so many items of a list at most. */
  void print(
      GatewayCall call,
      String path,
      Map<String, String> query,
      long most,
      PrintWriter out,
      boolean json)
      throws IOException {
    head(out, json);
    call.each(path, query, "items", most, item -> item(item, out, json));
  }

  /** Prints items that are there already. */
  void print(Iterable<JsonNode> items, PrintWriter out, boolean json) {
    head(out, json);
    items.forEach(item -> item(item, out, json));
  }

  private void head(PrintWriter out, boolean json) {
    if (!json) {
      row(out, Column::title);
    }
  }

  private void item(JsonNode item, PrintWriter out, boolean json) {
    if (json) {
      out.println(item);
    } else {
      row(out, column -> column.value().apply(item));
    }
  }

  private void row(PrintWriter out, Function<Column, String> value) {
    out.println(columns.stream()
        .map(column -> column.form().formatted(value.apply(column)))
        .collect(Collectors.joining("  "))
        .stripTrailing());
  }

  /** A value as a person reads it, without what it could do to a screen; empty for one that is not there. */
  static String text(JsonNode value) {
    if (value.isMissingNode() || value.isNull()) {
      return "";
    }
    boolean words = value.isArray()
        && StreamSupport.stream(value.spliterator(), false).allMatch(JsonNode::isValueNode);
    String text = words
        ? StreamSupport.stream(value.spliterator(), false)
            .map(JsonNode::asText)
            .collect(Collectors.joining(","))
        : value.isValueNode() ? value.asText() : value.toString();
    return text.replaceAll("\\p{Cntrl}", "?");
  }
}
