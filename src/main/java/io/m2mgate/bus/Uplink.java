package io.m2mgate.bus;

import io.m2mgate.dictionary.CommandDef;
import io.m2mgate.dictionary.Dialect;
import io.m2mgate.session.Inbound;
import io.m2mgate.session.RecentRequest;
import io.m2mgate.session.Resident;
import io.m2mgate.session.Session;
import io.m2mgate.session.Terminal;

/**
 * A request that the security verticle let through, in a session.
 *
 * @param bodyLength without the digest TLV
 * @param signed it carried a digest that verified
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
    int bodyOffset,
    int bodyLength,
    boolean signed,
    RecentRequest request,
    boolean suspectedDuplicate) {

  public byte[] bytes() {
    return inbound.frame().bytes();
  }
}
