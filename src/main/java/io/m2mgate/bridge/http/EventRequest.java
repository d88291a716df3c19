package io.m2mgate.bridge.http;

import io.m2mgate.bridge.BridgeParts;
import io.m2mgate.bridge.EventFilter;
import io.m2mgate.bridge.InvalidRequest;
import io.m2mgate.bridge.Problem;
import io.m2mgate.bridge.ProblemType;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What was asked of an application's log: whose, which events, from where to where. Immutable; where that is, {@link Reading} finds.
 *
 * @param after offset to start behind
 * @param from time of the first event, in its place
 * @param until the last event
 * @param consumer by whose offset and filter to read
 */
record EventRequest(
    String app,
    EventFilter filter,
    Optional<Long> after,
    Optional<Long> from,
    Optional<Until> until,
    Optional<String> consumer) {

  static final String TYPE_VALID = "full names, m2m.data.up,m2m.report";
  static final int MOST_SERIALS = 200;
  static final String SERIALS_VALID = "at most " + MOST_SERIALS;

  private static final Pattern TYPE = Pattern.compile("m2m(\\.[a-z][A-Za-z-]*)+");
  private static final String TIME_VALID = "a time such as 2026-01-01T00:00:00Z";

  /**
   * Where to end.
   *
   * @param number an offset, itself included, or milliseconds since 1970, excluded
   */
  record Until(boolean isTime, long number) {}

  static EventRequest of(BridgeParts parts, Exchange exchange) {
    var asked = new EventRequest(
        app(parts, exchange),
        new EventFilter(types(exchange), serials(exchange, "serial")),
        exchange.query("after").map(text -> Exchange.number("after", text, 0, Long.MAX_VALUE)),
        exchange.query("from").map(text -> time("from", text)),
        exchange.query("until").map(EventRequest::until),
        exchange.query("consumer").map(EventRequest::consumer));
    asked.checkTogether();
    return asked;
  }

  /** What a client that comes back received last goes before where it first began; but not before its consumer. */
  EventRequest behind(Optional<Long> received) {
    return received.isEmpty() || consumer.isPresent()
        ? this
        : new EventRequest(app, filter, received, Optional.empty(), until, consumer);
  }

  static boolean isType(String text) {
    return TYPE.matcher(text).matches();
  }

  static Set<String> types(Exchange exchange) {
    var types = exchange.set("types");
    for (var type : types) {
      if (!isType(type)) {
        throw InvalidRequest.at("?types", "not an event type: " + type, TYPE_VALID);
      }
    }
    return types;
  }

  static Set<String> serials(Exchange exchange, String name) {
    var serials = exchange.set(name);
    if (serials.size() > MOST_SERIALS) {
      throw InvalidRequest.at("?" + name, "too many", SERIALS_VALID);
    }
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

  private void checkTogether() {
    if (after.isPresent() && from.isPresent()) {
      throw InvalidRequest.at("?from", "given beside after", "one of after and from");
    }
    if (consumer.isPresent() && (from.isPresent() || until.isPresent())) {
      throw InvalidRequest.at(
          "?consumer", "given beside from or until", "a replay reads by no consumer");
    }
    if (consumer.isPresent() && !filter.equals(EventFilter.ALL)) {
      throw InvalidRequest.at(
          "?consumer", "given beside types or serial", "a consumer has a filter of its own");
    }
  }

  private static String consumer(String text) {
    if (!Forms.NAME.matcher(text).matches()) {
      throw InvalidRequest.at("?consumer", "not of the form", Forms.NAME_VALID);
    }
    return text;
  }

  private static Until until(String text) {
    return text.matches("[0-9]{1,19}")
        ? new Until(false, Exchange.number("until", text, 0, Long.MAX_VALUE))
        : new Until(true, time("until", text));
  }

  private static long time(String name, String text) {
    try {
      return Instant.parse(text).toEpochMilli();
    } catch (DateTimeParseException | ArithmeticException e) {
      throw InvalidRequest.at(
          "?" + name,
          "not a time",
          name.equals("until") ? "an offset, or " + TIME_VALID : TIME_VALID);
    }
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

  /** Whether a plain pull says it all. */
  boolean isPlain() {
    return from.isEmpty() && until.isEmpty() && consumer.isEmpty();
  }

  Set<String> types() {
    return filter.types();
  }

  Set<String> serials() {
    return filter.serials();
  }

  static Problem tooOld(long oldest) {
    return Problem.of(
        ProblemType.CURSOR_TOO_OLD,
        "the oldest event has offset " + oldest + "; after=0 starts there");
  }
}
