package io.m2mgate.security;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.m2mgate.api.EventTypes;
import io.m2mgate.bus.Lane;
import io.m2mgate.bus.TerminalEvents;
import io.m2mgate.session.Resident;
import io.m2mgate.session.Session;
import io.m2mgate.session.SessionKey;
import io.m2mgate.session.Terminal;
import io.m2mgate.session.UplinkMark;
import io.m2mgate.store.SecretKinds;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells of session keys that are used past their time or their blocks, once each. Such a session goes on: only its terminal can end
 * it, by LOGOUT with reason 8, and its next LOGIN gets another key (5.3.10). One for each lane.
 */
final class KeyWarnings {

  private static final Logger LOG = LoggerFactory.getLogger(KeyWarnings.class);
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Lane lane;
  private final long blocks;

  /** @param blocks that may pass through a cipher under one key */
  KeyWarnings(Lane lane, long blocks) {
    this.lane = lane;
    this.blocks = blocks;
  }

  /** A frame of the session was let through. */
  void look(Resident resident, Terminal terminal, Session session) {
    if (session.key().isPresent()) {
      look(resident, terminal, session.key().get());
    }
  }

  private void look(Resident resident, Terminal terminal, SessionKey key) {
    long now = lane.nowMillis();
    boolean late = key.expiredAt(now);
    if ((late || key.blocks() > blocks) && key.warnOnce()) {
      String reason = late ? "time" : "blocks";
      LOG.warn(
          "terminal {}: its session key is past its {}; its next login gets another",
          terminal.serial(),
          reason);
      ObjectNode data = JSON.createObjectNode();
      data.putArray("secrets").add(SecretKinds.SESSION_KEY);
      data.put("reason", reason);
      lane.insist(
          resident,
          List.of(
              TerminalEvents.event(terminal, EventTypes.KEY_EXPIRED, now, data, UplinkMark.NONE)),
          kept -> {});
    }
  }
}
