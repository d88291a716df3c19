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

  private EventTypes() {}
}
