package io.m2mgate.bridge.mqtt;

import java.util.Map;
import java.util.Optional;

/** How events are named as topics: {@code m2m/v1/{appCode}/evt/{serial}/{kind}}. Immutable. */
final class Topics {

  /** The kind by the second word of the event's type; the one place where it is said. */
  private static final Map<String, String> KINDS = Map.of(
      "data", "data",
      "alarm", "alarm",
      "terminal", "notice",
      "report", "report",
      "parameters", "report",
      "command", "command",
      "key", "key",
      "upgrade", "upgrade");

  private Topics() {}

  static String application(String app) {
    return "m2m/v1/" + app + "/";
  }

  static String event(String app, String serial, String kind) {
    return application(app) + "evt/" + serial + "/" + kind;
  }

  /** Nothing for a type that has no topic. */
  static Optional<String> kind(String type) {
    var words = type.split("\\.", 3);
    return words.length > 1 && words[0].equals("m2m")
        ? Optional.ofNullable(KINDS.get(words[1]))
        : Optional.empty();
  }
}
