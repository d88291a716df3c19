package io.m2mgate.cli;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.file.AsyncFile;
import io.vertx.core.file.OpenOptions;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.json.JsonObject;
import io.vertx.core.parsetools.RecordParser;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/** Sends a file while it reads the answer. Owned by one event loop; its counters may be read from any thread. */
final class Upload {
  private final UploadFile file;
  private final Consumer<JsonObject> onFailedLine;
  private final Promise<JsonObject> summary = Promise.promise();
  private final AtomicLong sentBytes = new AtomicLong();
  private final AtomicLong sentLines = new AtomicLong();
  private final AtomicLong failedLines = new AtomicLong();

  private Upload(UploadFile file, Consumer<JsonObject> onFailedLine) {
    this.file = file;
    this.onFailedLine = onFailedLine;
  }

  static Upload start(
      Vertx vertx,
      HttpClient client,
      RequestOptions request,
      UploadFile file,
      Consumer<JsonObject> onFailedLine) {
    var upload = new Upload(file, onFailedLine);
    vertx
        .fileSystem()
        .open(file.path().toString(), new OpenOptions().setCreate(false).setWrite(false))
        .compose(opened -> client
            .request(request)
            .onSuccess(ready -> upload.send(ready, opened))
            .mapEmpty())
        .onFailure(upload.summary::tryFail);
    return upload;
  }

  /** The gateway's last word; fails when it has none. */
  Future<JsonObject> summary() {
    return summary.future();
  }

  long sentBytes() {
    return sentBytes.get();
  }

  long sentLines() {
    return sentLines.get();
  }

  long failedLines() {
    return failedLines.get();
  }

  private void send(HttpClientRequest request, AsyncFile from) {
    request.setChunked(true);
    request.exceptionHandler(summary::tryFail);
    request.response().onComplete(this::answered, summary::tryFail);
    if (file.header().length > 0) {
      request.write(Buffer.buffer(file.header()));
    }
    from.setReadPos(file.offset()).setReadBufferSize(1 << 16);
    from.exceptionHandler(summary::tryFail);
    from.endHandler(end -> {
      from.close();
      request.end();
    });
    from.handler(piece -> {
      count(piece);
      request.write(piece).onFailure(summary::tryFail);
      if (request.writeQueueFull()) {
        from.pause();
        request.drainHandler(drained -> from.resume());
      }
    });
  }

  private void count(Buffer piece) {
    int lines = 0;
    for (int i = 0; i < piece.length(); i++) {
      lines += piece.getByte(i) == '\n' ? 1 : 0;
    }
    sentLines.addAndGet(lines);
    sentBytes.addAndGet(piece.length());
  }

  private void answered(HttpClientResponse response) {
    response.exceptionHandler(summary::tryFail);
    if (response.statusCode() != 200) {
      response
          .body()
          .onSuccess(body -> summary.tryFail(
              new IOException("the gateway answered " + response.statusCode() + " " + body)))
          .onFailure(summary::tryFail);
      return;
    }
    var lines = RecordParser.newDelimited("\n", response);
    lines.endHandler(
        end -> summary.tryFail(new IOException("the answer ended without its summary")));
    lines.handler(line -> {
      var json = new JsonObject(line);
      if (json.containsKey("line")) {
        failedLines.incrementAndGet();
        onFailedLine.accept(json.put("line", file.lineInFile(json.getLong("line"))));
      } else {
        summary.tryComplete(json);
      }
    });
  }
}
