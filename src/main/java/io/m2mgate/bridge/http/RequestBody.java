package io.m2mgate.bridge.http;

import io.m2mgate.bridge.Problem;
import io.m2mgate.bridge.ProblemType;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.ext.web.RoutingContext;

/** Reads one request's body up to a bound: length first, then limit, then bytes. On the request's event loop. */
final class RequestBody {

  private static final String KEY = "body";

  private final RoutingContext rc;
  private final int maxBytes;
  private final Buffer bytes = Buffer.buffer();
  private final Promise<Buffer> done = Promise.promise();

  private RequestBody(RoutingContext rc, int maxBytes) {
    this.rc = rc;
    this.maxBytes = maxBytes;
  }

  /** Afterwards {@link #of} gives it. */
  static Future<Buffer> read(RoutingContext rc, int maxBytes) {
    if (!Negotiation.sendsJson(rc)) {
      return Problem.failed(
          ProblemType.UNSUPPORTED_MEDIA_TYPE, "send the body with Content-Type: application/json");
    }
    return new RequestBody(rc, maxBytes).read();
  }

  /** The same for a body of any media type. */
  static Future<Buffer> readBytes(RoutingContext rc, int maxBytes) {
    return new RequestBody(rc, maxBytes).read();
  }

  static Buffer of(RoutingContext rc) {
    return rc.get(KEY, Buffer.buffer());
  }

  private Future<Buffer> read() {
    var request = rc.request();
    if (announced() > maxBytes) {
      return tooLarge();
    }
    request.handler(this::chunk);
    request.exceptionHandler(done::tryFail);
    request.endHandler(end -> {
      rc.put(KEY, bytes);
      done.tryComplete(bytes);
    });
    return done.future();
  }

  private void chunk(Buffer chunk) {
    if (bytes.length() + chunk.length() > maxBytes) {
      rc.request().handler(ignored -> {});
      tooLarge().onFailure(done::tryFail);
    } else {
      bytes.appendBuffer(chunk);
    }
  }

  private long announced() {
    try {
      var header = rc.request().getHeader("Content-Length");
      return header == null ? 0 : Long.parseLong(header);
    } catch (NumberFormatException e) {
      return Long.MAX_VALUE;
    }
  }

  /** The rest is not read: the connection ends with the answer. */
  private Future<Buffer> tooLarge() {
    var problem = Problem.of(ProblemType.PAYLOAD_TOO_LARGE, "at most " + maxBytes + " bytes");
    return Future.failedFuture(problem.with("Connection", "close"));
  }
}
