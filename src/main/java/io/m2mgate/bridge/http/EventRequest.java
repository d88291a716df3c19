package io.m2mgate.bridge.http;

import io.m2mgate.bridge.BridgeParts;
import io.m2mgate.bridge.InvalidRequest;
import io.m2mgate.bridge.Problem;
import io.m2mgate.bridge.ProblemType;
import io.m2mgate.store.EventLog.Extent;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** What the events' endpoints share: whose log, which filter, and whether an offset can still be read. Immutable. */
record EventRequest(String app, Set<String> types, Set<String> serials) {

  private static final Pattern TYPE = Pattern.compile("m2m(\\.[a-z][A-Za-z-]*)+");

  static EventRequest of(BridgeParts parts, Exchange exchange) {
    return new EventRequest(app(parts, exchange), types(exchange), serials(exchange, "serial"));
  }

  static Set<String> types(Exchange exchange) {
    var types = exchange.set("types");
    for (var type : types) {
      if (!TYPE.matcher(type).matches()) {
        throw InvalidRequest.at(
            "?types", "not an event type: " + type, "full names, m2m.data.up,m2m.report");
      }
    }
    return types;
  }

  static Set<String> serials(Exchange exchange, String name) {
    var serials = exchange.set(name);
    for (var serial : serials) {
      if (!Forms.SERIAL.matcher(serial).matches()) {
        throw InvalidRequest.at("?" + name, "not of the form: " + serial, Forms.SERIAL_VALID);
      }
    }
    return serials;
  }

  /** The caller's own; of the administrator the one that he names, or none, which is all. */
  static Optional<String> mayName(BridgeParts parts, Exchange exchange) {
    return exchange.query("app").isPresent()
        ? Optional.of(app(parts, exchange))
        : exchange.caller().app();
  }

  /** The caller's own, or the one that the administrator names; others do not exist. */
  static String app(BridgeParts parts, Exchange exchange) {
    var asked = exchange.query("app");
    var own = exchange.caller().app();
    if (own.isEmpty() && asked.isEmpty()) {
      throw InvalidRequest.at(
          "?app", "the administrator key belongs to no application", "an appCode");
    }
    var app = asked.or(() -> own).orElseThrow();
    if (own.filter(code -> !code.equals(app)).isPresent()
        || !parts.applications().exists(app)) {
      throw Problem.of(ProblemType.APPLICATION_UNKNOWN, "no application of this code");
    }
    return app;
  }

  /** Retention removed what comes after {@code after}: a reader must hear of it. 0 means the oldest. */
  static void checkOffset(long after, Extent extent) {
    if (after > 0 && after < extent.oldest() - 1) {
      throw tooOld(extent.oldest());
    }
    if (after > extent.last()) {
      throw InvalidRequest.at("?after", "behind the log's end", "0.." + extent.last());
    }
  }

  static Problem tooOld(long oldest) {
    return Problem.of(
        ProblemType.CURSOR_TOO_OLD,
        "the oldest event has offset " + oldest + "; after=0 starts there");
  }
}
