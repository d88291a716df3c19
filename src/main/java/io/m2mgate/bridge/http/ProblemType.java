package io.m2mgate.bridge.http;

import java.util.Locale;

/**
 * The closed set of errors that the HTTP bridge answers (application.md, Errors), each with its one status. Immutable.
 */
enum ProblemType {
  MALFORMED_REQUEST(400, "The request is not HTTP as it should be"),
  MALFORMED_JSON(400, "The body is not JSON"),
  UNAUTHENTICATED(401, "A valid key is needed"),
  APP_DISABLED(403, "The application is disabled"),
  SCOPE_MISSING(403, "The key lacks a scope"),
  NOT_FOUND(404, "There is nothing at this path"),
  TERMINAL_UNKNOWN(404, "There is no such terminal"),
  APPLICATION_UNKNOWN(404, "There is no such application"),
  KEY_UNKNOWN(404, "There is no such key"),
  PROFILE_UNKNOWN(404, "There is no such profile"),
  CONSUMER_UNKNOWN(404, "There is no such consumer"),
  ALARM_UNKNOWN(404, "There is no such alarm"),
  ROTATION_UNKNOWN(404, "There is no such rotation"),
  METHOD_NOT_ALLOWED(405, "The method is not possible here"),
  NOT_ACCEPTABLE(406, "None of the accepted media types can be given"),
  ALREADY_EXISTS(409, "It exists already"),
  IN_USE(409, "Something still refers to it"),
  ROTATION_OPEN(409, "Another rotation of the terminal is open"),
  ROTATION_ENDED(409, "The rotation has ended"),
  PROFILE_READ_ONLY(409, "The profile is built in"),
  CURSOR_TOO_OLD(410, "The log does not reach back so far"),
  PRECONDITION_FAILED(412, "It changed since"),
  PAYLOAD_TOO_LARGE(413, "The body is too large"),
  URI_TOO_LONG(414, "The request line is too long"),
  UNSUPPORTED_MEDIA_TYPE(415, "The body's media type is not understood"),
  INVALID_REQUEST(422, "The request is not valid"),
  QUOTA_EXCEEDED(429, "Too much at once"),
  HEADERS_TOO_LARGE(431, "The headers are too large"),
  INTERNAL_ERROR(500, "The gateway failed"),
  STORE_UNAVAILABLE(503, "The store is not available");

  private final int status;
  private final String title;

  ProblemType(int status, String title) {
    this.status = status;
    this.title = title;
  }

  int status() {
    return status;
  }

  String title() {
    return title;
  }

  /** Stable: a name of this project, not an address to fetch. */
  String uri() {
    return "urn:m2mgate:problem:" + name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
