package io.m2mgate.store;

import io.m2mgate.session.SessionState;
import io.m2mgate.session.TerminalRecord;
import io.m2mgate.session.UplinkMark;
import java.util.List;

/**
 * All that a lane needs to serve a terminal.
 *
 * @param security secrets, sealed as they were given, and binding
 * @param sealedSyncList as the last {@link Change.PutSyncList} had it, empty before the first
 * @param recent marks of the last (at most 8) durable uplink requests over all logs, newest first
 * @param commandsOpen it has commands that have not ended
 * @param desired what the platform wants its parameters to be
 */
public record StoredTerminal(
    TerminalRecord record,
    StoredSecurity security,
    SessionState sessions,
    byte[] sealedSyncList,
    List<UplinkMark> recent,
    boolean commandsOpen,
    DesiredSet desired) {

  /** Whether it was given what it logs in with, by REGISTER or by hand, or has been heard. */
  public boolean hasRegistered() {
    return sessions.heardMillis() > 0
        || security.secrets().uplinkPassword().length > 0
        || security.generation() > 0
        || security.open().isPresent();
  }
}
