package io.m2mgate.command;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.m2mgate.api.EventTypes;
import io.m2mgate.bus.Lane;
import io.m2mgate.bus.LaneMetrics;
import io.m2mgate.bus.Opening;
import io.m2mgate.bus.TerminalEvents;
import io.m2mgate.session.LockOuts;
import io.m2mgate.session.LockOuts.Consequence;
import io.m2mgate.session.LockOuts.Pass;
import io.m2mgate.session.Origin;
import io.m2mgate.session.RefusalLog;
import io.m2mgate.session.Resident;
import io.m2mgate.session.Terminal;
import io.m2mgate.session.UplinkMark;
import io.micrometer.core.instrument.Counter;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stands before LOGIN and REGISTER: holds back the proofs of who failed too often, and tells of refusals, locks and attacks as an
 * event, an audit entry and a log line, each at most once a minute for a serial and code (behaviour 5.4.5). One for each verticle
 * of a lane, used on its thread.
 */
final class Sentry {

  private static final Logger LOG = LoggerFactory.getLogger(Sentry.class);
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String UNKNOWN = "unknown";
  private static final String MISMATCH = "bindingMismatch";

  private final Lane lane;
  private final LockOuts lockOuts;
  private final RefusalLog told = new RefusalLog();
  private final Map<Consequence, Counter> counters = new EnumMap<>(Consequence.class);

  Sentry(Lane lane) {
    this.lane = lane;
    this.lockOuts = lane.lockOuts();
    for (Consequence consequence : Consequence.values()) {
      counters.put(
          consequence,
          lane.metrics()
              .counter(
                  "m2mgate_lockouts",
                  "What wrong proofs of terminals led to",
                  "kind",
                  LaneMetrics.label(consequence)));
    }
  }

  /** Whether the request's proof counts now; always from where the terminal was last verified. */
  Pass pass(Opening request) {
    Origin origin = request.inbound().origin();
    boolean own =
        terminal(request).filter(it -> it.facts().lastVerifiedAt(origin)).isPresent();
    return own ? Pass.OPEN : lockOuts.pass(serial(request), source(request), lane.nowMillis());
  }

  /** The request's proof was good. */
  void good(Opening request) {
    lockOuts.good(serial(request), source(request));
  }

  /** The digest or another proof in the request was wrong. */
  void wrong(Opening request) {
    Origin origin = request.inbound().origin();
    boolean own =
        terminal(request).filter(it -> it.facts().lastVerifiedAt(origin)).isPresent();
    for (Consequence consequence :
        lockOuts.wrong(serial(request), source(request), own, lane.nowMillis())) {
      counters.get(consequence).increment();
      switch (consequence) {
        case SOURCE_LOCKED -> locked(request);
        case TERMINAL_ATTACKED -> attacked(request);
        case SOURCE_THROTTLED -> throttled(request);
      }
    }
  }

  /**
   * The request was refused.
   *
   * @param result name of its result
   * @param reason why, where one result has several reasons; else the result
   */
  void refused(Opening request, String result, String reason) {
    boolean known = request.resident().isPresent();
    if (!told.tell(known ? serial(request) : UNKNOWN, request.command().name() + result, now())) {
      return;
    }
    int code = request.command().results().code(result);
    LOG.info(
        "{} refused: terminal={} result={} reason={} proof={} remote={}",
        request.command().name(),
        serial(request),
        code,
        reason,
        request.proof().kind(),
        request.inbound().origin().remote());
    ObjectNode data = data(request, reason);
    data.put("command", request.command().name());
    data.put("result", code);
    lane.services()
        .trail()
        .append("terminal.refused", known ? serial(request) : UNKNOWN, data.deepCopy());
    event(
        request,
        result.equals(MISMATCH)
            ? EventTypes.TERMINAL_BINDING_MISMATCH
            : EventTypes.TERMINAL_REFUSED,
        data);
  }

  /** The digest was good, and the base key that the terminal claims is not the one that is stored. */
  void keyMismatch(Opening login, String finding) {
    if (told.tell(serial(login), "keyMismatch", now())) {
      LOG.info("login without a session key: terminal={} baseKey={}", serial(login), finding);
      lane.services().trail().append("terminal.keyMismatch", serial(login), data(login, finding));
      Resident resident = login.resident().orElseThrow();
      Terminal terminal = resident.terminal().orElseThrow();
      lane.commit(resident, TerminalEvents.keyMismatch(terminal, finding, now()), outcome -> {});
    }
  }

  private void locked(Opening request) {
    LockOuts.Limits limits = lane.services().lockOuts();
    ObjectNode data = data(request, "tooManyFailures");
    data.put("failures", limits.maxFailures());
    data.put("seconds", limits.lockMillis() / 1000);
    tell(request, "locked", "terminal.locked", EventTypes.TERMINAL_LOCKED, data);
  }

  private void attacked(Opening request) {
    ObjectNode data = data(request, "tooManySources");
    data.put("seconds", lane.services().lockOuts().windowMillis() / 1000);
    tell(request, "attacked", "terminal.attacked", EventTypes.TERMINAL_ATTACKED, data);
  }

  private void tell(
      Opening request, String kind, String action, String eventType, ObjectNode data) {
    if (told.tell(serial(request), kind, now())) {
      LOG.warn("terminal {}: {}, source={}", serial(request), kind, source(request));
      lane.services().trail().append(action, serial(request), data.deepCopy());
      event(request, eventType, data);
    }
  }

  /** No terminal's own matter: no event. */
  private void throttled(Opening request) {
    if (told.tell(source(request), "throttled", now())) {
      LOG.warn("source {}: wrong proofs for many terminals, throttled", source(request));
      lane.services()
          .trail()
          .append("source.throttled", source(request), data(request, "tooManyFailures"));
    }
  }

  private void event(Opening request, String type, ObjectNode data) {
    Optional<Resident> resident = request.resident().filter(it -> it.terminal().isPresent());
    if (resident.isPresent()) {
      Terminal terminal = resident.get().terminal().orElseThrow();
      var event = TerminalEvents.event(terminal, type, now(), data, UplinkMark.NONE);
      lane.commit(resident.get(), List.of(event), outcome -> {});
    }
  }

  private ObjectNode data(Opening request, String reason) {
    ObjectNode data = JSON.createObjectNode();
    data.put("reason", reason);
    data.put("source", source(request));
    data.put("bearer", request.inbound().origin().bearer());
    return data;
  }

  private long now() {
    return lane.nowMillis();
  }

  private static String serial(Opening request) {
    return request.inbound().frame().serial();
  }

  private static String source(Opening request) {
    return Origin.source(request.inbound().origin().remote());
  }

  private static Optional<Terminal> terminal(Opening request) {
    return request.resident().flatMap(Resident::terminal);
  }
}
