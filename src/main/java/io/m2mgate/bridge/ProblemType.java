package io.m2mgate.bridge;

import java.util.Locale;

/**
 * The closed set of errors that the bridges answer (application.md, Errors), each with its one status in HTTP. Immutable.
 */
public enum ProblemType {
  MALFORMED_REQUEST(400, "The request is not HTTP as it should be"),
  MALFORMED_JSON(400, "The body is not JSON"),
  UNAUTHENTICATED(401, "A valid key is needed"),
  SESSION_EXPIRED(401, "The session or its token is over"),
  APP_DISABLED(403, "The application is disabled"),
  ADDRESS_NOT_ALLOWED(403, "The application is not used from this address"),
  SCOPE_MISSING(403, "The key lacks a scope"),
  NOT_FOUND(404, "There is nothing at this path"),
  TERMINAL_UNKNOWN(404, "There is no such terminal"),
  APPLICATION_UNKNOWN(404, "There is no such application"),
  KEY_UNKNOWN(404, "There is no such key"),
  PROFILE_UNKNOWN(404, "There is no such profile"),
  CONSUMER_UNKNOWN(404, "There is no such consumer"),
  SESSION_UNKNOWN(404, "There is no such session"),
  WEBHOOK_UNKNOWN(404, "There is no such webhook"),
  ALARM_UNKNOWN(404, "There is no such alarm"),
  COMMAND_UNKNOWN(404, "There is no such command"),
  ROTATION_UNKNOWN(404, "There is no such rotation"),
  RECONCILIATION_UNKNOWN(404, "There is no such reconciliation"),
  PACKAGE_UNKNOWN(404, "There is no such package"),
  UPGRADE_UNKNOWN(404, "There is no such upgrade"),
  METHOD_NOT_ALLOWED(405, "The method is not possible here"),
  NOT_ACCEPTABLE(406, "None of the accepted media types can be given"),
  ALREADY_EXISTS(409, "It exists already"),
  KEY_ENDING(409, "The key ends by then already"),
  IN_USE(409, "Something still refers to it"),
  CONSUMER_TAKEN(409, "Another reads by the consumer"),
  ROTATION_OPEN(409, "Another rotation of the terminal is open"),
  ROTATION_IN_USE(409, "The terminal uses the set of the rotation"),
  ROTATION_ENDED(409, "The rotation has ended"),
  ROTATION_NOT_SENT(409, "No set of a rotation was sent to the terminal"),
  TERMINAL_NOT_REGISTERED(409, "The terminal never registered"),
  TERMINAL_OFFLINE(409, "The terminal is not there"),
  TERMINAL_LOCKED(409, "The terminal is disabled"),
  COMMAND_ENDED(409, "The command has ended"),
  RECONCILIATION_ENDED(409, "The reconciliation has ended"),
  UPGRADE_STATE(409, "The upgrade is in another state"),
  NOT_ADVERTISED(409, "Terminals cannot be told where the gateway is"),
  PROFILE_READ_ONLY(409, "The profile is built in"),
  CURSOR_TOO_OLD(410, "The log does not reach back so far"),
  PRECONDITION_FAILED(412, "It changed since"),
  PAYLOAD_TOO_LARGE(413, "The body is too large"),
  URI_TOO_LONG(414, "The request line is too long"),
  UNSUPPORTED_MEDIA_TYPE(415, "The body's media type is not understood"),
  INVALID_REQUEST(422, "The request is not valid"),
  TLV_INVALID(422, "A value does not have the form of its tag"),
  TAG_NOT_ALLOWED(422, "A tag cannot be asked for here"),
  VALUE_OUT_OF_RANGE(422, "A value is out of range"),
  IDEMPOTENCY_KEY_REUSED(422, "The idempotency key was used for another request"),
  UPGRADE_REQUIRED(426, "It is a WebSocket"),
  PRECONDITION_REQUIRED(428, "It must be confirmed"),
  QUEUE_FULL(429, "Too many commands of the terminal are open"),
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

  public int status() {
    return status;
  }

  public String title() {
    return title;
  }

  /** Stable: a name of this project, not an address to fetch. */
  public String uri() {
    return "urn:m2mgate:problem:" + name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
