package io.m2mgate.bridge.http;

import io.m2mgate.bridge.Problem;
import io.m2mgate.bridge.ProblemType;
import io.m2mgate.bridge.Problems;
import io.m2mgate.store.StoreFault;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.vertx.core.http.HttpClosedException;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.HttpException;
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
    if (cause instanceof StoreFault fault && fault.kind() == StoreFault.Kind.UNAVAILABLE) {
      LOG.warn(
          "{} {}: store unavailable: {}",
          rc.request().method(),
          rc.normalizedPath(),
          fault.getMessage());
    }
    if (cause instanceof HttpException malformed && malformed.getStatusCode() == 400) {
      return Problem.of(ProblemType.MALFORMED_REQUEST, "path or query cannot be decoded");
    }
    return Problems.known(cause).orElseGet(() -> internal(rc, cause));
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
