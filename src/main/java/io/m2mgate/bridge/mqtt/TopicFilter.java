package io.m2mgate.bridge.mqtt;

import io.m2mgate.bridge.Topics;
import java.util.Optional;

/**
 * One granted subscription's filter. Immutable.
 *
 * @param matchesEvents false for topics that carry other things ({@code res/…}), nothing yet ({@code status}), or cannot exist
 * @param serial absent = any
 * @param kind absent = any
 */
record TopicFilter(
    String text, boolean matchesEvents, Optional<String> serial, Optional<String> kind) {

  /** Why a filter is not granted. */
  enum Refusal {
    /** Wildcards are not where MQTT 3.1.1, 4.7.1 allows them. */
    MALFORMED,
    /** It reaches beyond the application's own subscribable topics. */
    FOREIGN,
    SHARED
  }

  static final class Refused extends Exception {
    private final transient Refusal refusal;

    Refused(Refusal refusal) {
      super(refusal.name(), null, false, false);
      this.refusal = refusal;
    }

    Refusal refusal() {
      return refusal;
    }
  }

  static TopicFilter parse(String text, String app, String clientId) throws Refused {
    if (text.startsWith("$share/")) {
      throw new Refused(Refusal.SHARED);
    }
    checkWildcards(text);
    var own = Topics.application(app);
    if (text.equals(own + "status") || text.equals(Topics.responses(app, clientId))) {
      return new TopicFilter(text, false, Optional.empty(), Optional.empty());
    }
    if (!text.startsWith(own + "evt/")) {
      throw new Refused(Refusal.FOREIGN);
    }
    return events(text, text.substring(own.length() + "evt/".length()).split("/", -1));
  }

  boolean matches(String eventSerial, String eventKind) {
    return matchesEvents
        && serial.map(eventSerial::equals).orElse(true)
        && kind.map(eventKind::equals).orElse(true);
  }

  /** Levels below {@code evt/}; {@code x/#} matches {@code x} too. */
  private static TopicFilter events(String text, String[] levels) {
    boolean open = levels[levels.length - 1].equals("#");
    int fixed = open ? levels.length - 1 : levels.length;
    boolean possible = open ? fixed <= 2 : fixed == 2;
    return new TopicFilter(
        text,
        possible,
        fixed > 0 ? level(levels[0]) : Optional.empty(),
        fixed > 1 ? level(levels[1]) : Optional.empty());
  }

  private static Optional<String> level(String level) {
    return level.equals("+") ? Optional.empty() : Optional.of(level);
  }

  private static void checkWildcards(String text) throws Refused {
    var levels = text.split("/", -1);
    for (int i = 0; i < levels.length; i++) {
      boolean last = i == levels.length - 1;
      boolean wild = levels[i].contains("+") || levels[i].contains("#");
      if (wild && !levels[i].equals("+") && !(levels[i].equals("#") && last)) {
        throw new Refused(Refusal.MALFORMED);
      }
    }
    if (text.isEmpty() || text.indexOf('\0') >= 0) {
      throw new Refused(Refusal.MALFORMED);
    }
  }
}
