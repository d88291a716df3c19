package io.m2mgate.store;

import io.m2mgate.session.SessionState;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** Presence of a terminal as lists and applications name it; the store keeps the ordinal. Immutable. */
public enum TerminalState {
  DISABLED,
  NEVER,
  /** Silent too long, or logged out for another reason than having nothing more to say on a short connection. */
  OFFLINE,
  ONLINE,
  /** Was online, and an expected heartbeat did not come. */
  SILENT,
  /** Logged out of its short connection in good order: it comes again when it has something to say. */
  ASLEEP;

  public static TerminalState of(TerminalStore.TerminalRow row) {
    return row.terminal().enabled() ? of(row.sessions()) : DISABLED;
  }

  /** Of a terminal that is enabled. */
  public static TerminalState of(SessionState sessions) {
    if (sessions.online()) {
      return sessions.silent() ? SILENT : ONLINE;
    }
    if (sessions.heardMillis() == 0) {
      return NEVER;
    }
    return sessions.asleep() ? ASLEEP : OFFLINE;
  }

  public static Optional<TerminalState> parse(String text) {
    return Arrays.stream(values()).filter(state -> state.text().equals(text)).findFirst();
  }

  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }
}
