package io.m2mgate.bridge;

import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * How events, requests and their answers are named as topics: {@code m2m/v1/{appCode}/evt/{serial}/{kind}}, {@code
 * …/req/{serial}/{type}}, {@code …/res/{clientId}}. Immutable.
 */
public final class Topics {

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

  private static final String[] NONE = {};
  private static final Pattern SERIAL = Pattern.compile("[A-Za-z0-9._-]{16}");
  private static final Set<String> TYPES = Set.of("read", "control", "configure", "data");

  /** What a request's topic says. */
  public record Request(String serial, String type) {}

  private Topics() {}

  /** Whose topic it is; empty for one outside {@code m2m/v1}. */
  public static Optional<String> owner(String topic) {
    var levels = topic.split("/", 4);
    return levels.length == 4 && levels[0].equals("m2m") && levels[1].equals("v1")
        ? Optional.of(levels[2])
        : Optional.empty();
  }

  /** Empty for a topic that takes no requests of the application. */
  public static Optional<Request> request(String app, String topic) {
    var own = application(app) + "req/";
    var levels = topic.startsWith(own) ? topic.substring(own.length()).split("/", -1) : NONE;
    return levels.length == 2 && SERIAL.matcher(levels[0]).matches() && TYPES.contains(levels[1])
        ? Optional.of(new Request(levels[0], levels[1]))
        : Optional.empty();
  }

  /** Where a client hears what became of its requests. */
  public static String responses(String app, String clientId) {
    return application(app) + "res/" + clientId;
  }

  public static String application(String app) {
    return "m2m/v1/" + app + "/";
  }

  public static String event(String app, String serial, String kind) {
    return application(app) + "evt/" + serial + "/" + kind;
  }

  /** Where an application hears of events that retention removed before they were delivered. */
  public static String gap(String app) {
    return event(app, "-", "gap");
  }

  /** Nothing for a type that has no topic. */
  public static Optional<String> kind(String type) {
    var words = type.split("\\.", 3);
    return words.length > 1 && words[0].equals("m2m")
        ? Optional.ofNullable(KINDS.get(words[1]))
        : Optional.empty();
  }
}
