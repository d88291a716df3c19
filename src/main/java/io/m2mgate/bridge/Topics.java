package io.m2mgate.bridge;

import io.m2mgate.api.Event;
import io.m2mgate.api.EventTypes;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * How events, requests and their answers are named as topics: {@code m2m/v1/{appCode}/evt/{serial}/{kind}}, {@code
 * …/req/{serial}/{type}}, {@code …/res/{clientId}}, {@code …/status}. Immutable.
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

  /** No terminal's: what retention removed. */
  private static final Place GAP = new Place("-", "gap");

  /** The two last levels of an event's topic. */
  public record Place(String serial, String kind) {}

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

  /** Whether the gateway is there (6.1.9). */
  public static String status(String app) {
    return application(app) + "status";
  }

  public static String application(String app) {
    return "m2m/v1/" + app + "/";
  }

  public static String event(String app, Place place) {
    return application(app) + "evt/" + place.serial() + "/" + place.kind();
  }

  /** Where an event belongs; nothing for a type that has no topic. */
  public static Optional<Place> place(Event event) {
    return event.type().equals(EventTypes.STREAM_GAP)
        ? Optional.of(GAP)
        : kind(event.type()).map(kind -> new Place(event.serial(), kind));
  }

  /** Nothing for a type that has no topic. */
  public static Optional<String> kind(String type) {
    var words = type.split("\\.", 3);
    return words.length > 1 && words[0].equals("m2m")
        ? Optional.ofNullable(KINDS.get(words[1]))
        : Optional.empty();
  }
}
