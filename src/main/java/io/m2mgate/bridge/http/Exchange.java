package io.m2mgate.bridge.http;

import io.m2mgate.bridge.Caller;
import io.m2mgate.bridge.Fields;
import io.m2mgate.bridge.InvalidRequest;
import io.m2mgate.bridge.Problem;
import io.m2mgate.bridge.ProblemType;
import io.m2mgate.bridge.http.ApiDocument.Operation;
import io.vertx.ext.web.RoutingContext;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * One request with its caller: typed access to path, query and body. On the request's event loop.
 *
 * @param caller who asks; the administrator on endpoints that need no key
 * @param operation what is asked
 */
record Exchange(RoutingContext routing, Caller caller, Operation operation) {

  static final int PAGE_DEFAULT = 100;
  static final int PAGE_MAX = 1_000;

  private static final String TIME_VALID = "a time as 2026-01-01T00:00:00Z";

  private static final Pattern WAIT =
      Pattern.compile("(?:^|[,;\\s])wait\\s*=\\s*\"?([0-9]{1,9})\"?");

  String path(String name) {
    return text(Optional.ofNullable(routing.pathParam(name)).orElse(""));
  }

  Optional<String> query(String name) {
    List<String> values = routing.queryParam(name);
    if (values.size() > 1) {
      throw InvalidRequest.at("?" + name, "given more than once", "one value");
    }
    return values.stream().findFirst().map(Exchange::text);
  }

  /** PostgreSQL takes no text with this character in it, and nothing that we keep has one. */
  private static String text(String decoded) {
    if (decoded.indexOf('\0') >= 0) {
      throw Problem.of(ProblemType.MALFORMED_REQUEST, "path or query holds the character U+0000");
    }
    return decoded;
  }

  /** A misspelt parameter must not pass for an absent one; where no key is needed, whoever asks may add what they like. */
  void checkQuery() {
    if (operation.isOpen()) {
      return;
    }
    for (var name : routing.queryParams().names()) {
      if (!operation.query().contains(name)) {
        var valid = operation.query().isEmpty() ? "none" : String.join(", ", operation.query());
        throw InvalidRequest.at("?" + name, "no such parameter", valid);
      }
    }
  }

  Optional<String> header(String name) {
    return Optional.ofNullable(routing.request().getHeader(name));
  }

  /** Seconds of {@code Prefer: wait}, at most so many; a preference that cannot be understood is no error (RFC 7240). */
  int wait(int most) {
    return header("Prefer")
        .map(WAIT::matcher)
        .filter(Matcher::find)
        .map(found -> (int) Math.min(most, Long.parseLong(found.group(1))))
        .orElse(0);
  }

  int limit() {
    return (int) number("limit", PAGE_DEFAULT, 1, PAGE_MAX);
  }

  /** Milliseconds since 1970 of a time with its offset (RFC 3339). */
  Optional<Long> time(String name) {
    return query(name).map(text -> {
      try {
        return Instant.parse(text).toEpochMilli();
      } catch (DateTimeException | ArithmeticException e) {
        throw InvalidRequest.at("?" + name, "not a time", TIME_VALID);
      }
    });
  }

  long number(String name, long absent, long least, long most) {
    return query(name).map(text -> number(name, text, least, most)).orElse(absent);
  }

  static long number(String name, String text, long least, long most) {
    var valid = most == Long.MAX_VALUE ? "a number from " + least : least + ".." + most;
    try {
      long value = Long.parseLong(text);
      if (value >= least && value <= most) {
        return value;
      }
    } catch (NumberFormatException e) {
      throw InvalidRequest.at("?" + name, "not a number", valid);
    }
    throw InvalidRequest.at("?" + name, "out of range", valid);
  }

  /** A comma-separated list; empty when absent. */
  Set<String> set(String name) {
    return query(name)
        .map(
            text -> Arrays.stream(text.split(",")).map(String::strip).filter(one -> !one.isEmpty()))
        .map(texts -> texts.collect(Collectors.toUnmodifiableSet()))
        .orElse(Set.of());
  }

  /** The body as an object of which only the named members are known. */
  Fields body(String... members) {
    return Fields.parse(RequestBody.of(routing), members);
  }
}
