package io.m2mgate.bridge.http;

import io.m2mgate.bridge.Audits;
import io.m2mgate.bridge.BridgeParts;
import io.m2mgate.bridge.InvalidRequest;
import io.m2mgate.bridge.Later;
import io.m2mgate.bridge.Problem;
import io.m2mgate.bridge.ProblemType;
import io.m2mgate.config.Cidr;
import io.m2mgate.dictionary.Command;
import io.m2mgate.trace.Filter;
import io.m2mgate.trace.Seen.Direction;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * {@code GET /admin/traces/{serial}} and {@code GET /admin/traces?source=}: frames as they cross the gateway. The serial need not be
 * anybody's. On the bridge's event loop.
 */
final class TraceRoutes {

  private static final Pattern SERIAL = Pattern.compile("[A-Za-z0-9._-]{1,16}");
  private static final Pattern COMMAND_ID = Pattern.compile("[0-9A-F]{4}");
  private static final String STARTED = "trace.started";
  private static final String ENDED = "trace.ended";

  private final Vertx vertx;
  private final BridgeParts parts;
  private final HttpOptions options;
  private final Audits audits;

  TraceRoutes(Vertx vertx, BridgeParts parts, HttpOptions options) {
    this.vertx = vertx;
    this.parts = parts;
    this.options = options;
    this.audits = new Audits(parts.store().audit());
  }

  void add(Endpoints endpoints) {
    endpoints.stream("traceTerminal", exchange -> {
      String serial = exchange.path("serial");
      if (!SERIAL.matcher(serial).matches()) {
        throw InvalidRequest.at("serial", "no serial", "1 to 16 of A-Z a-z 0-9 . _ -");
      }
      start(exchange, Optional.of(serial));
    });
    endpoints.stream("traceSource", exchange -> {
      if (exchange.query("source").isEmpty()) {
        throw InvalidRequest.at("?source", "missing", "an address range, or a serial in the path");
      }
      start(exchange, Optional.empty());
    });
  }

  private void start(Exchange exchange, Optional<String> serial) {
    Optional<String> source = exchange.query("source");
    Filter filter = new Filter(
        serial, source.map(TraceRoutes::range), directions(exchange), commands(exchange));
    String target = serial.or(() -> source).orElseThrow();
    JsonObject detail = new JsonObject()
        .put("remote", exchange.routing().request().remoteAddress().hostAddress());
    for (String name : new String[] {"source", "direction", "commands"}) {
      exchange.query(name).ifPresent(text -> detail.put(name, text));
    }
    // Nobody watches before the audit says so.
    Later.on(vertx.getOrCreateContext(), audits.append(exchange.caller(), STARTED, target, detail))
        .onComplete(
            written -> open(exchange, filter, target),
            failure -> ProblemAnswers.answer(exchange.routing(), failure));
  }

  private void open(Exchange exchange, Filter filter, String target) {
    var stream = new TraceStream(
        vertx,
        parts,
        options,
        exchange,
        (reason, shown, lost, seconds) -> audits.append(
            exchange.caller(),
            ENDED,
            target,
            new JsonObject()
                .put("reason", reason)
                .put("shown", shown)
                .put("lost", lost)
                .put("seconds", seconds)));
    if (exchange.routing().response().closed()) {
      stream.closed("client went");
    } else if (!stream.open(filter, target)) {
      stream.closed("too many traces");
      ProblemAnswers.answer(
          exchange.routing(),
          Problem.of(
                  ProblemType.QUOTA_EXCEEDED,
                  parts.traces().limits().max() + " traces are open (traces.max)")
              .with("Retry-After", "1"));
    }
  }

  private static Predicate<InetAddress> range(String text) {
    return Cidr.parse(text)
        .<Predicate<InetAddress>>map(range -> range::contains)
        .orElseThrow(() -> InvalidRequest.at(
            "?source", "no address range", "an address, or address/bits, as in 10.20.0.0/16"));
  }

  private static Set<Direction> directions(Exchange exchange) {
    return exchange.set("direction").stream()
        .map(text -> Arrays.stream(Direction.values())
            .filter(it -> it.name().toLowerCase(Locale.ROOT).equals(text))
            .findFirst()
            .orElseThrow(() -> InvalidRequest.at("?direction", "no direction", "in, out")))
        .collect(Collectors.toUnmodifiableSet());
  }

  private static Set<String> commands(Exchange exchange) {
    Set<String> known =
        Arrays.stream(Command.values()).map(Enum::name).collect(Collectors.toUnmodifiableSet());
    Set<String> asked = exchange.set("commands").stream()
        .map(text -> text.toUpperCase(Locale.ROOT))
        .collect(Collectors.toUnmodifiableSet());
    asked.stream()
        .filter(name -> !known.contains(name) && !COMMAND_ID.matcher(name).matches())
        .findFirst()
        .ifPresent(name -> {
          throw InvalidRequest.at(
              "?commands", "no such command: " + name, "names as LOGIN, or four hex digits");
        });
    return asked;
  }
}
