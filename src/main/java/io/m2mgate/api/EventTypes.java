package io.m2mgate.api;

/** Types of events in the applications' logs ({@code application.md}, "The 13 interactions"). */
public final class EventTypes {

  public static final String DATA_UP = "m2m.data.up";
  public static final String REPORT = "m2m.report";
  public static final String ALARM_RAISED = "m2m.alarm.raised";
  public static final String ALARM_CLEARED = "m2m.alarm.cleared";
  public static final String TERMINAL_REGISTERED = "m2m.terminal.registered";
  public static final String TERMINAL_LOGIN = "m2m.terminal.login";
  public static final String TERMINAL_LOGOUT = "m2m.terminal.logout";
  public static final String TERMINAL_OFFLINE = "m2m.terminal.offline";
  /** Heard again after {@link #TERMINAL_OFFLINE}, in the same session. */
  public static final String TERMINAL_ONLINE = "m2m.terminal.online";
  /** A request was refused for a reason that the operator can mend. */
  public static final String TERMINAL_REFUSED = "m2m.terminal.refused";

  /** A session under a new IMSI is confirmed. */
  public static final String TERMINAL_REBOUND = "m2m.terminal.rebound";
  /** A source is locked out for too many wrong proofs. */
  public static final String TERMINAL_LOCKED = "m2m.terminal.locked";
  /** Wrong proofs from many sources; the terminal's logins are throttled. */
  public static final String TERMINAL_ATTACKED = "m2m.terminal.attacked";
  /** A LOGIN verifies under an IMSI whose binding was refused. */
  public static final String TERMINAL_BINDING_MISMATCH = "m2m.terminal.bindingMismatch";
  /** A LOGIN asks for a session key and proves another base key. */
  public static final String TERMINAL_KEY_MISMATCH = "m2m.terminal.keyMismatch";
  /** A confirmed session's LOGIN said that the terminal's PIN1 was cleared locally. */
  public static final String TERMINAL_PIN1_CLEARED = "m2m.terminal.pin1Cleared";
  /** A rotation of secrets reached another state. */
  public static final String KEY_ROTATION = "m2m.key.rotation";

  /** A command reached another state. */
  public static final String COMMAND_UPDATED = "m2m.command.updated";

  /** The upgrade of a terminal reached another state. */
  public static final String UPGRADE_UPDATED = "m2m.upgrade.updated";

  /** Parameters of a terminal began or ceased to differ from what is desired, and the platform does not mend it by itself. */
  public static final String PARAMETERS_DRIFT = "m2m.parameters.drift";

  public static final String KEY_EXPIRING = "m2m.key.expiring";
  public static final String KEY_EXPIRED = "m2m.key.expired";

  /**
   * Retention removed events that a consumer had not read. It is made for that consumer alone, stands where the removed events
   * were, and is in no log: its {@code offset} is that of the last removed event, its {@code tseq} 0 and its subject the
   * application's code.
   */
  public static final String STREAM_GAP = "m2m.stream.gap";

  /** Posted by a webhook's owner to try its receiver; it is in no log, and its {@code offset} and {@code tseq} are 0. */
  public static final String WEBHOOK_TEST = "m2m.webhook.test";

  private EventTypes() {}
}
