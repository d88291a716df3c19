package io.m2mgate.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;

/** Events of an application as a person reads them, a line each: time, serial, type, gist. Stateless. */
final class EventText {
  private static final int LONGEST = 160;
  private static final int MOST_BYTES = 48;

  private EventText() {}

  static String of(JsonNode event) {
    return "%-24s  %-16s  %-24s  %s"
        .formatted(
            text(event, "time"),
            text(event, "subject"),
            text(event, "type"),
            gist(text(event, "type"), event.path("data")))
        .stripTrailing();
  }

  private static String gist(String type, JsonNode data) {
    String gist = switch (type) {
      case "m2m.data.up" -> payload(data);
      case "m2m.report" -> values(data.path("values"));
      case "m2m.command.updated" ->
        joined(data, "/type", "/state", "/result/name", "/reason", "/id");
      case "m2m.alarm.raised", "m2m.alarm.cleared" ->
        joined(data, "/hex", "/name", "/typeName", "/clearedBy", "/id");
      case "m2m.upgrade.updated" -> joined(data, "/state", "/version", "/reason", "/upgrade");
      case "m2m.key.rotation" -> joined(data, "/state", "/secrets", "/reason", "/id");
      default -> data.isEmpty() ? "" : data.toString();
    };
    return gist.length() > LONGEST ? gist.substring(0, LONGEST - 2) + ".." : gist;
  }

  /** What a plugin made of it, else its bytes, with their text where they are one. */
  private static String payload(JsonNode data) {
    var gist = new StringBuilder();
    if (data.has("decoded")) {
      gist.append(Listing.text(data.path("decoded")));
    } else {
      byte[] bytes = bytes(data.path("payload").asText());
      gist.append(bytes.length).append(" bytes ");
      gist.append(HexFormat.of().formatHex(bytes, 0, Math.min(MOST_BYTES, bytes.length)));
      gist.append(bytes.length > MOST_BYTES ? ".." : "");
      String text = new String(bytes, StandardCharsets.US_ASCII);
      if (bytes.length > 0 && text.matches("[\\x20-\\x7E]+")) {
        gist.append(" \"").append(text).append('"');
      }
    }
    if (data.has("command")) {
      gist.append(" command ").append(text(data, "command"));
    }
    if (!data.path("crcOk").asBoolean(true)) {
      gist.append(" wrong CRC");
    }
    if (data.path("suspectedDuplicate").asBoolean()) {
      gist.append(" perhaps a duplicate");
    }
    return gist.toString();
  }

  private static byte[] bytes(String base64) {
    try {
      return Base64.getDecoder().decode(base64);
    } catch (IllegalArgumentException e) {
      return new byte[0];
    }
  }

  private static String values(JsonNode values) {
    List<String> shown = new ArrayList<>();
    for (JsonNode value : values) {
      String said = value.path("secret").asBoolean()
          ? "(secret)"
          : Listing.text(value.has("label") ? value.path("label") : value.path("value"));
      shown.add(text(value, "name") + "=" + said);
    }
    return String.join(" ", shown);
  }

  private static String joined(JsonNode data, String... pointers) {
    List<String> shown = new ArrayList<>();
    for (String pointer : pointers) {
      String text = Listing.text(data.at(pointer));
      if (!text.isEmpty()) {
        shown.add(text);
      }
    }
    return String.join(" ", shown);
  }

  private static String text(JsonNode of, String name) {
    return Listing.text(of.path(name));
  }
}
