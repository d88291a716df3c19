package io.m2mgate.bus;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.m2mgate.dictionary.Dialect;
import io.m2mgate.session.Terminal;
import io.m2mgate.store.Change;
import io.m2mgate.store.StoredAlarm;

/** The changes of a terminal's alarms that are not its own doing. Stateless. */
public final class AlarmEvents {

  private static final ObjectMapper JSON = new ObjectMapper();

  private AlarmEvents() {}

  /** A session is confirmed: what cannot be any more ends (5.3.5). */
  public static Change login(Terminal terminal, Dialect dialect, long nowMillis) {
    ObjectNode detail = JSON.createObjectNode();
    detail.put("bearer", terminal.facts().bearer());
    detail.put("profile", terminal.profile().name());
    return new Change.ClearAlarms(
        terminal.terminalRecord().app(),
        terminal.serial(),
        dialect.alarms().clearedByLogin(),
        false,
        StoredAlarm.Cause.LOGIN,
        nowMillis,
        detail.toString());
  }
}
