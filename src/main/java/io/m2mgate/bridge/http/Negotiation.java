package io.m2mgate.bridge.http;

import io.vertx.ext.web.RoutingContext;
import java.util.Arrays;
import java.util.Collection;
import java.util.Locale;
import java.util.Set;

/** What media types a request accepts and sends (RFC 9110, 12.5.1). Stateless. */
final class Negotiation {

  static final String JSON_TYPE = "application/json";

  /** The last one is what curl says of any body unless told otherwise; the body must be JSON all the same. */
  private static final Set<String> JSON =
      Set.of(JSON_TYPE, "application/merge-patch+json", "application/x-www-form-urlencoded");

  private Negotiation() {}

  /** @param produces media types of which one is enough; none for an answer without a body */
  static boolean accepts(RoutingContext rc, Collection<String> produces) {
    return produces.isEmpty() || produces.stream().anyMatch(one -> acceptsOne(rc, one));
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

  /** Whether the body is of one of these media types, or says nothing of its own. */
  static boolean sends(RoutingContext rc, Collection<String> consumes) {
    var type = sent(rc);
    return type.isEmpty() || consumes.contains("*/*") || consumes.contains(type);
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
