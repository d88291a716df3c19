package io.m2mgate.command;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.m2mgate.api.EventTypes;
import io.m2mgate.bus.Lane;
import io.m2mgate.bus.Opening;
import io.m2mgate.session.RefusalLog;
import io.m2mgate.session.TerminalRecord;
import io.m2mgate.session.UplinkMark;
import io.m2mgate.store.Change;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is told of registrations: events of their terminals, the audit, the log. Refusals once a minute for a terminal and code, and
 * for all unknown ones together (5.4.5). One for each lane.
 */
final class RegistrationRecords {

  private static final Logger LOG = LoggerFactory.getLogger(RegistrationRecords.class);
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String UNKNOWN = "unknown";

  private final Lane lane;
  private final RefusalLog refusals = new RefusalLog();

  RegistrationRecords(Lane lane) {
    this.lane = lane;
  }

  /** The event of a registration, to be durable before it is answered. */
  Change registered(Opening register, RegisterRequest asked, Registrar.Outcome outcome) {
    TerminalRecord terminal = outcome.terminal().orElseThrow();
    ObjectNode data = data(register, asked);
    data.put("result", outcome.result());
    data.put("created", outcome.created());
    outcome.learnt().ifPresent(number -> data.put("learntNumber", number));
    data.put("profile", terminal.profile());
    return event(terminal, EventTypes.TERMINAL_REGISTERED, data);
  }

  /** What the audit says of it afterwards. */
  void audit(Opening register, RegisterRequest asked, Registrar.Outcome outcome) {
    ObjectNode detail = data(register, asked);
    detail.put("result", outcome.result());
    detail.put("created", outcome.created());
    outcome.learnt().ifPresent(number -> detail.put("learntNumber", number));
    lane.services()
        .trail()
        .append("terminal.register", outcome.terminal().orElseThrow().serial(), detail);
  }

  void refused(Opening register, RegisterRequest asked, Ruling.Refuse refusal) {
    Optional<TerminalRecord> terminal = refusal.terminal();
    String who = terminal.map(TerminalRecord::serial).orElse(UNKNOWN);
    if (!refusals.tell(who, refusal.result(), lane.nowMillis())) {
      return;
    }
    int code = register.command().results().code(refusal.result());
    LOG.info(
        "register refused: terminal={} serial={} operation={} result={} reason={} advice=\"{}\" remote={}",
        who,
        asked.serial(),
        asked.operation(),
        code,
        refusal.reason(),
        refusal.advice(),
        register.inbound().origin().remote());
    ObjectNode data = data(register, asked);
    data.put("command", register.command().name());
    data.put("result", code);
    data.put("reason", refusal.reason());
    data.put("advice", refusal.advice());
    boolean rebound = refusal.reason().equals(RegistrationRules.NUMBER_DIFFERS);
    if (rebound) {
      data.put("sender", register.inbound().origin().remote());
      terminal
          .flatMap(lane.services().shortMessages()::numberOf)
          .ifPresent(number -> data.put("number", number));
    }
    lane.services()
        .trail()
        .append(rebound ? "terminal.rebound" : "terminal.refused", who, data.deepCopy());
    String type = rebound ? EventTypes.TERMINAL_REBOUND : EventTypes.TERMINAL_REFUSED;
    terminal.ifPresent(known -> lane.commit(List.of(event(known, type, data)), outcome -> {}));
  }

  private ObjectNode data(Opening register, RegisterRequest asked) {
    ObjectNode data = JSON.createObjectNode();
    data.put("operation", asked.operation());
    data.put("imei", asked.imei());
    data.put("imsi", asked.imsi());
    data.put("bearer", register.inbound().origin().bearer());
    data.put("remote", register.inbound().origin().remote());
    return data;
  }

  private Change event(TerminalRecord terminal, String type, ObjectNode data) {
    return new Change.AppendEvent(
        terminal.app(),
        terminal.serial(),
        type,
        lane.nowMillis(),
        data.toString(),
        UplinkMark.NONE);
  }
}
