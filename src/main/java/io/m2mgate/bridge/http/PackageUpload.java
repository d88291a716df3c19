package io.m2mgate.bridge.http;

import io.m2mgate.bridge.Later;
import io.m2mgate.bridge.Problem;
import io.m2mgate.bridge.ProblemType;
import io.m2mgate.upgrade.PackageContent;
import io.m2mgate.upgrade.Packages;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import java.util.Optional;

/**
 * Owns one package's body from its first byte to the disk. On the event loop of its request, which is paused while a piece is written: in
 * memory are two pieces and what the socket's queue holds.
 */
final class PackageUpload {

  private final HttpServerRequest request;
  private final Context context;
  private final Packages packages;
  private final Optional<String> sha256;
  private final Promise<PackageContent> done = Promise.promise();
  private Optional<Packages.Upload> upload = Optional.empty();
  private Buffer waiting = Buffer.buffer();
  private long size;
  private boolean writing;
  private boolean received; // the whole body
  private boolean over;

  PackageUpload(Exchange exchange, Context context, Packages packages, Optional<String> sha256) {
    this.request = exchange.routing().request();
    this.context = context;
    this.packages = packages;
    this.sha256 = sha256;
  }

  /** Completes when the file is on disk and has its name; after a failure nothing is left of it. */
  Future<PackageContent> take() {
    if (announced() > packages.limits().maxBytes()) {
      return Future.failedFuture(tooLarge());
    }
    Optional<Future<Packages.Upload>> begun = packages.begin();
    if (begun.isEmpty()) {
      return Future.failedFuture(Problem.of(
              ProblemType.QUOTA_EXCEEDED,
              packages.limits().uploads() + " packages are arriving already")
          .with("Retry-After", "10")
          .with("Connection", "close"));
    }
    request.exceptionHandler(this::fail);
    request.handler(this::piece);
    request.endHandler(end -> {
      received = true;
      pump();
    });
    request.pause();
    Later.on(context, begun.get()).onComplete(this::begin, this::fail);
    return done.future();
  }

  private void begin(Packages.Upload fresh) {
    upload = Optional.of(fresh);
    if (over) {
      fresh.abandon();
      return;
    }
    if ("100-continue".equalsIgnoreCase(request.getHeader("Expect"))) {
      request.response().writeContinue();
    }
    pump();
  }

  /** While it is paused one more piece may come. */
  private void piece(Buffer piece) {
    if (over) {
      return;
    }
    size += piece.length();
    if (size > packages.limits().maxBytes()) {
      fail(tooLarge());
    } else {
      waiting.appendBuffer(piece);
      pump();
    }
  }

  private void pump() {
    if (over || writing || upload.isEmpty()) {
      return;
    }
    if (waiting.length() > 0) {
      write(upload.get());
    } else if (received) {
      end(upload.get());
    } else {
      request.resume();
    }
  }

  private void write(Packages.Upload to) {
    request.pause();
    Buffer piece = waiting;
    waiting = Buffer.buffer();
    writing = true;
    Later.on(context, to.add(piece)).onComplete(written -> {
      writing = false;
      if (over) {
        to.abandon();
      } else if (written.failed()) {
        fail(written.cause());
      } else {
        pump();
      }
    });
  }

  private void end(Packages.Upload whole) {
    if (size == 0) {
      fail(Problem.of(ProblemType.INVALID_REQUEST, "the body is empty: send the file"));
      return;
    }
    over = true;
    Later.on(context, whole.end(sha256)).onComplete(done::complete, cause -> {
      whole.abandon();
      done.fail(
          cause instanceof Packages.OtherContent other
              ? Problem.of(ProblemType.INVALID_REQUEST, other.getMessage())
              : cause);
    });
  }

  private void fail(Throwable cause) {
    if (over) {
      return;
    }
    over = true;
    waiting = Buffer.buffer();
    request.resume();
    if (!writing) {
      upload.ifPresent(Packages.Upload::abandon);
    }
    done.tryFail(cause);
  }

  private long announced() {
    try {
      String header = request.getHeader("Content-Length");
      return header == null ? 0 : Long.parseLong(header);
    } catch (NumberFormatException e) {
      return Long.MAX_VALUE;
    }
  }

  /** The rest is not read: the connection ends with the answer. */
  private Problem tooLarge() {
    return Problem.of(
            ProblemType.PAYLOAD_TOO_LARGE,
            "at most " + packages.limits().maxBytes() + " bytes (packages.maxBytes)")
        .with("Connection", "close");
  }
}
