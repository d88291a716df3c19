package io.m2mgate.bridge.http;

import io.m2mgate.store.TerminalStore.TerminalRow;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** Presence of a terminal as the applications name it. Immutable. */
enum TerminalState {
  ONLINE,
  OFFLINE,
  NEVER,
  DISABLED;

  static TerminalState of(TerminalRow row) {
    if (!row.terminal().enabled()) {
      return DISABLED;
    }
    if (row.sessions().online()) {
      return ONLINE;
    }
    return row.sessions().heardMillis() == 0 ? NEVER : OFFLINE;
  }

  static Optional<TerminalState> parse(String text) {
    return Arrays.stream(values()).filter(state -> state.text().equals(text)).findFirst();
  }

  String text() {
    return name().toLowerCase(Locale.ROOT);
  }
}
