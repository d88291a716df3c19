package io.m2mgate.bridge.http;

import io.m2mgate.session.SessionState;
import io.m2mgate.session.SessionToken;
import io.m2mgate.session.TerminalRecord;
import io.m2mgate.store.ApplicationStore.Application;
import io.m2mgate.store.ApplicationStore.Relay;
import io.m2mgate.store.AuditLog;
import io.m2mgate.store.ReportedValue;
import io.m2mgate.store.TerminalState;
import io.m2mgate.store.TerminalStore.TerminalRow;
import io.vertx.core.json.Json;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.List;
import java.util.TreeSet;

/** How the records look in JSON; nothing secret is in any of them. Stateless. */
final class Shapes {

  private Shapes() {}

  static JsonObject application(Application application) {
    var json = new JsonObject()
        .put("appCode", application.appCode())
        .put("name", application.name())
        .put(
            "scopes", new JsonArray(new TreeSet<>(application.scopes()).stream().toList()))
        .put("enabled", application.enabled())
        .put("relay", relay(application.relay()))
        .put("created", time(application.createdMillis()));
    LimitsBody.put(json, application.limits());
    return json;
  }

  static JsonObject relay(Relay relay) {
    return new JsonObject()
        .put("from", new JsonArray(new TreeSet<>(relay.from()).stream().toList()))
        .put("queue", relay.queues() ? RelayBody.ALWAYS : RelayBody.NEVER);
  }

  /** A terminal as administration keeps it. */
  static JsonObject record(TerminalRecord terminal) {
    return new JsonObject()
        .put("serial", terminal.serial())
        .put("imei", terminal.imei())
        .put("imsi", terminal.imsi().orElse(null))
        .put("app", terminal.app())
        .put("profile", terminal.profile())
        .put("msisdn", terminal.msisdn().orElse(null))
        .put("enabled", terminal.enabled())
        .put("created", time(terminal.createdMillis()))
        .put("updated", time(terminal.updatedMillis()))
        .put("revision", terminal.revision());
  }

  /** A terminal as its application sees it. */
  static JsonObject terminal(TerminalRow row) {
    var sessions = row.sessions();
    return record(row.terminal())
        .put("state", TerminalState.of(row).text())
        .put("heard", sessions.heardMillis() == 0 ? null : time(sessions.heardMillis()))
        .put("presence", presence(row))
        .put("facts", new JsonObject(sessions.factsJson()))
        .put("sessions", sessions(sessions));
  }

  /** What the terminal's state is concluded from. */
  private static JsonObject presence(TerminalRow row) {
    var sessions = row.sessions();
    var facts = new JsonObject(sessions.factsJson());
    return new JsonObject()
        .put("state", TerminalState.of(row).text())
        .put("heard", sessions.heardMillis() == 0 ? null : time(sessions.heardMillis()))
        .put("bearer", facts.getString("bearer"))
        .put("expectedSeconds", facts.getValue("heartbeatSeconds"))
        .put("mode", facts.getString("mode"));
  }

  static JsonObject audit(AuditLog.Entry entry) {
    return new JsonObject()
        .put("id", entry.id())
        .put("time", time(entry.timeMillis()))
        .put("actor", entry.actor())
        .put("action", entry.action())
        .put("target", entry.target())
        .put("detail", new JsonObject(entry.detailJson()));
  }

  static String time(long millis) {
    return Instant.ofEpochMilli(millis).toString();
  }

  static String etag(TerminalRecord terminal) {
    return "\"" + terminal.revision() + "\"";
  }

  /** Reported values by name. */
  static JsonObject reported(List<ReportedValue> values) {
    var reported = new JsonObject();
    values.forEach(value -> reported.put(
        value.name(),
        new JsonObject()
            .put("value", Json.decodeValue(value.valueJson()))
            .put("at", time(value.atMillis()))));
    return reported;
  }

  private static JsonArray sessions(SessionState state) {
    var sessions = new JsonArray();
    state.confirmed().ifPresent(token -> sessions.add(session("confirmed", token)));
    state.tentative().forEach(token -> sessions.add(session("tentative", token)));
    state
        .ended()
        .ifPresent(
            token -> sessions.add(session("ended", token).put("ended", time(token.endedMillis()))));
    return sessions;
  }

  /** Without the token itself: it goes into the terminal's digests. */
  private static JsonObject session(String state, SessionToken token) {
    return new JsonObject().put("state", state).put("opened", time(token.openedMillis()));
  }
}
