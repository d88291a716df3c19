package io.m2mgate.bus;

import io.m2mgate.dictionary.CommandDef;
import io.m2mgate.dictionary.Dialect;
import io.m2mgate.session.Inbound;
import io.m2mgate.session.Resident;
import io.m2mgate.session.Session;
import io.m2mgate.session.Terminal;
import java.util.Optional;

/**
 * A terminal's answer to a request of the platform. Whoever gets one gives it back by {@code Lane.done}.
 *
 * @param session that it verified in; empty for the unsigned answer to the security parameters of a registration
 * @param bodyLength without the digest TLV
 */
public record Ack(
    Inbound inbound,
    Resident resident,
    Terminal terminal,
    Optional<Session> session,
    Dialect dialect,
    CommandDef command,
    byte[] bytes,
    int bodyOffset,
    int bodyLength) {}
