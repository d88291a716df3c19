package io.m2mgate.bridge.mqtt;

import io.m2mgate.bridge.Topics;
import java.util.Optional;

/**
 * One granted subscription's filter. Immutable.
 *
 * @param text as the client wrote it, with the group's prefix
 * @param group of the members that share what matches; absent = the client's own
 * @param serial absent = any
 * @param kind absent = any
 */
record TopicFilter(
    String text,
    Reach reach,
    Optional<String> group,
    Optional<String> serial,
    Optional<String> kind) {

  private static final String SHARED = "$share/";

  /** The longest group's name and the longest filter that can be shared, for both name a cursor in the store. */
  private static final int SHARED_LENGTH = 128;

  /** What its topics carry. */
  enum Reach {
    EVENTS,
    STATUS,
    RESPONSES,
    /** Topics that cannot exist. */
    NOTHING
  }

  /** Why a filter is not granted. */
  enum Refusal {
    /** Wildcards are not where MQTT 3.1.1, 4.7.1 allows them, or a group's name is not one. */
    MALFORMED,
    /** It reaches beyond the application's own subscribable topics. */
    FOREIGN,
    /** Only events are shared. */
    NOT_SHARED
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
    return isShared(text) ? shared(text, app, clientId) : own(text, app, clientId);
  }

  /** {@code $share/{group}/{filter}} (MQTT 5, 4.8.2). */
  private static TopicFilter shared(String text, String app, String clientId) throws Refused {
    int end = text.indexOf('/', SHARED.length());
    var group = end < 0 ? "" : text.substring(SHARED.length(), end);
    if (group.isEmpty()
        || group.length() > SHARED_LENGTH
        || group.contains("+")
        || group.contains("#")
        || group.indexOf('\0') >= 0
        || text.length() - end > SHARED_LENGTH) {
      throw new Refused(Refusal.MALFORMED);
    }
    var filter = own(text.substring(end + 1), app, clientId);
    if (filter.reach == Reach.STATUS || filter.reach == Reach.RESPONSES) {
      throw new Refused(Refusal.NOT_SHARED);
    }
    return new TopicFilter(text, filter.reach, Optional.of(group), filter.serial, filter.kind);
  }

  private static TopicFilter own(String text, String app, String clientId) throws Refused {
    checkWildcards(text);
    if (text.equals(Topics.status(app))) {
      return topic(text, Reach.STATUS);
    }
    if (text.equals(Topics.responses(app, clientId))) {
      return topic(text, Reach.RESPONSES);
    }
    var events = Topics.application(app) + "evt/";
    if (!text.startsWith(events)) {
      throw new Refused(Refusal.FOREIGN);
    }
    return events(text, text.substring(events.length()).split("/", -1));
  }

  static boolean isShared(String text) {
    return text.startsWith(SHARED);
  }

  private static TopicFilter topic(String text, Reach reach) {
    return new TopicFilter(text, reach, Optional.empty(), Optional.empty(), Optional.empty());
  }

  boolean matches(String eventSerial, String eventKind) {
    return reach == Reach.EVENTS
        && serial.map(eventSerial::equals).orElse(true)
        && kind.map(eventKind::equals).orElse(true);
  }

  /** Without the group's prefix. */
  String topics() {
    return group
        .map(name -> text.substring(SHARED.length() + name.length() + 1))
        .orElse(text);
  }

  /** Levels below {@code evt/}; {@code x/#} matches {@code x} too. */
  private static TopicFilter events(String text, String[] levels) {
    boolean open = levels[levels.length - 1].equals("#");
    int fixed = open ? levels.length - 1 : levels.length;
    boolean possible = open ? fixed <= 2 : fixed == 2;
    return new TopicFilter(
        text,
        possible ? Reach.EVENTS : Reach.NOTHING,
        Optional.empty(),
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
