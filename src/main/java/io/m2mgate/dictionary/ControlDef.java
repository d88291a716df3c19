package io.m2mgate.dictionary;

import java.util.Set;

/**
 * What a dialect says of one remote control: what shows that it was carried out, and what a second sending would do (behaviour
 * 5.3.7, 5.4.6).
 *
 * @param shownBy what the platform waits for
 * @param tags one of which a CONFIG_TRAP that shows it carries; empty for any that is neither an execution result nor an alarm
 * @param patient tried again at the terminal's next sign when all sends stayed unanswered
 * @param idempotent sent again after a restart when it is not known whether it was done
 */
public record ControlDef(
    String name,
    Evidence shownBy,
    Set<Integer> tags,
    boolean patient,
    boolean idempotent,
    Grade grade) {

  /** What shows that a terminal did as it was told. */
  public enum Evidence {
    /** The answer itself. */
    ACK,
    /** The answer where a session is confirmed, else the LOGIN. */
    SESSION,
    /** A LOGIN after it, confirmed. */
    LOGIN,
    /** A CONFIG_TRAP after it. */
    TRAP,
    /** A CONFIG_TRAP with an execution result. */
    RESULT
  }

  public ControlDef {
    tags = Set.copyOf(tags);
  }

  /** One that the data does not describe: nobody knows what doing it twice means. */
  static ControlDef undescribed(String name) {
    return new ControlDef(name, Evidence.ACK, Set.of(), false, false, Grade.ASSIGNED);
  }
}
