package io.m2mgate.command;

import io.m2mgate.bus.Lane;
import io.m2mgate.bus.Request;
import io.m2mgate.dictionary.CommandDef;
import io.m2mgate.dictionary.Dialect;
import io.m2mgate.security.Parting;
import io.m2mgate.session.Terminal;

/** In which form requests go to terminals by the way that they take. Used on the lane's thread. */
record Forms(Lane lane, int maxParts) {

  /** The form of a request with this body; by message where that is the way. */
  Parting of(TerminalRequest request, Terminal terminal, Way way, byte[] body) {
    return way.byMessage()
        ? byMessage(request, terminal, body)
        : inSession(request, terminal, way, body);
  }

  private Parting byMessage(TerminalRequest request, Terminal terminal, byte[] body) {
    Dialect dialect = lane.dialect(terminal);
    return Parting.byMessage(
        terminal.profile(),
        dialect,
        dialect.command(request.command()),
        body,
        lane.services().shortMessages().maxFrameBytes());
  }

  private Parting inSession(TerminalRequest request, Terminal terminal, Way way, byte[] body) {
    Dialect dialect = lane.dialect(terminal);
    return Parting.of(
        terminal, way.session(), dialect, dialect.command(request.command()), body, maxParts);
  }

  /** What leaves of the request in the session of the way, whichever bearer it begins by. */
  Conversation conversation(
      TerminalRequest request, Terminal terminal, Way way, byte[] body, int sequence) {
    Dialect dialect = lane.dialect(terminal);
    CommandDef command = dialect.command(request.command());
    boolean parts = inSession(request, terminal, way, body).form() == Parting.Form.PARTS;
    Request.Seal seal = parts
        ? new Request.InParts(way.session(), Parting.partLength(terminal, dialect))
        : new Request.InSession(way.session());
    return new Conversation(new Request(dialect, command, terminal.serial(), sequence, body, seal));
  }
}
