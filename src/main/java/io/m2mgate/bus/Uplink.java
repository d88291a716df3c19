package io.m2mgate.bus;

import io.m2mgate.dictionary.CommandDef;
import io.m2mgate.dictionary.Dialect;
import io.m2mgate.session.Inbound;
import io.m2mgate.session.RecentRequest;
import io.m2mgate.session.Resident;
import io.m2mgate.session.Session;
import io.m2mgate.session.Terminal;
import io.m2mgate.wire.Body;
import io.m2mgate.wire.MalformedFrame;

/**
 * A request that the security verticle let through, in a session.
 *
 * @param bytes hold the body in clear; the frame's own unless it was encrypted
 * @param bodyLength without the digest TLV
 * @param decrypted the body comes out of a cipher and may end in padding
 * @param signed it is proven: by a digest that verified, or by the number that its short message came from
 * @param request its entry in the duplicate window; the answer goes to that entry's latest copy
 * @param suspectedDuplicate an equal one came under another sequence within the terminal's retry time
 */
public record Uplink(
    Inbound inbound,
    Resident resident,
    Terminal terminal,
    Session session,
    Dialect dialect,
    CommandDef command,
    byte[] bytes,
    int bodyOffset,
    int bodyLength,
    boolean decrypted,
    boolean signed,
    RecentRequest request,
    boolean suspectedDuplicate) {

  /** @throws MalformedFrame when its fixed fields are not all there */
  public Body body() throws MalformedFrame {
    return Body.read(dialect, command, false, bytes, bodyOffset, bodyLength, decrypted);
  }
}
