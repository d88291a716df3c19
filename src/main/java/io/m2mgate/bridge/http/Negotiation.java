package io.m2mgate.bridge.http;

import io.vertx.ext.web.RoutingContext;
import java.util.Arrays;
import java.util.Locale;
import java.util.Set;

/** What media types a request accepts and sends (RFC 9110, 12.5.1). Stateless. */
final class Negotiation {

  /** The last one is what curl says of any body unless told otherwise; the body must be JSON all the same. */
  private static final Set<String> JSON = Set.of(
      "application/json", "application/merge-patch+json", "application/x-www-form-urlencoded");

  private Negotiation() {}

  /** @param produces one media type, or several with commas between */
  static boolean accepts(RoutingContext rc, String produces) {
    return Arrays.stream(produces.split(",")).anyMatch(one -> acceptsOne(rc, one.strip()));
  }

  private static boolean acceptsOne(RoutingContext rc, String produces) {
    var header = rc.request().getHeader("Accept");
    if (header == null || header.isBlank()) {
      return true;
    }
    var family = produces.substring(0, produces.indexOf('/')) + "/*";
    return Arrays.stream(header.toLowerCase(Locale.ROOT).split(","))
        .filter(range -> !range.replace(" ", "").matches(".*;q=0(\\.0*)?(;.*)?"))
        .map(Negotiation::withoutParameters)
        .anyMatch(range -> range.equals("*/*") || range.equals(family) || range.equals(produces));
  }

  /** A body without a type is taken for JSON. */
  static boolean sendsJson(RoutingContext rc) {
    var type = sent(rc);
    return type.isEmpty() || JSON.contains(type);
  }

  /** The body's media type without its parameters; empty when none is named. */
  static String sent(RoutingContext rc) {
    var header = rc.request().getHeader("Content-Type");
    return header == null ? "" : withoutParameters(header.toLowerCase(Locale.ROOT));
  }

  private static String withoutParameters(String type) {
    int end = type.indexOf(';');
    return (end < 0 ? type : type.substring(0, end)).strip();
  }
}
