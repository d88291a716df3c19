package io.m2mgate.command;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.m2mgate.api.EventTypes;
import io.m2mgate.bus.TerminalEvents;
import io.m2mgate.bus.Uplink;
import io.m2mgate.dictionary.Command;
import io.m2mgate.session.Resident;
import io.m2mgate.session.Terminal;
import io.m2mgate.store.Change;
import java.util.List;

/**
 * LOGOUT: ends the session and is always answered, under that session's secrets: after the commit, or when its patience ends where
 * the store takes longer or refuses, for an unanswered LOGOUT loses the LOGIN queued behind it (clause 5.3.3).
 */
public final class LogoutVerticle extends UplinkVerticle {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final byte[] EMPTY = {};

  /** The reason of one that has nothing more to say (5.2.2). */
  private static final String NORMAL = "normal";

  private final long patienceMillis;

  /** @param patienceMillis after which the answer does not wait for the commit any longer */
  public LogoutVerticle(long patienceMillis) {
    super(Command.LOGOUT);
    this.patienceMillis = patienceMillis;
  }

  @Override
  protected void handle(Uplink logout) {
    Terminal terminal = logout.terminal();
    Resident resident = logout.resident();
    if (terminal.confirmed().filter(session -> session == logout.session()).isEmpty()) {
      // The session ended since: a repeat, or a LOGOUT that was glued to another.
      answer(logout, 0, EMPTY);
      lane().release(resident);
      return;
    }
    terminal.end(logout.inbound().receivedMillis());
    terminal.online(false);
    if (reason(logout).equals(NORMAL) && !terminal.connectionMode().beats()) {
      terminal.sleep();
    }
    Answered answered = new Answered(logout);
    long timer = vertx.setTimer(patienceMillis, id -> answered.once());
    lane().insist(resident, changes(logout), outcome -> {
      vertx.cancelTimer(timer);
      answered.once();
    });
  }

  @Override
  protected void giveUp(Uplink logout) {
    super.giveUp(logout);
    lane().release(logout.resident());
  }

  private List<Change> changes(Uplink logout) {
    ObjectNode data = JSON.createObjectNode();
    data.put("reason", reason(logout));
    data.put("reasonCode", reasonCode(logout));
    data.put("bearer", logout.inbound().origin().bearer());
    return TerminalEvents.changed(
        logout.terminal(),
        EventTypes.TERMINAL_LOGOUT,
        logout.inbound().receivedMillis(),
        data,
        mark(logout, 0));
  }

  private static String reason(Uplink logout) {
    return logout.dialect().logoutReasons().nameOf(reasonCode(logout));
  }

  private static int reasonCode(Uplink logout) {
    return logout.bodyLength() > 0 ? logout.bytes()[logout.bodyOffset()] & 0xFF : 0;
  }

  /** The one answer to a LOGOUT, whoever asks for it first: the commit or the clock. */
  private final class Answered {
    private final Uplink logout;
    private boolean given;

    Answered(Uplink logout) {
      this.logout = logout;
    }

    void once() {
      if (!given) {
        given = true;
        answer(logout, 0, EMPTY);
        lane().release(logout.resident());
      }
    }
  }
}
