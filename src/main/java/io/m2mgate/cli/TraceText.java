package io.m2mgate.cli;

import com.fasterxml.jackson.databind.JsonNode;

/** Events of a trace as a person reads them. Stateless. */
final class TraceText {
  private static final int NAME = 32;
  private static final int VALUE = 70;

  private TraceText() {}

  /** @param full with bytes and headers */
  static String of(EventFeed.Event event, boolean full) {
    JsonNode data = event.data();
    return switch (event.type()) {
      case "frame" -> frame(data, full);
      case "lost" ->
        "... %d frames not shown: they came faster than they were read%n"
            .formatted(data.path("frames").asLong());
      default ->
        "%s    %s %s: %s, %s (%s %s)%n"
            .formatted(
                text(data, "time"),
                text(data, "serial"),
                command(data),
                text(data, "verdict"),
                text(data, "reason"),
                text(data, "bearer"),
                text(data, "remote"));
    };
  }

  private static String command(JsonNode data) {
    return data.has("command")
        ? text(data, "command") + " seq " + data.path("sequence").asLong()
        : "no frame";
  }

  private static String frame(JsonNode data, boolean full) {
    JsonNode explanation = data.path("explanation");
    var out = new StringBuilder();
    out.append("%s %s %s %s seq %d, %d bytes: %s"
        .formatted(
            text(data, "time"),
            text(data, "direction").equals("in") ? "->" : "<-",
            text(data, "serial"),
            text(data, "command"),
            data.path("sequence").asLong(),
            explanation.path("length").asInt(),
            text(data, "verdict")));
    if (data.has("reason")) {
      out.append(" (").append(text(data, "reason")).append(')');
    }
    if (data.has("result")) {
      JsonNode result = data.path("result");
      out.append(", result ").append(result.path("code").asInt()).append(' ');
      out.append(text(result, "name"));
    }
    out.append(", digest ").append(text(explanation, "digest"));
    out.append(", ").append(text(data, "bearer")).append(' ').append(text(data, "remote"));
    out.append(System.lineSeparator());
    if (full) {
      out.append("    bytes ").append(text(data, "bytes")).append(System.lineSeparator());
    }
    rows(explanation, full, out);
    return out.toString();
  }

  private static void rows(JsonNode explanation, boolean full, StringBuilder out) {
    boolean body = full;
    for (JsonNode row : explanation.path("rows")) {
      if (body) {
        row("    ", row, out);
      }
      // The serial is the last of a header.
      body |= text(row, "field").equals("serial");
    }
    for (JsonNode part : explanation.path("inside")) {
      for (JsonNode row : part.path("rows")) {
        row("    decrypted ", row, out);
      }
    }
    if (explanation.has("malformed")) {
      JsonNode fault = explanation.path("malformed");
      out.append("    malformed: %s at offset %d; right would be %s%n"
          .formatted(text(fault, "reason"), fault.path("offset").asInt(), text(fault, "right")));
    }
  }

  private static void row(String indent, JsonNode row, StringBuilder out) {
    JsonNode value = row.path("value");
    String shown =
        (value.isValueNode() ? value.asText() : value.toString()).replaceAll("\\p{Cntrl}", "?");
    String note = text(row, "note");
    out.append("%s%-10s %-32s %s%s%n"
        .formatted(
            indent,
            text(row, "field"),
            cut(text(row, "name"), NAME),
            cut(shown, VALUE),
            note.isEmpty() ? "" : " (" + note + ")"));
  }

  private static String cut(String text, int most) {
    return text.length() <= most ? text : text.substring(0, most - 2) + "..";
  }

  /** Without what a terminal could do to a screen. */
  private static String text(JsonNode of, String name) {
    return of.path(name).asText().replaceAll("\\p{Cntrl}", "?");
  }
}
