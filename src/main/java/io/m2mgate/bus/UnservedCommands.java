package io.m2mgate.bus;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.m2mgate.api.EventTypes;
import io.m2mgate.session.Inbound;
import io.m2mgate.session.Origin;
import io.m2mgate.session.RefusalLog;
import io.m2mgate.session.Resident;
import io.m2mgate.session.Terminal;
import io.m2mgate.session.UplinkMark;
import io.m2mgate.wire.InnerCommand;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells of a terminal's frames that nobody here serves, as an event, an audit entry and a log line: each command once a minute
 * (wire 7). Frames that anybody may have made count as one command, or whoever knows a serial could fill a disk. One for each
 * verticle of a lane, used on its thread.
 */
public final class UnservedCommands {

  private static final Logger LOG = LoggerFactory.getLogger(UnservedCommands.class);
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String UNKNOWN = "unknownCommand";
  private static final String NOT_ROUTED = "notRouted";
  private static final String BEARER = "bearer";

  private final Lane lane;
  private final RefusalLog told = new RefusalLog();

  public UnservedCommands(Lane lane) {
    this.lane = lane;
  }

  /**
   * A command that the terminal's dialect does not know; it gets no answer.
   *
   * @param proven its digest is that of a session
   */
  public void unknown(Inbound in, Resident resident, Terminal terminal, boolean proven) {
    String command = String.format("%04X", in.frame().command());
    tell(
        in,
        resident,
        terminal,
        UNKNOWN,
        JSON.createObjectNode().put("command", command),
        command,
        proven);
  }

  /** A frame that came by a bearer that the terminal's profile does not allow; it gets no answer. */
  public void notAllowed(Inbound in, Resident resident, Terminal terminal) {
    tell(in, resident, terminal, BEARER, JSON.createObjectNode(), "", false);
  }

  /** A TRANSPARENT_CMD, refused for want of a dialect that routes it. */
  public void notRouted(Uplink request, Optional<InnerCommand> inner) {
    ObjectNode data = JSON.createObjectNode().put("command", request.command().name());
    request.command().refusal().ifPresent(code -> data.put("result", code));
    inner.ifPresent(it -> data.putObject("inner").put("command", it.hex()).put("name", it.name()));
    tell(
        request.inbound(),
        request.resident(),
        request.terminal(),
        NOT_ROUTED,
        data,
        inner.map(InnerCommand::hex).orElse(""),
        request.signed());
  }

  private void tell(
      Inbound in,
      Resident resident,
      Terminal terminal,
      String reason,
      ObjectNode data,
      String command,
      boolean proven) {
    long now = lane.nowMillis();
    if (!told.tell(terminal.serial(), proven ? reason + command : reason, now)) {
      return;
    }
    LOG.info(
        "terminal {}: {} {} proven={} remote={}",
        terminal.serial(),
        reason,
        command,
        proven,
        in.origin().remote());
    data.put("reason", reason)
        .put("proven", proven)
        .put("source", Origin.source(in.origin().remote()))
        .put("bearer", in.origin().bearer());
    lane.services().trail().append("terminal.refused", terminal.serial(), data.deepCopy());
    lane.commit(
        resident,
        List.of(TerminalEvents.event(
            terminal, EventTypes.TERMINAL_REFUSED, now, data, UplinkMark.NONE)),
        outcome -> {});
  }
}
