package io.m2mgate.bridge.http;

import io.m2mgate.bridge.AccessRefused;
import io.m2mgate.bridge.InvalidRequest;
import io.m2mgate.bridge.InvalidRequest.Fault;
import io.m2mgate.store.StoreFault;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.vertx.core.http.HttpClosedException;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.HttpException;
import java.util.List;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The one place where a failure becomes an answer. Stateless; called on the request's event loop. */
final class ProblemAnswers {

  private static final Logger LOG = LoggerFactory.getLogger(ProblemAnswers.class);

  private ProblemAnswers() {}

  static void answer(RoutingContext rc, Throwable cause) {
    var response = rc.response();
    if (response.ended() || response.closed()) {
      return;
    }
    if (response.headWritten()) {
      rc.request().connection().close();
      return;
    }
    send(response, problem(rc, cause));
  }

  /** What came is no request; the connection ends with the answer, for nobody knows where the next one begins. */
  static void unreadable(HttpServerRequest request) {
    var cause = request.decoderResult().cause();
    Problem problem;
    if (cause instanceof TooLongHttpLineException) {
      problem = Problem.of(ProblemType.URI_TOO_LONG, "the request line is too long");
    } else if (cause instanceof TooLongHttpHeaderException) {
      problem = Problem.of(ProblemType.HEADERS_TOO_LARGE, "the headers are too long together");
    } else {
      problem =
          Problem.of(ProblemType.MALFORMED_REQUEST, "request line or headers are not HTTP/1.1");
    }
    send(request.response().putHeader("Connection", "close"), problem);
    request.connection().close();
  }

  private static void send(HttpServerResponse response, Problem problem) {
    problem.headers().forEach(response::putHeader);
    response
        .setStatusCode(problem.type().status())
        .putHeader("Content-Type", "application/problem+json")
        .putHeader("Cache-Control", "no-store")
        .end(problem.toJson().encode());
  }

  private static Problem problem(RoutingContext rc, Throwable cause) {
    if (cause instanceof Problem problem) {
      return problem;
    }
    if (cause instanceof InvalidRequest invalid) {
      return Problem.of(ProblemType.INVALID_REQUEST, invalid.getMessage(), invalid.faults());
    }
    if (cause instanceof AccessRefused refused) {
      return problem(refused);
    }
    if (cause instanceof StoreFault fault) {
      return problem(rc, fault);
    }
    if (cause instanceof HttpException malformed && malformed.getStatusCode() == 400) {
      return Problem.of(ProblemType.MALFORMED_REQUEST, "path or query cannot be decoded");
    }
    return internal(rc, cause);
  }

  private static Problem problem(AccessRefused refused) {
    return switch (refused.reason()) {
      case UNAUTHENTICATED ->
        Problem.of(
                ProblemType.UNAUTHENTICATED,
                "send Authorization: Bearer <key> with a key that is in force")
            .with("WWW-Authenticate", "Bearer realm=\"m2mgate\"");
      case APP_DISABLED ->
        Problem.of(ProblemType.APP_DISABLED, "an administrator disabled this application");
      case BUSY ->
        Problem.of(ProblemType.QUOTA_EXCEEDED, "too many keys are being verified, try again")
            .with("Retry-After", "1");
    };
  }

  private static Problem problem(RoutingContext rc, StoreFault fault) {
    return switch (fault.kind()) {
      case CONFLICT ->
        Problem.of(
            ProblemType.ALREADY_EXISTS,
            "another record has this " + fault.subject(),
            List.of(Fault.of("/" + fault.subject(), "taken")));
      case NOT_FOUND -> notFound(fault.subject());
      case IN_USE -> Problem.of(ProblemType.IN_USE, "terminals still refer to it");
      case STALE ->
        Problem.of(ProblemType.PRECONDITION_FAILED, "the record has another revision by now");
      case UNAVAILABLE -> {
        LOG.warn(
            "{} {}: store unavailable: {}",
            rc.request().method(),
            rc.normalizedPath(),
            fault.getMessage());
        yield Problem.of(ProblemType.STORE_UNAVAILABLE, "try again later").with("Retry-After", "2");
      }
    };
  }

  private static Problem notFound(String subject) {
    return switch (subject) {
      case "terminal" -> unknownTerminal();
      case "application" ->
        Problem.of(ProblemType.APPLICATION_UNKNOWN, "no application of this code");
      case "cursor" -> badCursor();
      case "profile" -> Problem.of(ProblemType.PROFILE_UNKNOWN, "no profile of this name");
      default -> Problem.of(ProblemType.NOT_FOUND, "no such " + subject);
    };
  }

  static Problem badCursor() {
    return Problem.of(
        ProblemType.MALFORMED_REQUEST,
        "the cursor cannot be decoded",
        List.of(Fault.of("?cursor", "no cursor of this list", "next of the page before, or none")));
  }

  static Problem unknownTerminal() {
    return Problem.of(
        ProblemType.TERMINAL_UNKNOWN, "no terminal of this serial is known to the caller");
  }

  /** What failed stays inside; the answer carries the id under which it was logged. */
  private static Problem internal(RoutingContext rc, Throwable cause) {
    if (cause instanceof HttpClosedException) {
      return Problem.of(ProblemType.INTERNAL_ERROR, "closed");
    }
    var id = UUID.randomUUID().toString();
    LOG.error("{} {} failed, id {}", rc.request().method(), rc.normalizedPath(), id, cause);
    return Problem.of(ProblemType.INTERNAL_ERROR, "see the gateway's log at id " + id);
  }
}
