package io.m2mgate.security;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.m2mgate.api.EventTypes;
import io.m2mgate.bus.Lane;
import io.m2mgate.bus.Reply;
import io.m2mgate.bus.TerminalEvents;
import io.m2mgate.dictionary.Command;
import io.m2mgate.session.RefusalLog;
import io.m2mgate.session.Terminal;
import io.m2mgate.session.UplinkMark;
import io.m2mgate.wire.BodyWriter;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells of short messages that name a terminal and come from another number than its own (sms.md), once a minute for each: as an event,
 * an audit entry and a log line. One for each lane, used on its thread.
 */
final class Senders {

  private static final Logger LOG = LoggerFactory.getLogger(Senders.class);
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String DIFFERS = "numberDiffers";
  private static final String UNKNOWN = "numberUnknown";

  private final Lane lane;
  private final RefusalLog told = new RefusalLog();

  Senders(Lane lane) {
    this.lane = lane;
  }

  /** A LOGIN is answered as often as it is told of: the answer costs a message to who may be anybody. */
  void refuse(Asked asked) {
    Terminal terminal = asked.terminal();
    Optional<String> bound = lane.services().shortMessages().numberOf(terminal.terminalRecord());
    String reason = bound.isPresent() ? DIFFERS : UNKNOWN;
    if (!told.tell(terminal.serial(), reason, lane.nowMillis())) {
      return;
    }
    String sender = asked.in().origin().remote();
    LOG.warn(
        "terminal {}: short message refused: {}, sender={}", terminal.serial(), reason, sender);
    ObjectNode data = JSON.createObjectNode();
    data.put("reason", reason);
    data.put("command", asked.command().name());
    data.put("bearer", asked.in().origin().bearer());
    data.put("sender", sender);
    bound.ifPresent(number -> data.put("number", number));
    lane.services().trail().append("terminal.rebound", terminal.serial(), data.deepCopy());
    lane.commit(
        asked.resident(),
        List.of(TerminalEvents.event(
            terminal, EventTypes.TERMINAL_REBOUND, lane.nowMillis(), data, UplinkMark.NONE)),
        outcome -> {});
    if (asked.is(Command.LOGIN) && bound.isPresent()) {
      lane.reply(Reply.unsigned(asked.in(), refusal(asked)));
    }
  }

  private static byte[] refusal(Asked login) {
    return new BodyWriter()
        .u8(login.command().results().code("bindingMismatch"))
        .u32(0)
        .toBytes();
  }
}
