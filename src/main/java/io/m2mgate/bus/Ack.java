package io.m2mgate.bus;

import io.m2mgate.dictionary.CommandDef;
import io.m2mgate.dictionary.Dialect;
import io.m2mgate.session.Inbound;
import io.m2mgate.session.Resident;
import io.m2mgate.session.Session;
import io.m2mgate.session.Terminal;
import io.m2mgate.wire.Body;
import io.m2mgate.wire.MalformedFrame;
import java.util.Optional;

/**
 * A terminal's answer to a request of the platform. Whoever gets one gives it back by {@code Lane.done}.
 *
 * @param session that it verified in; empty for the unsigned answer to the security parameters of a registration
 * @param bytes hold the body in clear; the frame's own unless it was encrypted
 * @param bodyLength without the digest TLV
 * @param decrypted the body comes out of a cipher and may end in padding
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
    int bodyLength,
    boolean decrypted) {

  /** @throws MalformedFrame when not even its first field is there */
  public Body body() throws MalformedFrame {
    return Body.read(dialect, command, true, bytes, bodyOffset, bodyLength, decrypted);
  }
}
