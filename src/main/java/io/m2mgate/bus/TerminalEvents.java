package io.m2mgate.bus;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.m2mgate.api.EventTypes;
import io.m2mgate.session.Terminal;
import io.m2mgate.session.UplinkMark;
import io.m2mgate.store.Change;
import java.util.ArrayList;
import java.util.List;

/** The changes that tell an application of its terminal's comings and goings (clause 6.1.6). Stateless. */
public final class TerminalEvents {

  private static final ObjectMapper JSON = new ObjectMapper();

  private TerminalEvents() {}

  /** The session as it now is, without an event. */
  public static Change session(Terminal terminal) {
    return new Change.PutSession(terminal.serial(), terminal.state());
  }

  /** The session as it now is, and the event that says so. */
  public static List<Change> changed(
      Terminal terminal, String type, long nowMillis, ObjectNode data, UplinkMark mark) {
    return List.of(session(terminal), event(terminal, type, nowMillis, data, mark));
  }

  public static Change event(
      Terminal terminal, String type, long nowMillis, ObjectNode data, UplinkMark mark) {
    data.put("profile", terminal.profile().name());
    return new Change.AppendEvent(
        terminal.terminalRecord().app(), terminal.serial(), type, nowMillis, data.toString(), mark);
  }

  /** A confirmed session: the terminal has logged in. */
  public static List<Change> login(Terminal terminal, long nowMillis) {
    ObjectNode data = JSON.createObjectNode();
    data.put("bearer", terminal.facts().bearer());
    data.put("softwareVersion", terminal.facts().softwareVersion());
    List<Change> changes =
        changed(terminal, EventTypes.TERMINAL_LOGIN, nowMillis, data, UplinkMark.NONE);
    if (terminal.confirmed().filter(session -> session.login().pin1Cleared()).isEmpty()) {
      return changes;
    }
    List<Change> all = new ArrayList<>(changes);
    all.add(event(
        terminal,
        EventTypes.TERMINAL_PIN1_CLEARED,
        nowMillis,
        JSON.createObjectNode(),
        UplinkMark.NONE));
    return all;
  }

  /**
   * A LOGIN that asked for a session key without proving the base key.
   *
   * @param reason stable name
   */
  public static List<Change> keyMismatch(Terminal terminal, String reason, long nowMillis) {
    ObjectNode data = JSON.createObjectNode();
    data.put("reason", reason);
    return List.of(
        event(terminal, EventTypes.TERMINAL_KEY_MISMATCH, nowMillis, data, UplinkMark.NONE));
  }

  public static List<Change> online(Terminal terminal, long nowMillis) {
    return changed(
        terminal, EventTypes.TERMINAL_ONLINE, nowMillis, JSON.createObjectNode(), UplinkMark.NONE);
  }

  public static List<Change> offline(Terminal terminal, long nowMillis) {
    ObjectNode data = JSON.createObjectNode();
    data.put("silentSeconds", (nowMillis - terminal.place().heardMillis()) / 1000);
    if (terminal.connectionMode().beats()) {
      data.put("heartbeatSeconds", terminal.heartbeatSeconds());
    }
    data.put("mode", terminal.connectionMode().text());
    return changed(terminal, EventTypes.TERMINAL_OFFLINE, nowMillis, data, UplinkMark.NONE);
  }

  /**
   * A request that was refused.
   *
   * @param reason stable name
   * @param advice what the operator can do
   */
  public static List<Change> refused(
      Terminal terminal, String reason, String advice, long nowMillis) {
    ObjectNode data = JSON.createObjectNode();
    data.put("reason", reason);
    data.put("advice", advice);
    return List.of(event(terminal, EventTypes.TERMINAL_REFUSED, nowMillis, data, UplinkMark.NONE));
  }
}
