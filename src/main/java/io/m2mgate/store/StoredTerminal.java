package io.m2mgate.store;

import io.m2mgate.session.SessionState;
import io.m2mgate.session.TerminalRecord;
import io.m2mgate.session.UplinkMark;
import java.util.List;

/**
 * All that a lane needs to serve a terminal.
 *
 * @param secrets sealed as they were given
 * @param sealedSyncList as the last {@link Change.PutSyncList} had it, empty before the first
 * @param recent marks of the last (at most 8) durable uplink requests over all logs, newest first
 */
public record StoredTerminal(
    TerminalRecord record,
    SealedSecrets secrets,
    SessionState sessions,
    byte[] sealedSyncList,
    List<UplinkMark> recent) {}
