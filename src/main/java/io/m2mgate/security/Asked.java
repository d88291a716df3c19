package io.m2mgate.security;

import io.m2mgate.bus.Reply;
import io.m2mgate.bus.Uplink;
import io.m2mgate.dictionary.Command;
import io.m2mgate.dictionary.CommandDef;
import io.m2mgate.dictionary.Dialect;
import io.m2mgate.session.Inbound;
import io.m2mgate.session.Profile.DigestPolicy;
import io.m2mgate.session.RecentRequest;
import io.m2mgate.session.Resident;
import io.m2mgate.session.Session;
import io.m2mgate.session.Terminal;
import io.m2mgate.wire.Frame;
import java.util.Optional;

/** A request of a known terminal while it is being verified, and the answers that can be made of it at once. */
record Asked(
    Inbound in, Resident resident, Terminal terminal, Dialect dialect, CommandDef command) {

  private static final byte[] EMPTY = {};

  Frame frame() {
    return in.frame();
  }

  long nowMillis() {
    return in.receivedMillis();
  }

  boolean is(Command some) {
    return command.command() == some;
  }

  boolean policyIs(DigestPolicy policy) {
    return terminal.profile().digest() == policy;
  }

  /** The address it was last verified at; anybody's while that is closed, for the terminal itself may be back on a new one. */
  boolean fromOwnAddress() {
    return terminal.place().isHome(in.origin()) || !terminal.place().reachable();
  }

  /** The command's refusal; empty where it has none. Of a wrapped body it repeats nothing. */
  Optional<byte[]> refusal() {
    return frame().hasWrappedFlag() ? Refusals.of(command, EMPTY, 0, 0) : Refusals.of(command, in);
  }

  /** The refusal of a request whose body was read. */
  Optional<byte[]> refusal(Content.Clear body) {
    return Refusals.of(command, body.bytes(), body.offset(), body.length());
  }

  Reply signed(Session session, byte[] body) {
    return sealed(body, new Reply.Signed(session));
  }

  Reply sealed(byte[] body, Reply.Seal seal) {
    return new Reply(in.origin(), frame(), frame().sequence(), body, seal);
  }

  Reply signedEmpty(Session session) {
    return signed(session, EMPTY);
  }

  Reply unsignedEmpty() {
    return Reply.unsigned(in, EMPTY);
  }

  Uplink uplink(
      Session session,
      Content.Clear body,
      boolean signed,
      RecentRequest request,
      boolean suspectedDuplicate) {
    return new Uplink(
        in,
        resident,
        terminal,
        session,
        dialect,
        command,
        body.bytes(),
        body.offset(),
        body.length(),
        body.decrypted(),
        signed,
        request,
        suspectedDuplicate);
  }
}
